"""How fast the review is in a browser: its first page, the next one, and going back, with pictures of the drawn sample.
`python bench/apps_review.py [--pictures N]` on an idle machine; needs Voilà, Playwright and Chromium."""
import argparse, json, os, statistics, tempfile, time
from pathlib import Path

from common import BROWSER, FLAGS, machine, save_part

from bear_classifier.apps.review_app import serve_review
from bear_classifier.sample.sample import draw_scene

KINDS = ('arctic wolf', 'black bear', 'grizzly bear', 'polar bear')
CARDS = '.bear-grid:visible .bear-card'

def pictures(path, n):
    "A folder of `n` drawn pictures, a few dozen repeated under different names"
    drawn = [(k, draw_scene([k], i)) for k in KINDS for i in range(6)]
    for i in range(n):
        kind,im = drawn[i % len(drawn)]
        (path/kind).mkdir(parents=True, exist_ok=True)
        im.resize((1600, 1200)).save(path/kind/f'{i:05}.jpg')  # as large as photos

def seconds(page, act, number):
    "Seconds from a click until page `number` is shown with all its cards"
    t = time.perf_counter()
    act()
    page.wait_for_function("""n => {
        const there = document.querySelector('.bear-count')?.textContent.startsWith(`page ${n} of`);
        const images = [...document.querySelectorAll('.bear-grid .bear-card img')].filter(o => o.offsetParent);
        return there && images.length && images.every(o => o.complete);
    }""", arg=number, polling=10)
    return time.perf_counter()-t

def measured(page, url, looks, steps):
    "Seconds until the first page is shown; for each next page, after a pause of `looks` seconds; for each page back"
    first = seconds(page, lambda: page.goto(url), 1)
    button = lambda text: page.get_by_role('button', name=text, exact=True)
    res = dict(first=[first], next=[], at_once=[], back=[])
    for i in range(2, steps+2):
        page.wait_for_timeout(1000*looks)
        res['next'].append(seconds(page, button('Next page').click, i))
    for i in range(steps, steps-4, -1): res['back'].append(seconds(page, button('Previous page').click, i))
    for i in range(steps-2, steps+5): res['at_once'].append(seconds(page, button('Next page').click, i))
    res['at_once'] = res['at_once'][-2:]  # pages not shown before, opened without a pause
    return {k: round(statistics.median(v), 2) for k,v in res.items()}

def review(n=2000, looks=3, steps=8):
    "Seconds for pages of the review, as a dict, in a real Chromium"
    from playwright.sync_api import sync_playwright
    with tempfile.TemporaryDirectory() as d:
        os.environ['XDG_CACHE_HOME'] = str(Path(d)/'cache')  # without any thumbnails yet
        pictures(Path(d)/'sample', n)
        with serve_review(Path(d)/'sample', open_browser=False) as served, sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=BROWSER, args=FLAGS)
            page = chromium.new_page(viewport=dict(width=1280, height=900))
            page.set_default_timeout(180_000)
            res = measured(page, served.url, looks, steps)
            chromium.close()
    return dict(pictures=n, seconds_of_looking=looks, seconds=res)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--pictures', type=int, default=2000)
    p.add_argument('--dry', action='store_true', help='print the figures, write nothing')
    args = p.parse_args()
    res = dict(review(args.pictures), machine=machine('voila', 'ipywidgets', 'playwright'))
    print(json.dumps(res, indent=1))
    if not args.dry: save_part('apps', review=res)

if __name__ == '__main__': main()
