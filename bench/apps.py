"""The classifier's page as a visitor sees it, in a real Chromium: seconds until it can be used, seconds until the first answer, and
memory per visitor. Linux only (it reads /proc). Run it on an idle machine:

    python bench/apps.py [MODEL] [--rounds 5]

MODEL is a folder of `bears train`; by default one is trained on drawn pictures. Results go to bench/results.json under `apps`."""
import argparse, statistics, tempfile, time
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from bear_classifier.apps.classify_app import serve_app
from bear_classifier.core.images import jpeg_bytes
from bear_classifier.sample.sample import draw_scene
from bear_classifier.testing.trained import sample_model
from common import BROWSER, FLAGS, machine, save_part

def pss(pid):
    "Proportional set size in MB: a process's own memory, and its part of what is shared"
    lines = Path(f'/proc/{pid}/smaps_rollup').read_text().splitlines()
    return next(int(l.split()[1]) for l in lines if l.startswith('Pss:'))/1024

def kernels(served):
    "Processes of the server's kernels"
    return [p for p in psutil.Process(served.process.pid).children() if 'ipykernel_launcher' in ' '.join(p.cmdline())]

def visit(browser, served, picture):
    "Seconds from opening the page until it can be used, from then to the first answer, and to the first heat map"
    page,times = browser.new_page(),[time.perf_counter()]
    def done(selector):
        page.locator(selector).first.wait_for(timeout=300_000)
        times.append(time.perf_counter())
    page.goto(served.url)
    page.wait_for_function("document.querySelector('.bear-status [role=status]')", timeout=300_000)
    done('.bear-pick')
    page.locator('.bear-drop input').set_input_files([dict(name='two.jpg', mimeType='image/jpeg', buffer=picture)])
    done('.bear-verdict')
    page.locator('.bear-card button').first.click()
    done('.bear-card figure')
    memory = {p.pid: pss(p.pid) for p in kernels(served)}
    page.goto('about:blank')  # its kernel ends
    page.close()
    return [b-a for a,b in zip(times, times[1:])], memory

def settled(served, n):
    "Wait until `n` kernels have been idle for a second"
    while True:
        ks = kernels(served)
        before = sum(sum(p.cpu_times()[:2]) for p in ks)
        time.sleep(1)
        if len(ks)==n and sum(sum(p.cpu_times()[:2]) for p in ks)-before < .05: return

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('model', nargs='?')
    p.add_argument('--rounds', type=int, default=5)
    p.add_argument('--idle', type=int, default=1, help='kernels kept waiting while there are no visitors')
    args = p.parse_args()
    rows,seen = [],[]
    with tempfile.TemporaryDirectory() as tmp, sync_playwright() as play:
        model = args.model or sample_model(tmp)[1]
        picture = jpeg_bytes(draw_scene(['polar bear', 'black bear'], 0), 90)
        with serve_app(model, open_browser=False): pass  # what is made once for a model is not counted
        start = time.perf_counter()
        with serve_app(model, open_browser=False) as served:
            ready = time.perf_counter()-start
            browser = play.chromium.launch(executable_path=BROWSER, args=FLAGS)
            for _ in range(args.rounds):
                settled(served, args.idle)
                times,memory = visit(browser, served, picture)
                rows.append(times); seen.append(memory)
                print([round(t, 2) for t in times], {k: round(v) for k,v in memory.items()}, flush=True)
            browser.close()
    usable,answer,heat = (round(statistics.median(c), 2) for c in zip(*rows))
    memory = round(statistics.median(max(m.values()) for m in seen))
    res = dict(machine=machine('voila'), rounds=args.rounds, server_seconds=round(ready, 2), usable_seconds=usable,
               answer_seconds=answer, heat_seconds=heat, visitor_megabytes=memory)
    print(res)
    save_part('apps', classify=res)

if __name__ == '__main__': main()
