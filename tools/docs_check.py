"""Look at the pages of _docs in a browser, as readers will: `python tools/docs_check.py [PAGE ...]`, and a part of `make docs`.

A line for each fault: the page, and what is wrong. At 1280 pixels no box of code, output or table is cut off; at 360 neither page nor table is wider than
the page; no request goes to another host; nothing is reported to the console; figures have words; contrast is 4.5:1 or more in light and
dark colours; nothing shows that was meant for programs; chapters have their parts, no visible assert, and a chain of Next and Previous from home to the last; the search finds what people type."""
import os, re, shutil, sys, threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ['chromium', 'chromium-browser', 'google-chrome', 'chrome'])), None)
FLAGS = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split()
CHAPTER = re.compile(r'0\d_\w+\.html')
WIDE = dict(width=1280, height=900)
BARS = ('index.html', '04_train.html', 'core/files.html')  # pages whose header, sidebar and contents stand for all
# What each chapter has, as a heading or a bold line that starts with these words.
PARTS = {'What you will learn': r'what you will learn', 'Summary': r'summary', 'Exercises': r'exercises?\b', 'Next': r'(what to read )?next\b'}
SEARCHES = ('train my own', 'webcam', 'add a class')  # each must find a how-to page or a chapter first
# At this width: boxes with something beyond their edge, and boxes that reach beyond the page's.
CUT = r'''() => [...document.querySelectorAll('main :is(pre, table, img, svg, .cell-output, .sd-table)')].filter(o => o.getClientRects().length).filter(o =>
    (getComputedStyle(o).overflowX !== 'visible' && o.scrollWidth > o.clientWidth + 1) || o.getBoundingClientRect().right > document.querySelector('main').getBoundingClientRect().right + 1)
    .map(o => o.innerText ? o.innerText.trim().split('\n')[0].slice(0, 60) : o.alt || o.tagName.toLowerCase())'''
BESIDE = r'''() => [...document.querySelectorAll('main table')].filter(o => o.getClientRects().length && o.rows[0].cells.length < 7 && o.getBoundingClientRect().right > document.querySelector('main').getBoundingClientRect().right + 1)
    .map(o => o.innerText.replace(/\s+/g, ' ').slice(0, 60))'''
STICKS_OUT = 'document.documentElement.scrollWidth > innerWidth + 1'
SILENT = r'''() => [...document.querySelectorAll('main :is(img, svg, canvas)')].filter(o => !o.closest('button, a') && o.getBoundingClientRect().width > 40
    && !(o.getAttribute('alt') || o.getAttribute('aria-label') || o.getAttribute('aria-hidden') || o.querySelector('title') || o.closest('figure')?.querySelector('figcaption')?.innerText.trim())).length'''
