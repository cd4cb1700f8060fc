"""`collect` against fastai's three steps and against img2dataset: 400 pictures of 1600 x 1200 from hosts on this machine that take 100 ms
to answer. Each round runs all of them in turn. Linux only (it uses 16 loopback addresses). `python bench/collect.py [ROUNDS]`"""
import contextlib, io, json, os, shutil, subprocess, sys, tempfile, time
from pathlib import Path
import imagehash, numpy as np
from PIL import Image
from fastai.data.transforms import get_image_files
from fastai.vision.utils import download_images, resize_images, verify_images
from bear_classifier.web.collect import *
from bear_classifier.web.decode import Limits
from bear_classifier.testing.loopback import Loopback, Reply, encoded, noise_picture
from bear_classifier.web.manifest import Manifest
from bear_classifier.web.sources import Found
import common

N, HERE = 400, Path(__file__).resolve().parent
PYTHON = Path(os.environ.get('BENCH_VENV', HERE.parent/'.venv-bench'))/'bin'/'python'

def serve():
    "Serve as the hosts until stdin closes; prints two lists of URLs: all good, and with 5 % failures and 2 % that hang"
    with Loopback(latency=0.1, hosts=16) as web:
        urls = list(web.pictures('p', [encoded(noise_picture(i, (1600,1200)), quality=85) for i in range(N)]))
        for k, r in dict(gone=Reply(b'', 404), down=Reply(b'', 503), page=Reply(b'<!doctype html>'), hang=Reply(b'', wait=300)).items(): web.play(f'/{k}.jpg', r)
        bad = list(urls)
        for i in range(0, N, 50): bad[i+7] = bad[i+7].rsplit('/', 1)[0] + '/hang.jpg?' + str(i)
        for i in range(0, N, 20): bad[i] = bad[i].rsplit('/', 1)[0] + f"/{['gone', 'down', 'page'][i//20%3]}.jpg?{i}"
        print(json.dumps([urls, bad]), flush=True)
        sys.stdin.read()

def ours(urls, dest):
    with Manifest(dest) as m:
        fetch_term(m, 'noise', [Found(u) for u in urls], lim=Limits(allow_loopback=True), progress=False)
        m.settle()

def fastai(urls, dest):
    with contextlib.redirect_stdout(io.StringIO()):
        download_images(dest, urls=urls)
        resize_images(dest, max_size=400, dest=dest)
        verify_images(get_image_files(dest)).map(Path.unlink)

def img2dataset(urls, dest):
    (dest.parent/'urls.txt').write_text('\n'.join(urls))
    out = subprocess.run([PYTHON, HERE/'run_img2dataset.py', dest.parent/'urls.txt', dest], capture_output=True, text=True, check=True).stdout
    return float(out.rsplit('seconds', 1)[1])

def timed(f, urls, keep=None):
    "Seconds that `f` takes in an empty folder, and how many pictures it made"
    with tempfile.TemporaryDirectory() as d:
        start = time.time()
        secs = f(urls, dest := Path(d)/'out')
        secs = secs or time.time() - start
        n = len(get_image_files(dest))
        if keep: shutil.copytree(dest, keep, dirs_exist_ok=True)
        return secs, n

def pictures(folder): return {str(imagehash.phash(im)): im for im in (Image.open(f).convert('RGB') for f in get_image_files(folder))}

def equivalent(a, b):
    "Check that both folders have the same pictures. Returns the mean difference of their pixels, on a scale of 256"
    a, b = pictures(a), pictures(b)
    codes, diffs = list(b), []
    bits = np.array([int(c, 16) for c in codes], np.uint64)
    for code, im in a.items():
        other = b[codes[np.bitwise_count(bits ^ np.uint64(int(code, 16))).argmin()]]
        assert max(abs(s-t) for s, t in zip(im.size, other.size)) <= 1, (im.size, other.size)
        diffs.append(np.abs(np.asarray(im, float) - np.asarray(other.resize(im.size), float)).mean())
    assert max(diffs) < 5, max(diffs)
    return round(float(np.mean(diffs)), 2)

def main(rounds=5):
    server = subprocess.Popen([sys.executable, __file__, 'serve'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    good, bad = json.loads(server.stdout.readline())
    runs, faulty, contenders = {}, {}, [ours, fastai, img2dataset]
    for f in (ours, fastai): timed(f, good[:32])  # what is imported or started on first use is not counted
    with tempfile.TemporaryDirectory() as keep:
        for r in range(rounds):
            for f in contenders[r%3:] + contenders[:r%3]:
                secs, n = timed(f, good, Path(keep)/f.__name__ if r == 0 else None)
                assert n == N, (f.__name__, n)
                runs.setdefault(f.__name__, []).append(secs)
            for f in (ours, fastai) if r == 0 else (ours,): faulty.setdefault(f.__name__, []).append(timed(f, bad))
            print(f'round {r+1}:', *(f'{k} {v[-1]:.2f} s' for k, v in runs.items()), f"ours with faults {faulty['ours'][-1][0]:.2f} s", flush=True)
        diffs = {k: equivalent(Path(keep)/'ours', Path(keep)/k) for k in ('fastai', 'img2dataset')}
    server.stdin.close()
    assert {n for _, n in faulty['ours']} == {N - 28}, faulty
    hanging = common.ratio([s for s, _ in faulty['ours']], runs['ours'])
    print(f"with 5 % failures and 2 % hanging: {hanging['median']} times as long (from {hanging['min']} to {hanging['max']}); pixels differ by {diffs} levels")
    common.save(common.machine('fastai', 'pillow'),
                dict(collect_vs_fastai=common.ratio(runs['fastai'], runs['ours']), collect_vs_img2dataset=common.ratio(runs['img2dataset'], runs['ours'])),
                collect=dict(pictures=N, seconds={k: [round(s, 2) for s in v] for k, v in runs.items()}, pixel_difference=diffs,
                             faulty_vs_good=hanging, faulty_fastai_seconds=round(faulty['fastai'][0][0], 2)))

if __name__ == '__main__':
    if sys.argv[1:] == ['serve']: serve()
    else: main(*map(int, sys.argv[1:]))
