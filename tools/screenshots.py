"Take the docs' screenshots of the running app and the running review, with drawn pictures only. Writes nbs/images/app-*.png and review-*.png."
import csv, io, os, shutil, sys, tempfile
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from PIL import Image

DEST,LARGEST = Path('nbs/images'),150_000  # target folder, and largest file in bytes
CHROMIUM = next(filter(None, map(shutil.which, ['chromium', 'chromium-browser', 'google-chrome', 'chrome'])), None)
FLAGS = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars'.split()
SENT = {'river.jpg': ['polar bear', 'black bear'], 'forest.jpg': ['grizzly bear'], 'snow.jpg': []}  # kinds on a scene; none of them trained on
WRONG = {'polar bear/007.jpg': 'arctic wolf', 'black bear/028.jpg': 'grizzly bear', 'arctic wolf/027.jpg': 'polar bear', 'grizzly bear/018.jpg': 'black bear',
         'arctic wolf/026.jpg': '', 'black bear/011.jpg': 'arctic wolf'}  # wrong labels before the review; the first is corrected
WIDE,PHONE,EDGE = dict(width=1100, height=760),dict(width=390, height=844),8  # pixels; room above and below

def lacking():
    "What has to be installed first, as one line; empty if nothing"
    pip = [o for o in ('playwright', 'voila') if find_spec(o) is None]
    todo = ([f'pip install {" ".join(pip)}'] if pip else []) + (['install Chromium or Chrome (Debian: apt install chromium)'] if CHROMIUM is None else [])
    return 'Screenshots need a browser and a page to show in it: ' + '; '.join(todo) if todo else ''

def train(tmp):
    "A folder of drawn pictures, and a model trained on it"
    import bear_classifier.models.files  # for `Classifier.save`  # noqa: F401
    from bear_classifier.data.pictures import read_pictures
    from bear_classifier.sample.sample import make_sample
    from bear_classifier.learn.train import Workshop, train_grid
    ws = Workshop(read_pictures(make_sample(tmp/'bears', n=30, n_none=20, n_two=12, progress=False)), cache=tmp/'features', bar=False)
    return ws.pics.path, train_grid(ws, ws.pics.labels).save(tmp/'model')

def spoil(path, tmp):
    "Give some pictures of `path` a wrong label. Returns the table of suspects"
    from bear_classifier.data.pictures import read_pictures
    from bear_classifier.evaluate.suspects import find_suspects, write_suspects
    from bear_classifier.learn.train import Workshop
    rows = [r | dict(labels=WRONG.get(r['fname'], r['labels'])) for r in csv.DictReader((path/'labels.csv').open(newline=''))]
    with (path/'labels.csv').open('w', newline='') as f:
        out = csv.DictWriter(f, rows[0])
        out.writeheader()
        out.writerows(rows)
    return write_suspects(find_suspects(Workshop(read_pictures(path), cache=tmp/'features', bar=False)), tmp/'suspects.csv')

@contextmanager
def browser(tmp):
    "A page of a headless browser that connects to this machine only"
    from playwright.sync_api import sync_playwright
    play = sync_playwright().start()
    try:
        b = play.chromium.launch_persistent_context(str(tmp/'profile'), executable_path=CHROMIUM, args=FLAGS, handle_sigint=False, viewport=WIDE)
        try:
            b.route(lambda url: not url.startswith('http://127.0.0.1'), lambda r: r.abort())
            b.set_default_timeout(120_000)
            yield b.pages[0]
        finally:
            with suppress(Exception): b.close()
    finally:
        with suppress(Exception): play.stop()

def card(page, name): return page.locator('.bear-card').filter(has=page.locator('.bear-name', has_text=name))

def shoot(page, file, top, bottom, room=EDGE):
    "Save the page from `top` to the end of `bottom`, with a margin `room`, without focus and with all pictures loaded"
    page.mouse.move(0, 0)
    page.evaluate('document.activeElement.blur()')
    page.wait_for_function('[...document.images].every(o => o.complete && o.naturalWidth)')
    y0,y1 = (page.locator(css).first.bounding_box() for css in (top, bottom))
    page.set_viewport_size(dict(width=page.viewport_size['width'], height=round(y1['y']+y1['height']-y0['y'])+EDGE+room))
    page.locator(top).first.evaluate('(o, n) => { o.style.scrollMarginTop = `${n}px`; o.scrollIntoView() }', EDGE)
    page.wait_for_timeout(400)
    out = page.evaluate('[...document.querySelectorAll(".bear-review *")].filter(o => o.offsetParent && !o.closest(".bear-hidden") && o.getBoundingClientRect().right > innerWidth + 1).length')
    if out: sys.exit(f'{file.name}: {out} parts of the page stick out at the right')
    file.write_bytes(small(page.screenshot()))
    return file

