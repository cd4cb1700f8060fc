// Keeps the page in the browser, so that it works without a network. FILES and VERSION stand above.
const NAME = `bears ${registration.scope}`;

oninstall = event => {
  const fresh = Object.entries(FILES).map(([f, integrity]) => new Request(f, {cache: 'no-cache', integrity}));
  event.waitUntil(caches.open(`${NAME} ${VERSION}`).then(cache => cache.addAll(fresh)));
};

onactivate = event => {
  const clean = async () => {
    const old = (await caches.keys()).filter(n => n.startsWith(`${NAME} `) && n !== `${NAME} ${VERSION}`);
    await Promise.all(old.map(n => caches.delete(n)));
    await clients.claim();
  };
  event.waitUntil(clean());
};

onfetch = event => {
  const kept = async () => {
    const cache = await caches.open(`${NAME} ${VERSION}`);
    return (await cache.match(event.request, {ignoreSearch: true})) || fetch(event.request);
  };
  if (event.request.method === 'GET') event.respondWith(kept());
};