ASSERTS = r'''() => [...document.querySelectorAll('main pre')].filter(o => o.getClientRects().length).map(o => o.innerText.split('\n').find(l => /^\s*(assert |test_\w+\()/.test(l))).filter(Boolean)'''
# What slipped through: an object instead of a value, Markdown instead of what it means, an epoch without its header, a sentence that announces what
# is not there, a table whose words touch or whose header is not above its column, a level of headings that is left out.
ODD = r'''() => {
    const seen = o => o.getClientRects().length, say = [], all = s => [...document.querySelectorAll(s)].filter(seen), style = o => getComputedStyle(o);
    for (const o of all('main pre')) for (const l of o.innerText.split('\n'))
        if (/<(function|built-in|bound method|class '|generator object|module ')|<[\w.]+ object at | at 0x[0-9a-f]{8}|<factory>/.test(l)) say.push('an object: ' + l);
        else if (/^\[\d+(, [\d.]+)+, '\d+:\d\d'\]$/.test(l)) say.push('an epoch without its header: ' + l);
    const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const t = walk.currentNode.data;
        if (/\]\(|\*\*\w|^```/m.test(t) && !walk.currentNode.parentElement.closest('pre, code, script, style')) say.push('Markdown: ' + t.trim());
    }
    const flow = all('main :is(h1, h2, h3, p, pre, table, ul, ol, dl, details, img, svg, iframe, blockquote, hr)');
    flow.forEach((o, i) => { if (o.tagName === 'P' && /:$/.test(o.innerText.trim()) && /^(H1|H2|P|undefined)$/.test(flow[i + 1]?.tagName) && !flow[i + 1]?.querySelector('img')) say.push('nothing follows: ' + o.innerText.slice(-50)); });
    for (const t of all('main table')) {
        const cells = [...t.querySelectorAll('tbody tr')].map(r => [...r.cells])[0] || [], heads = [...t.querySelectorAll('thead tr')].map(r => [...r.cells])[0] || [];
        const side = o => style(o).textAlign.replace('start', 'left').replace('-webkit-', '').replace('end', 'right');
        if (cells.length > 1 && parseFloat(style(cells[0]).paddingRight) + parseFloat(style(cells[1]).paddingLeft) < 4) say.push('cells that touch: ' + t.innerText);
        else if (heads.length === cells.length && heads.some((h, i) => h.innerText.trim() && side(h) !== side(cells[i]))) say.push('a header that is not above its column: ' + t.innerText);
    }
    all('main :is(h1, h2, h3, h4)').map(h => [+h.tagName[1], h.innerText]).reduce((a, [n, s]) => { if (n > a + 1) say.push('a heading below no other: ' + s); return n; }, 1);
    return [...new Set(say)].map(s => s.replace(/\s+/g, ' ').slice(0, 90));
}'''
HEADS = "[...document.querySelectorAll('main :is(h1, h2, h3, h4, strong, b, summary)')].map(o => o.innerText.trim())"
LINKS = "Object.fromEntries(['next', 'previous'].map(k => [k, document.querySelector(`.nav-page-${k} a`)?.href]))"
# Much looks alike: a few boxes and rows of each page stand for all, and one page's bars for those of all, which keeps axe fast.
THIN = r'''bars => {
    for (const some of ['main pre', 'main tr', 'main p', 'main li', 'main .sd-table', 'main h3'])
        document.querySelectorAll(some).forEach((o, i) => i > 5 && o.remove());
    if (!bars) document.querySelectorAll('#quarto-header, #quarto-sidebar, #quarto-margin-sidebar').forEach(o => o.remove());
}'''
AXE = "axe.run({runOnly: ['color-contrast'], resultTypes: ['violations'], preload: false}).then(r => r.violations.flatMap(v => v.nodes.map(n => n.any[0].data.contrastRatio + ':1 in ' + n.target.join(' '))))"

class Quiet(SimpleHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *args): pass

@contextmanager
def served(folder):
    "Address of a server of `folder`, on this machine only."
    srv = ThreadingHTTPServer(('127.0.0.1', 0), partial(Quiet, directory=folder))
    srv.daemon_threads = True
    threading.Thread(target=srv.serve_forever, daemon=True).start()
    try: yield f'http://127.0.0.1:{srv.server_port}/'
    finally: srv.shutdown()

@contextmanager
def browser_page(url, faults):
    "A page of a headless browser. What it asks of others, and what it complains of, goes to `faults`."
    from playwright.sync_api import sync_playwright
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page(viewport=WIDE)
            at = lambda: page.url.removeprefix(url) or 'index.html'
            other = lambda u: not u.startswith((url, 'data:', 'blob:', 'about:'))
            page.route(other, lambda r: r.abort())
            page.on('request', lambda r: faults.append(f'{at()}: asks another host: {r.url[:90]}') if other(r.url) else None)
            page.on('console', lambda m: faults.append(f'{at()}: console: {m.text[:120]}') if m.type=='error' else None)
            page.on('pageerror', lambda e: faults.append(f'{at()}: script: {str(e)[:120]}'))
            page.on('response', lambda r: faults.append(f'{at()}: {r.status} for {r.url.removeprefix(url)}') if r.status >= 400 else None)
            yield page
        finally: browser.close()

def contrast(page):
    "Texts that are hard to read, in light and dark colours."
    for scheme in ('light', 'dark'):
        page.emulate_media(color_scheme=scheme, reduced_motion='reduce')
        page.wait_for_function("([want]) => document.documentElement.classList.contains('quarto-dark') === want || document.body.classList.contains('quarto-dark') === want", arg=[scheme=='dark'], timeout=10_000)
        for s in page.evaluate(AXE)[:5]: yield f'contrast in {scheme} colours: {s[:120]}'

