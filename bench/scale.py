"""Cost as the work grows: seconds, peak memory and disk of predicting and training, each in a separate process without cached features.

    python bench/scale.py [--most 10000]

Pictures are copies of the drawn sample with random classes: this measures cost, not quality. Results go to bench/results.json; the page of results plots them."""
import argparse, json, os, random, resource, shutil, subprocess, sys, tempfile, time
from pathlib import Path

from common import machine, save

def copies(sample, path, n, classes=4):
    "`n` pictures in `classes` folders, and a tenth of them in `none`"
    files,r = sorted(sample.glob('*/*.jpg')), random.Random(0)
    for i in range(n):
        d = path/('none' if i%10==0 else f'class {i%classes:03}')
        d.mkdir(parents=True, exist_ok=True)
        (d/f'{i:06}.jpg').write_bytes(r.choice(files).read_bytes() + i.to_bytes(4, 'little'))  # other bytes, the same picture
    return path

def peak_mb():
    "Peak memory of this process, in MB. (`ru_maxrss` starts from that of the process which started this one.)"
    status = Path('/proc/self/status')
    if not status.exists(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss//(1024*1024 if sys.platform=='darwin' else 1024)
    return int(next(l for l in status.read_text().splitlines() if l.startswith('VmHWM')).split()[1])//1024

def child(what, path, model):
    "Do `what` in this process; print seconds and peak memory as JSON"
    from bear_classifier.data.pictures import Pictures, read_labels
    import numpy as np
    t = time.perf_counter()
    if what=='predict':
        from bear_classifier.models.predict import expand, load
        n = sum(1 for _ in load(model).predict(expand([path])))
    else:
        from bear_classifier.learn.train import Workshop, train_grid, train_mean
        labels = read_labels(Path(path))
        r = np.random.default_rng(0)
        # hashes at random: copies would be near duplicates of each other
        pics = Pictures(Path(path), labels, {f: r.random(64)<.5 for f in labels}, {})
        ws,n = Workshop(pics, cache=os.environ['BENCH_CACHE'], bar=False), len(labels)
        train_grid(ws, list(labels)) if what=='multi_label' else train_mean(ws, list(labels), what)
    disk = sum(f.stat().st_size for f in Path(os.environ['BENCH_CACHE']).rglob('*') if f.is_file())//1_000_000
    print(json.dumps(dict(n=n, seconds=round(time.perf_counter()-t, 1), peak_mb=peak_mb(), disk_mb=disk)))

def run(what, path, model, cache):
    "`child` in a separate process"
    out = subprocess.run([sys.executable, __file__, '--child', what, path, model], capture_output=True, text=True, env={**os.environ, 'BENCH_CACHE': str(cache)}, check=True)
    return json.loads(out.stdout.splitlines()[-1])

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--most', type=int, default=10_000)
    p.add_argument('--child', nargs=3)
    args = p.parse_args()
    if args.child: return child(*args.child)
    import bear_classifier.models.files  # for `Classifier.save`  # noqa: F401
    from bear_classifier.data.pictures import read_pictures
    from bear_classifier.sample.sample import make_sample
    from bear_classifier.learn.train import Workshop, train_grid
    rows = []
    with tempfile.TemporaryDirectory() as d:
        d = Path(d)
        sample = make_sample(d/'sample', n=20, n_none=10)
        pics = read_pictures(sample)
        model = train_grid(Workshop(pics, cache=d/'cache', bar=False), list(pics.labels)).save(d/'model')
        for n,classes in [s for s in ((100, 4), (1000, 4), (1000, 100), (10_000, 100)) if s[0]<=args.most]:
            path = copies(sample, d/f'{n} {classes}', n, classes)
            for what in ('predict', 'naive_multi_label', 'multi_label'):
                (cache := d/f'cache {what} {n} {classes}').mkdir()
                rows.append(dict(what=what, classes=classes, **run(what, path, model, cache)))
                print(rows[-1], flush=True)
                shutil.rmtree(cache)
            shutil.rmtree(path)
    save(machine('torch'), {}, scale=rows)

if __name__ == '__main__': main()
