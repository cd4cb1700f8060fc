// Keys of the review: they press the buttons and boxes that are there anyway.
(() => {
  if (window.bearReview) return;
  window.bearReview = true;

  // for screen readers
  const names = root => {
    root.querySelectorAll('.bear-status .widget-html-content').forEach(o => o.setAttribute('role', 'status'));
    root.querySelectorAll('.bear-card:not([role])').forEach(o => {
      o.setAttribute('role', 'group');
      o.setAttribute('aria-label', o.querySelector('.bear-name')?.textContent || 'picture');
    });
  };

  // call `then` with the first box of the page that replaces the card `old`
  const whenNew = (root, old, then) => {
    const o = new MutationObserver(() => {
      const card = root.querySelector('.bear-card input');
      if (card && !old.isConnected) {
        o.disconnect();
        then(card);
      }
    });
    o.observe(root, {childList: true, subtree: true});
    setTimeout(() => o.disconnect(), 20000);
  };

  // the lists of labels scroll together, so that the same height is the same label on every card
  document.addEventListener('scroll', e => {
    const t = e.target;
    if (!t.matches?.('.bear-labels')) return;
    t.closest('.bear-grid')?.querySelectorAll('.bear-labels').forEach(o => {
      if (o.scrollTop !== t.scrollTop) o.scrollTop = t.scrollTop;
    });
  }, true);

  document.addEventListener('focusin', e => {
    const root = e.target.closest('.bear-review');
    if (root) names(root);
  });

  document.addEventListener('keydown', e => {
    const t = e.target;
    const root = t.closest?.('.bear-review') || (t === document.body && document.querySelector('.bear-review'));
    if (root && e.key === 'Enter' && t.matches('input[type=text]')) {
      t.blur();
      root.querySelector('.bear-add').click();
      return;
    }
    if (!root || e.ctrlKey || e.altKey || e.metaKey || e.isComposing) return;
    if (t.matches('input:not([type=checkbox]), select, textarea')) return;
    const cards = [...root.querySelectorAll('.bear-card')];
    const card = t.closest('.bear-card');
    const i = cards.indexOf(card);
    const key = e.key.toLowerCase();
    const go = j => {
      const c = cards[Math.max(0, Math.min(cards.length - 1, j))];
      c?.querySelector('input').focus();
      c?.scrollIntoView({block: 'nearest'});
    };
    const turn = which => {
      if (card) whenNew(root, cards[0], c => c.focus());
      root.querySelector(which)?.click();
    };
    const does = {
      arrowright: () => go(i + 1),
      arrowleft: () => go(i - 1),
      u: () => root.querySelector('.bear-undo')?.click(),
      n: () => turn('.bear-next'),
      p: () => turn('.bear-prev')
    };
    if (card) {
      does.d = does.delete = () => card.querySelector('.bear-delete')?.click();
      const none = card.querySelector('.bear-none input');
      const labelled = () => card.querySelector('.bear-label:not(.bear-none) input:checked');
      // ticked beside another label: the answer to the last key is on its way, so wait for it
      const clear = n => {
        if (!none.checked) none.click();
        else if (n && labelled()) setTimeout(() => clear(n - 1), 50);
      };
      does[0] = () => clear(100);
      card.querySelectorAll('.bear-label:not(.bear-none) input').forEach((o, j) => {
        if (j < 9) does[j + 1] = () => o.click();
      });
    }
    if (Object.hasOwn(does, key)) {
      does[key]();
      e.preventDefault();
      e.stopPropagation();
    }
  }, true);
})();
