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

  // what was chosen goes up in parts, each when the one before it is on the page
  const cards = root => root.querySelectorAll('.bear-card').length;
  const parts = files => {
    const res = [[]];
    let sum = 0;
    for (const f of files) {
      if (sum + f.size > together && sum) {
        res.push([]);
        sum = 0;
      }
      res.at(-1).push(f);
      sum += f.size;
    }
    return res;
  };
  const shown = (root, n) =>
    new Promise(done => {
      const end = Date.now() + 120_000;
      const look = () => (cards(root) >= n || Date.now() > end ? done() : setTimeout(look, 100));
      look();
    });
  let waiting = Promise.resolve();
  const send = (root, files) => {
    const fit = files.filter(f => f.size <= together);
    if (fit.length < files.length) {
      const large = files.find(f => f.size > together);
      say(root, `${large.name}: ${(large.size / 1e6).toFixed(1)} MB is too much; send a smaller copy.`);
    }
    const all = fit.length ? parts(fit) : [];
    all.forEach((part, i) => {
      waiting = waiting.then(() => {
        const data = new DataTransfer();
        const input = inputOf(root);
        part.forEach(f => data.items.add(f));
        say(root, all.length > 1 ? `Sending part ${i + 1} of ${all.length}…` : 'Sending…');
        const n = Math.min(MOST, cards(root) + part.length);
        input.files = data.files;
        input.dispatchEvent(new Event('change'));
        return i + 1 < all.length ? shown(root, n) : null;
      });
    });
  };

  // for screen readers, on whatever is new on the page
  let scrolled = 0;
  const names = root => {
    const status = root.querySelector('.bear-status .widget-html-content');
    if (status && !status.getAttribute('role')) {
      status.setAttribute('role', 'status');
      new MutationObserver(() => say(root, '')).observe(status, {childList: true, characterData: true, subtree: true});
    }
    root.querySelectorAll('.noUi-handle').forEach(o => o.setAttribute('aria-label', 'Threshold'));
    const fresh = root.querySelectorAll('.bear-card:not([role])');
    if (fresh.length && Date.now() - scrolled > 3000) status?.scrollIntoView();
    if (fresh.length) scrolled = Date.now();
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