def small(png):
    "The same picture with as many colours as the file size limit allows"
    im = Image.open(io.BytesIO(png)).convert('RGB')
    for n in (256, 192, 128, 96, 64, 48, 32):
        out = io.BytesIO()
        im.quantize(n, kmeans=2, dither=Image.Dither.NONE).save(out, 'PNG', optimize=True)
        if out.tell() <= LARGEST: return out.getvalue()
    sys.exit(f'a screenshot of {im.width} x {im.height} pixels takes more than {LARGEST//1000} kB even in {n} colours')

def show_heat(page, name):
    "Press the button under a picture that shows where its labels were seen"
    card(page, name).get_by_role('button', name='Show where it looked').click()
    card(page, name).locator('figure').first.wait_for()

def scenes(model, tmp):
    "Write the first scene of each kind that the model labels correctly"
    from bear_classifier.models.predict import load
    from bear_classifier.sample.sample import draw_scene
    clf = load(model)
    for name,kinds in SENT.items():
        for seed in range(50):
            draw_scene(kinds, seed, (960,540)).resize((480,270), Image.LANCZOS).save(tmp/name, quality=92)
            if set(clf(tmp/name).labels)==set(kinds): break
        else: sys.exit(f'{name}: the model names no scene of {kinds} right')

def app_shots(page, url, tmp, out):
    "Send three pictures, show one heat map, and take the page wide, on a phone, and in dark mode"
    page.goto(url)
    page.wait_for_function("document.querySelector('.bear-status [role=status]')")
    page.locator('.bear-drop input').set_input_files([tmp/name for name in SENT])
    for name in SENT: card(page, name).locator('.bear-verdict').wait_for()
    show_heat(page, 'forest.jpg')
    yield shoot(page, out/'app-wide.png', 'h1', '.bear-grid')
    page.emulate_media(color_scheme='dark')
    yield shoot(page, out/'app-dark.png', 'h1', '.bear-grid')
    page.emulate_media(color_scheme='light')
    page.set_viewport_size(PHONE)
    show_heat(page, 'river.jpg')
    yield shoot(page, out/'app-phone.png', '.bear-card', '.bear-card')

def review_shots(page, url, out):
    "Correct one label, mark another picture for deletion, and take the page wide and on a phone"
    page.set_viewport_size(WIDE)
    page.goto(url)
    name,wrong = next(iter(WRONG.items()))
    for label in (name.split('/')[0], wrong): card(page, name).get_by_role('checkbox', name=label, exact=True).click()
    card(page, name).get_by_text(f'changed, was {wrong}').wait_for()
    page.locator('.bear-card').filter(has_not_text=name).nth(2).get_by_role('button', name='Delete').click()
    page.get_by_text('1 to delete').first.wait_for()
    yield shoot(page, out/'review-wide.png', 'h1', '.bear-card:nth-child(7) img', room=0)
    page.set_viewport_size(PHONE)
    yield shoot(page, out/'review-phone.png', '.bear-bar:has(.bear-next)', '.bear-card:nth-child(4)')

def take(tmp):
    "Train, serve, and take all screenshots. Returns the files, still in `tmp`"
    from bear_classifier.apps.classify_app import serve_app
    from bear_classifier.apps.review_app import serve_review
    os.environ['XDG_CACHE_HOME'] = str(tmp/'cache')
    (tmp/'out').mkdir()
    path,model = train(tmp)
    scenes(model, tmp)
    with serve_app(model, open_browser=False) as app, serve_review(path, spoil(path, tmp), open_browser=False) as review, browser(tmp) as page:
        return [*app_shots(page, app.url, tmp, tmp/'out'), *review_shots(page, review.url, tmp/'out')]

def main():
    if line := lacking(): print(line, file=sys.stderr); sys.exit(2)
    from bear_classifier.core.files import write_whole
    try:
        with tempfile.TemporaryDirectory(prefix='bears-shots-', ignore_cleanup_errors=True) as d:
            files = take(Path(d))
            DEST.mkdir(parents=True, exist_ok=True)
            done = [write_whole(DEST/f.name, f.read_bytes()) for f in files]
    except KeyboardInterrupt: print('\nStopped.', file=sys.stderr); sys.exit(130)
    print(f'written to {DEST}: ' + ', '.join(f'{f.name} ({f.stat().st_size//1000} kB)' for f in done))

if __name__ == '__main__': main()
