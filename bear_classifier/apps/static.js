// The page: pictures go to the worker, and its answers become cards. What strangers named is text, never HTML.
(() => {
  const $ = id => document.getElementById(id);
  const say = text => ($('status').textContent = text);
  if (location.protocol === 'file:') {
    $('wait').hidden = true;
    say('This page does not run from a file: browsers do not allow it. Type `python -m http.server` in its folder, and open http://localhost:8000');
    return;
  }

  const make = (tag, name = '', text = '') => Object.assign(document.createElement(tag), {className: name, textContent: text});
  const plain = (text, most = 80) => {
    const s = Array.from(text, c => (/[\p{C}\p{Zl}\p{Zp}]/u.test(c) ? '\ufffd' : c));
    return s.length <= most ? s.join('') : `${s.slice(0, most / 2).join('')}…${s.slice(1 - most / 2).join('')}`;
  };
  const percent = p => `${Math.round(100 * p)} %`;
  const capital = text => text[0].toUpperCase() + text.slice(1);

  // The worker
  const worker = new Worker('worker.js', {type: 'module'});
  const asked = new Map();
  let questions = 0;
  const ask = (data, transfer = []) =>
    new Promise((done, fail) => {
      const id = ++questions;
      asked.set(id, {done, fail});
      worker.postMessage({id, ...data}, transfer);
    });
  worker.onmessage = ({data: {id, error, ...rest}}) => {
    const {done, fail} = asked.get(id);
    asked.delete(id);
    if (error) fail(new Error(error));
    else done(rest);
  };
  worker.onerror = () => {
    $('wait').hidden = true;
    say('This browser is too old for this page: Chrome, Edge, Firefox or Safari of 2023 or later can show it.');
  };

  // What the model knows, and what it says
  let about;
  let threshold = null; // in the place of the model's own
  const cards = [];
  const described = fetch('classifier.json')
    .then(r => r.json())
    .then(d => (about = {...d, single: d.kind === 'single_label'}));
  const limit = i => threshold ?? about.thresholds[i];
  const order = probs => probs.map((_, i) => i).sort((a, b) => probs[b] - probs[a]);
  const said = probs => {
    const ids = order(probs);
    return about.single ? ids.slice(0, 1) : ids.filter(i => probs[i] > limit(i));
  };
  const noneText = () =>
    about.vocab.length <= 6
      ? `None of: ${about.vocab.map(c => plain(c)).join(', ')}`
      : `None of the ${about.vocab.length} classes`;
  const verdict = probs => said(probs).map(i => plain(about.vocab[i])).join(' + ') || noneText();

  const row = (i, p, on) => {
    const tr = make('tr', on ? 'bear-on' : '');
    const th = Object.assign(make('th', '', plain(about.vocab[i])), {scope: 'row'});
    const track = make('td', 'bear-track');
    const bar = make('div');
    const fill = make('b');
    const number = make('td', '', `${on ? '✓ ' : ''}${percent(p)}`);
    fill.style.width = `${100 * p}%`;
    bar.append(fill);
    if (!about.single) {
      const mark = make('i');
      mark.style.left = `${100 * limit(i)}%`;
      bar.append(mark);
      number.append(make('span', 'bear-hidden', ` ${on ? 'above' : 'not above'} the threshold of ${percent(limit(i))}`));
    }
    track.setAttribute('aria-hidden', 'true');
    track.append(bar);
    tr.append(th, track, number);
    return tr;
  };

  const bars = probs => {
    const [yes, ids] = [new Set(said(probs)), order(probs)];
    const shown = ids.filter((i, k) => k < 6 || yes.has(i)).slice(0, 30);
    const [table, body] = [make('table', 'bear-bars'), make('tbody')];
    const columns = make('colgroup');
    columns.append(make('col', 'names'), make('col'), make('col', 'numbers'));
    table.append(make('caption', 'bear-hidden', 'Probabilities'), columns, body);
    body.append(...shown.map(i => row(i, probs[i], yes.has(i))));
    const rest = ids.length - shown.length;
    const more = rest ? [make('p', 'bear-rest', `and ${rest} more classes, less likely`)] : [];
    return [make('p', 'bear-verdict', verdict(probs)), table, ...more];
  };

  // Where each label was seen: the grid of the network over the picture, grey where it is cold, red to yellow where it is hot
  const HOT = [[128, 0, 38], [252, 78, 42], [255, 237, 160]];
  const colour = h => {
    const [low, t] = h < 0.5 ? [0, 2 * h] : [1, 2 * h - 1];
    return [...HOT[low].map((v, k) => v + t * (HOT[low + 1][k] - v)), 255 * 0.6 * h];
  };
  const heat = (c, i) => {
    const classes = about.vocab.length + 1; // and the background
    const side = Math.round(Math.sqrt(c.grid.length / classes));
    const canvas = Object.assign(make('canvas'), {width: side, height: side});
    const pixels = new ImageData(side, side);
    for (let k = 0; k < side * side; k++) pixels.data.set(colour(Math.exp(c.grid[k * classes + i])), 4 * k);
    canvas.getContext('2d').putImageData(pixels, 0, 0);
    canvas.setAttribute('aria-hidden', 'true');
    const [figure, stack] = [make('figure'), make('div', 'heat')];
    stack.append(Object.assign(make('img'), {src: c.image.src, alt: `heat map for ${plain(about.vocab[i])}`}), canvas);
    const likely = said(c.probs).length ? '' : ', the likeliest, but not likely enough';
    figure.append(stack, make('figcaption', '', plain(about.vocab[i]) + likely));
    return figure;
  };
  const heats = c => {
    const ids = said(c.probs);
    c.heat.replaceChildren(...(ids.length ? ids.slice(0, 4) : order(c.probs).slice(0, 1)).map(i => heat(c, i)));
  };
  const switched = c => {
    if (c.heat.firstChild) c.heat.replaceChildren();
    else heats(c);
    c.where.textContent = c.heat.firstChild ? 'Hide where it looked' : 'Show where it looked';
  };

  // Cards
  const refresh = () => {
    for (const c of cards.filter(o => o.probs)) {
      c.answer.replaceChildren(...bars(c.probs));
      if (c.heat.firstChild) heats(c);
    }
    $('controls').hidden = !cards.length;
    $('means').hidden = !cards.length || !about || about.single;
    if (!about || about.single) return;
    const [low, high] = [Math.min, Math.max].map(f => percent(f(...about.thresholds)));
    const own = `${low === high ? low : `${low} to ${high}, by class`}, the model’s own`;
    $('level').textContent = threshold === null ? own : percent(threshold);
  };

  const removed = gone => {
    const at = cards.indexOf(gone[0]);
    for (const c of gone) {
      URL.revokeObjectURL(c.image.src);
      c.box.remove();
      cards.splice(cards.indexOf(c), 1);
    }
    refresh();
    say('Removed.');
    (cards[Math.min(at, cards.length - 1)]?.button || $('pick')).focus();
  };

  const card = name => {
    const c = {name, box: make('div', 'bear-card'), image: make('img'), answer: make('div', '', 'Waiting…')};
    const [buttons, type] = [make('div', 'bar'), 'button'];
    c.heat = make('div');
    c.where = Object.assign(make('button', '', 'Show where it looked'), {type, hidden: true, onclick: () => switched(c)});
    c.button = Object.assign(make('button', '', 'Remove'), {type, onclick: () => removed([c])});
    buttons.append(c.where, c.button);
    c.box.setAttribute('role', 'group');
    c.box.setAttribute('aria-label', plain(name));
    Object.assign(c.image, {alt: '', hidden: true});
    c.box.append(c.image, make('bdi', 'bear-name', plain(name)), c.answer, c.heat, buttons);
    cards.unshift(c);
    $('cards').prepend(c.box);
    return c;
  };

  const look = async (c, file) => {
    try {
      const {probs, grid, thumb} = await ask({picture: file});
      Object.assign(c, {probs, grid});
      c.where.hidden = !grid;
      Object.assign(c.image, {src: URL.createObjectURL(thumb), hidden: false});
      c.answer.replaceChildren(...bars(probs));
    } catch (e) {
      c.error = e.message;
      c.answer.replaceChildren(make('p', 'bear-verdict bear-wrong', capital(c.error)));
    }
  };

  const outcome = c => (c.error ? capital(c.error) : `${plain(c.name)}: ${c.probs && verdict(c.probs)}`) + '.';
  const counted = () => {
    const bad = cards.filter(c => c.error).length;
    return `${cards.length} picture${cards.length === 1 ? '' : 's'} looked at.${bad ? ` ${bad} of them could not be used.` : ''}`;
  };

  const take = async files => {
    if (!files.length) return;
    const many = files.length > 1;
    await described;
    const fresh = files.toReversed().map(f => card(f.name || 'pasted')).toReversed();
    refresh();
    for (const [i, c] of fresh.entries()) {
      say(many ? `Looking at picture ${i + 1} of ${files.length}…` : 'Looking at the picture…');
      await look(c, files[i]);
    }
    say([many ? '' : outcome(fresh[0]), many || cards.length > 1 ? counted() : ''].filter(Boolean).join(' '));
  };

  // The table, as `bears predict --csv` writes it; no cell is a formula
  const cell = text => {
    const s = /^'*([\t\r\n]|\s*[=+\-@＝＋－＠])/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s;
  };
  const line = c => {
    const probs = c.probs || [];
    const labels = c.error ? '' : said(probs).map(i => plain(about.vocab[i])).join('|') || 'none';
    const numbers = order(probs).map(i => `${plain(about.vocab[i])}=${probs[i].toFixed(4)}`);
    return [plain(c.name, 200), labels, numbers.join('|'), c.error || ''].map(cell).join(',');
  };
  const csv = () => ['file,labels,probs,error', ...cards.filter(c => c.probs || c.error).map(line), ''].join('\n');

  $('table').onclick = () => {
    const href = URL.createObjectURL(new Blob([csv()], {type: 'text/csv'}));
    Object.assign(make('a'), {href, download: 'labels.csv'}).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  };
  $('clear').onclick = () => removed([...cards]);
  $('threshold').oninput = e => {
    threshold = e.target.value / 100;
    refresh();
  };
  $('own').onclick = () => {
    threshold = null;
    $('threshold').value = 100 * about.thresholds.toSorted((a, b) => a - b)[about.thresholds.length >> 1];
    refresh();
  };

  // Pictures come from files, the camera, the clipboard, a drop
  for (const [button, input] of [['pick', 'files'], ['take', 'photo']]) {
    $(button).onclick = () => $(input).click();
    $(input).onchange = () => {
      take([...$(input).files]);
      $(input).value = '';
    };
  }
  document.addEventListener('dragover', e => {
    e.preventDefault();
    $('drop').classList.add('over');
  });
  document.addEventListener('dragleave', e => {
    if (!e.relatedTarget) $('drop').classList.remove('over');
  });
  document.addEventListener('drop', e => {
    e.preventDefault();
    $('drop').classList.remove('over');
    const files = [...e.dataTransfer.files];
    if (files.length) take(files);
    else say('Only files can be dropped here: save the picture first, then drop the file.');
  });
  document.addEventListener('paste', e => {
    const files = [...e.clipboardData.files];
    if (files.length) take(files);
    else say('There is no picture on the clipboard.');
  });

  // The webcam, looked at again and again
  const pause = ms => new Promise(done => setTimeout(done, ms));
  const stop = () => {
    for (const t of $('video').srcObject?.getTracks() || []) t.stop();
    $('video').srcObject = null;
    $('webcam').hidden = true;
    $('live').textContent = 'Webcam';
  };
  const watch = async () => {
    try {
      $('video').srcObject = await navigator.mediaDevices.getUserMedia({video: true});
    } catch {
      return say('No webcam was found, or this page may not use it.');
    }
    $('webcam').hidden = false;
    $('live').textContent = 'Stop the webcam';
    say('Live from the webcam, on this device alone.');
    await $('video').play();
    while ($('video').srcObject) {
      const picture = await createImageBitmap($('video'));
      const {probs} = await ask({picture, live: true}, [picture]);
      $('seen').replaceChildren(...bars(probs));
      await pause(100);
    }
  };
  $('live').hidden = !navigator.mediaDevices?.getUserMedia;
  $('live').onclick = () => {
    if ($('video').srcObject) {
      stop();
      return say('The webcam is off.');
    }
    watch().catch(e => {
      stop();
      say(capital(e.message));
    });
  };

  // What the page says about itself
  const example = ({name, file}) => {
    const b = Object.assign(make('button', 'example'), {type: 'button'});
    b.append(Object.assign(make('img'), {src: file, alt: '', loading: 'lazy'}), make('span', '', plain(name)));
    b.onclick = async () => take([new File([await (await fetch(file)).blob()], name)]);
    return b;
  };
  const table = (id, rows) => {
    $(id).hidden = !rows.length;
    for (const [name, ...cells] of rows) {
      const tr = make('tr');
      tr.append(Object.assign(make('th', '', plain(name)), {scope: 'row'}), ...cells.map(c => make('td', '', plain(String(c)))));
      $(id).tBodies[0].append(tr);
    }
  };
  const list = (id, lines) => $(id).append(...lines.map(l => make('li', '', plain(l, 2000))));
  const facts = ({says, limits, scored, scores, counts, licences, made}) => {
    const interval = s => (s.n === undefined ? ['', ''] : [`${s.low.toFixed(2)} to ${s.high.toFixed(2)}`, s.n]);
    $('what').textContent = `Classes: ${about.vocab.map(c => plain(c)).join(', ')}. ${says}`;
    list('limits', limits);
    $('scored').textContent = scored || 'No scores are kept with this model.';
    table('scores', scores.map(s => [s.measure, s.mean.toFixed(2), ...interval(s)]));
    table('counts', counts);
    table('licences', licences);
    list('made', made);
  };
  const tell = () => {
    const {vocab, single} = about;
    const names = vocab.map(c => plain(c));
    const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
    const always = single ? ' It always names one of them, even where there is none.' : ' It may find none, one or several of them.';
    $('knows').textContent = `It looks for: ${names.slice(0, 20).join(', ')}${more}.${always}`;
    for (const id of ['slide', 'level', 'own']) $(id).hidden = single;
    $('own').onclick();
    $('examples').append(...about.examples.map(example));
    $('choice').hidden = !about.examples.length;
    facts(about.facts);
  };

  const keep = async () => {
    if (!navigator.serviceWorker) return;
    await navigator.serviceWorker.register('sw.js');
    await navigator.serviceWorker.ready;
    $('offline').textContent = 'This page is kept in this browser, and works without a network from now on.';
  };

  const start = async () => {
    try {
      await described;
      tell();
      say(`Loading the classifier, ${about.megabytes} MB, the first time only…`);
      await ask({load: true});
      if (!cards.length) say('Ready.');
      keep().catch(() => {}); // without it the page still works
    } catch (e) {
      say(about ? capital(e.message) : 'The page is not complete: classifier.json cannot be loaded.');
    }
    $('wait').hidden = true;
  };

  window.bears = {
    async classify(blob) {
      await described;
      const {probs} = await ask({picture: blob, live: true});
      const yes = new Set(said(probs));
      const {vocab} = about;
      return {labels: vocab.filter((_, i) => yes.has(i)), probs: Object.fromEntries(vocab.map((c, i) => [c, probs[i]]))};
    },
  };
  start();
})();