def parts(page):
    "What a chapter lacks, and what it should not show."
    heads = page.evaluate(HEADS)
    for name,pattern in PARTS.items():
        if not any(re.match(pattern, h, re.I) for h in heads): yield f'a chapter without “{name}” (a heading or a bold line)'
    if not re.search(r'\b(minute|hour)s?\b', page.locator('main').inner_text()[:2500]): yield 'a chapter that does not say at its start how long it takes'
    for line in page.evaluate(ASSERTS): yield f'a visible assert: {line.strip()[:80]}'

def look(page, axe, bars):
    "What is wrong with the page that is open. It is thinned out for the last question, with its `bars` or without."
    for s in page.evaluate(CUT)[:5]: yield f'cut off at 1280 px: {s}'
    if n := page.evaluate(SILENT): yield f'{n} figures without words'
    yield from page.evaluate(ODD)[:5]
    page.set_viewport_size(dict(width=360, height=800))
    if page.evaluate(STICKS_OUT): yield 'wider than a phone of 360 px'
    for s in page.evaluate(BESIDE)[:5]: yield f'a table with columns beside a phone of 360 px: {s}'
    page.set_viewport_size(WIDE)
    page.evaluate(THIN, bars)
    page.evaluate(axe)
    yield from contrast(page)

def chain_faults(links, url, chapters):
    "Next leads from home through `chapters` in order, and Previous back."
    for here,there in zip(['index.html', *chapters], chapters):
        to,back = (links.get(p, {}).get(k) for p,k in ((here, 'next'), (there, 'previous')))
        if to != url + there: yield f'{here}: Next leads to {(to or "nowhere").removeprefix(url)}, not to {there}'
        if back not in (url + here, here=='index.html' and url): yield f'{there}: Previous leads to {(back or "nowhere").removeprefix(url)}, not to {here}'
    if chapters and not links[chapters[-1]]['next']: yield f'{chapters[-1]}: Next leads nowhere'

def search_faults(page, url):
    "The search finds what people type, first in how-to pages and chapters, and can be read."
    page.emulate_media(color_scheme='light', reduced_motion='reduce')
    page.goto(url + 'index.html')
    box = page.locator('.smalldocs-search input')
    if not box.count(): return  # Quarto's box is another one
    results = page.locator('.search-result')
    for q in SEARCHES:
        box.fill(q)
        try: results.first.wait_for(timeout=5000)
        except Exception: yield f'search: nothing for “{q}”'; continue
        page.wait_for_timeout(300)
        first = results.first.get_attribute('href').removeprefix('./')
        if not re.match(r'howto/|0\d_', first): yield f'search: “{q}” finds {first} first'
    yield from (f'search, open: {s}' for s in contrast_of_search(page))

def contrast_of_search(page):
    from axe_playwright_python.sync_playwright import Axe
    page.evaluate(Axe().axe_script)
    yield from contrast(page)

def check(folder='_docs', only=()):
    "A line for each fault of the pages in `folder`."
    from axe_playwright_python.sync_playwright import Axe
    names = [p.relative_to(folder).as_posix() for p in sorted(Path(folder).rglob('*.html')) if 'site_libs' not in p.parts]
    axe,faults,links = Axe().axe_script,[],{}
    with served(folder) as url, browser_page(url, faults) as page:
        for name in [n for n in names if not only or n in only]:
            page.emulate_media(color_scheme='light', reduced_motion='reduce')
            page.goto(url + name)
            links[name] = page.evaluate(LINKS)
            if CHAPTER.fullmatch(name): faults += [f'{name}: {s}' for s in parts(page)]
            faults += [f'{name}: {s}' for s in look(page, axe, bars=name in BARS or bool(only))]
        if not only: faults += [*chain_faults(links, url, [n for n in names if CHAPTER.fullmatch(n)]), *search_faults(page, url)]
    return list(dict.fromkeys(faults))

def lacking():
    "What must be there for this check, as a line; empty if all is."
    names = [n for n in ('playwright', 'axe_playwright_python') if find_spec(n) is None] + ['Chromium or Chrome']*(CHROMIUM is None)
    return f'No browser has looked at the pages: {", ".join(names)} missing' if names else ''

def main():
    os.chdir(Path(__file__).resolve().parent.parent)
    if line := lacking(): return print(line)
    faults = check(only=sys.argv[1:])
    print('\n'.join(faults) or 'A browser found nothing wrong with the pages.')
    sys.exit(bool(faults))

if __name__ == '__main__': main()
