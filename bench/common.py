"What every benchmark needs: a description of the machine, and one file of results."
import json, os, platform, shutil, statistics
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent/'results.json'
BROWSER = next(filter(None, map(shutil.which, ['chromium', 'chromium-browser', 'google-chrome', 'chrome'])), None)
FLAGS = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split()

def machine(*packages):
    "CPU, system, Python and the versions of `packages`; nothing that identifies the host"
    info = Path('/proc/cpuinfo')
    names = [l.split(':', 1)[1].strip() for l in info.read_text().splitlines() if l.startswith('model name')] if info.exists() else []
    cpu = names[0] if names else platform.processor() or platform.machine()
    vs = ', '.join(f'{p} {version(p)}' for p in packages)
    return f'{os.cpu_count()} x {cpu}, {platform.system()}, Python {platform.python_version()}' + (f', {vs}' if vs else '')

def ratio(theirs, ours):
    "Ratio of their time to ours in each round"
    rs = [t/o for t, o in zip(theirs, ours)]
    return dict(median=round(statistics.median(rs), 2), min=round(min(rs), 2), max=round(max(rs), 2), runs=len(rs))

def save(desc, ratios, **more):
    "Add `ratios` to the results, and keep those of other benchmarks"
    res = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    res['machine'] = desc
    res['ratios'] = {**res.get('ratios', {}), **ratios}
    RESULTS.write_text(json.dumps({**res, **more}, indent=1, sort_keys=True) + '\n')
    for k, v in ratios.items(): print(f"{k:24} {v['median']:6.2f} (from {v['min']} to {v['max']} in {v['runs']} rounds)")

def save_part(name, **more):
    "Add results under `name`, and keep those of other benchmarks"
    res = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    res[name] = {**res.get(name, {}), **more}
    RESULTS.write_text(json.dumps(res, indent=1, sort_keys=True) + '\n')
