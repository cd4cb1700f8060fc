// Keys of the review: they press the buttons and boxes that are there anyway.
(() => {
  if (window.bearReview) return;
  window.bearReview = true;
  const seen = o => o && o.offsetParent !== null;
  const nameOf = card => card?.querySelector('.bear-name')?.textContent;
  const cardsOf = root => [...root.querySelectorAll('.bear-grid .bear-card')].filter(seen);
  const firstBox = card => card?.querySelector('.bear-label input');
  let lastSelected = null;

  // while a picture is enlarged, the rest of the page can't be reached
  const modal = root => {
    const large = root.querySelector('.bear-large');
    if (!large || large.bearWatched) return;
    large.bearWatched = true;
    let shown = null;
    new MutationObserver(() => {
      const card = large.querySelector('.bear-card');
      if (card === shown || card && !(firstBox(card) && nameOf(card))) return;
      [...root.children].forEach(o => { o.inert = card && o !== large; });
      const back = cardsOf(root).find(o => nameOf(o) === root.bearEnlarged);
      if (card) firstBox(card).focus({preventScroll: true});
      else (back || cardsOf(root)[0])?.querySelector('.bear-zoom').focus();
      if (card) root.bearEnlarged = nameOf(card);
      shown = card;
    }).observe(large, {childList: true, subtree: true, attributes: true, attributeFilter: ['class']});
    large.setAttribute('role', 'dialog');
    large.setAttribute('aria-modal', 'true');
    large.setAttribute('aria-label', 'Picture enlarged');
  };

  // for screen readers
  const names = root => {
    modal(root);
    root.querySelectorAll('.bear-status .widget-html-content').forEach(o => o.setAttribute('role', 'status'));
    root.querySelectorAll('.bear-card:not([role])').forEach(o => {
      o.setAttribute('role', 'group');
      o.setAttribute('aria-label', nameOf(o) || 'picture');
    });
  };

  // call `then` with the first box of the page that replaces the one with the card `old`
  const whenNew = (root, old, then) => {
    const o = new MutationObserver(() => {
      const card = cardsOf(root)[0];
      if (card && card !== old && !seen(old)) {
        o.disconnect();
        then(firstBox(card));
      }
    });
    o.observe(root, {childList: true, subtree: true, attributes: true, attributeFilter: ['style']});
    setTimeout(() => o.disconnect(), 20000);
  };

  const ask = (root, text) => {
    const o = root.querySelector('.bear-ask input');
    o.value = text;
    for (const what of ['input', 'change']) o.dispatchEvent(new Event(what, {bubbles: true}));
  };
  const enlarge = (root, card) => {
    modal(root);
    ask(root, nameOf(card));
  };

  // tell each review once that its page is there, so that the next one can be made
  setInterval(() => document.querySelectorAll('.bear-review').forEach(root => {
    if (root.bearReady || !cardsOf(root).length || !root.querySelector('.bear-ask input')) return;
    root.bearReady = true;
    names(root);
    ask(root, 'ready');
  }), 500);

  // with Shift, all boxes from the last one to this one become as this one is
  const selectTo = (root, box) => {
    const boxes = cardsOf(root).map(o => o.querySelector('.bear-select input'));
    const [a, b] = [boxes.indexOf(lastSelected), boxes.indexOf(box)].sort((x, y) => x - y);
    if (a < 0) return;
    boxes.slice(a, b + 1).filter(o => o.checked !== box.checked).forEach(o => o.click());
  };

  document.addEventListener('click', e => {
    const root = e.target.closest?.('.bear-review');
    if (!root) return;
    names(root);
    const card = e.target.closest('.bear-grid .bear-card');
    const fold = e.target.closest('.bear-fold button');
    if (fold) fold.setAttribute('aria-expanded', root.classList.toggle('bear-unfolded'));
    if (e.target.closest('.bear-large .bear-zoom')) root.querySelector('.bear-close').click();
    else if (card && e.target.closest('.bear-zoom')) enlarge(root, card);
    if (card && e.isTrusted && e.target.matches('.bear-select input')) {
      if (e.shiftKey) selectTo(root, e.target);
      lastSelected = e.target;
    }
  });

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
    if (root && e.key === 'Enter' && t.matches('.bear-new input')) {
      t.blur();
      root.querySelector('.bear-add').click();
      return;
    }
    if (!root || e.ctrlKey || e.altKey || e.metaKey || e.isComposing) return;
    if (t.matches('input:not([type=checkbox]), select, textarea')) return;
    const press = which => root.querySelector(which)?.click();
    const large = root.querySelector('.bear-large .bear-card');
    const cards = cardsOf(root);
    const card = large || t.closest('.bear-card');
    const i = cards.indexOf(card);
    const key = e.key.toLowerCase();
    const go = j => {
      const c = cards[Math.max(0, Math.min(cards.length - 1, j))];
      firstBox(c)?.focus();
      c?.scrollIntoView({block: 'nearest'});
    };
    const turn = which => {
      if (card) whenNew(root, cards[0], c => c.focus());
      press(which);
    };
    const does = large ? {
      arrowright: () => press('.bear-after'),
      arrowleft: () => press('.bear-before'),
      e: () => press('.bear-close'),
      escape: () => press('.bear-close')
    } : {
      arrowright: () => go(i + 1),
      arrowleft: () => go(i - 1),
      a: () => press('.bear-all'),
      n: () => turn('.bear-next'),
      p: () => turn('.bear-prev')
    };
    does.u = () => press('.bear-undo');
    if (card) {
      does.d = does.delete = () => card.querySelector('.bear-delete')?.click();
      if (!large) {
        does.e = () => enlarge(root, card);
        does.s = () => card.querySelector('.bear-select input')?.click();
      }
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
