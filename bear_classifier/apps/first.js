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
  addEventListener('pagehide', () => {
    if (!asked) return;
    const {baseUrl, kernelId} = JSON.parse(document.getElementById('jupyter-config-data').textContent);
    navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`, new FormData());
  });
})();
