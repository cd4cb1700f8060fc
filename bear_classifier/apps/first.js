// The first thing on a page, before Voilà's own scripts.
(() => {
  // "Executing 1 of 2" means nothing to a visitor
  const loading = document.getElementById('loading_text');
  window.voila_process = () => {};
  if (loading) loading.textContent = 'Loading the page…';

  // Leaving forgets all answers, so it asks first. Voilà ends the kernel when leaving is asked about; this, when it is sure.
  let asked = false;
  addEventListener('beforeunload', e => {
    if (!document.querySelector('.bear-app .bear-card')) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    asked = true;
  });
  const kernel = () => JSON.parse(document.getElementById('jupyter-config-data').textContent);
  addEventListener('pagehide', () => {
    if (!asked) return;
    const {baseUrl, kernelId} = kernel();
    navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`, new FormData());
  });

  // Without its server no control does anything: say so, whichever was used
  const lost = Object.assign(document.createElement('p'), {className: 'bear-lost', role: 'alert'});
  const look = async () => {
    const {baseUrl, kernelId} = kernel();
    const status = await fetch(`${baseUrl}api/kernels/${kernelId}`).then(r => r.status, () => 0);
    const gone = status === 0 || status === 404 || status >= 500;
    document.body.append(lost);
    lost.textContent = gone ? 'No connection to the server: what you do here has no effect. Try to reload the page.' : '';
  };
  let timer;
  for (const what of ['pointerup', 'keyup', 'change', 'drop', 'paste']) {
    addEventListener(what, () => {
      clearTimeout(timer);
      timer = setTimeout(look, 300);
    }, true);
  }
})();
