// Files that are dropped, pasted or chosen on the classifier's page go to its upload widget.
(() => {
  if (window.bearApp) return;
  window.bearApp = true;
  // bytes in one upload; a notebook's own server takes 10 MiB
  const together = document.body.dataset.voila ? TOGETHER : 9e6;
  const rootOf = e =>
    e.target.closest?.('.bear-app') || (document.body.dataset.voila && document.querySelector('.bear-app'));
  const say = (root, text) => {
    root.querySelector('.bear-said').textContent = text;
  };

  // the upload widget keeps its input out of the page: see which one its button clicks
  const inputOf = root => {
    const own = HTMLInputElement.prototype.click;
    let got;
    HTMLInputElement.prototype.click = function () {
      got = this;
    };
    try {
      root.querySelector('.widget-upload').click();
    } finally {
      HTMLInputElement.prototype.click = own;
    }
    return got;
  };

  const send = (root, files) => {
    const sum = files.reduce((n, f) => n + f.size, 0);
    if (!files.length) return;
    if (sum > together) {
      const many = `${(sum / 1e6).toFixed(1)} MB at once is too much`;
      return say(root, `${many}: send at most ${together / 1e6} MB, fewer pictures or smaller ones.`);
    }
    const data = new DataTransfer();
    const input = inputOf(root);
    files.forEach(f => data.items.add(f));
    say(root, 'Sending…');
    input.files = data.files;
    input.dispatchEvent(new Event('change'));
  };

  // for screen readers, on whatever is new on the page
  const names = root => {
    const status = root.querySelector('.bear-status .widget-html-content');
    if (status && !status.getAttribute('role')) {
      status.setAttribute('role', 'status');
      new MutationObserver(() => say(root, '')).observe(status, {childList: true, characterData: true, subtree: true});
    }
    root.querySelectorAll('.noUi-handle').forEach(o => o.setAttribute('aria-label', 'Threshold'));
    const fresh = root.querySelectorAll('.bear-card:not([role])');
    if (fresh.length) status?.scrollIntoView();
    fresh.forEach(o => {
      o.setAttribute('role', 'group');
      o.setAttribute('aria-label', o.querySelector('.bear-name')?.textContent || 'picture');
    });
  };
  const look = () => document.querySelectorAll('.bear-app').forEach(names);
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});

  // files, or a picture dragged from another page
  const take = (e, data) => {
    const root = rootOf(e);
    const url = data.getData('text/uri-list');
    root.classList.remove('bear-over');
    if (data.files.length) send(root, [...data.files]);
    else if (url) {
      const box = root.querySelector('.bear-url input');
      box.value = url;
      box.dispatchEvent(new Event('change'));
      root.querySelector('.bear-get').click();
    } else return;
    e.preventDefault();
  };

  document.addEventListener('change', e => {
    if (e.target.matches('.bear-drop input')) {
      send(rootOf(e), [...e.target.files]);
      e.target.value = '';
    }
  });
  document.addEventListener('dragover', e => {
    const root = rootOf(e);
    if (root) {
      root.classList.add('bear-over');
      e.preventDefault();
    }
  });
  document.addEventListener('dragleave', e => {
    if (!e.relatedTarget) rootOf(e)?.classList.remove('bear-over');
  });
  document.addEventListener('drop', e => {
    if (rootOf(e)) take(e, e.dataTransfer);
  });
  document.addEventListener('paste', e => {
    if (rootOf(e) && e.clipboardData.files.length) take(e, e.clipboardData);
  });
  document.addEventListener('click', e => {
    if (e.target.matches?.('.bear-pick')) e.target.parentElement.querySelector('input').click();
  });
  document.addEventListener('click', e => {
    e.target.closest?.('.bear-example img')?.closest('.bear-example').querySelector('button').click();
  });
  document.addEventListener('keydown', e => {
    if (e.key === 'Enter' && e.target.matches('.bear-url input')) {
      e.target.blur();
      rootOf(e).querySelector('.bear-get').click();
    }
  }, true);
})();
