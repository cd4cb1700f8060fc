"""What every commit must pass: generated files up to date, ruff, nothing newer than Python 3.10, imports between rooms,
style sheets and scripts without errors, each notebook as a test.
`python tools/check.py [nbs/NAME.ipynb ...]` runs those notebooks only."""
import atexit, os, re, subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from multiprocessing import get_context, get_start_method, set_start_method
from pathlib import Path

from forked import note_used, offered

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ['bear_classifier', 'clean', 'nbs', 'README.md']
LIMIT = 1200 # seconds, for one notebook
# Started first, so that the workers finish together. The first two compute features of drawn pictures that many others use;
# the list of the slowest at the end of a run shows when another one belongs here.
SLOW = '''testing/trained evaluate/compare learn/finetune evaluate/curve howto/own_classes howto/several_labels tests/precision
models/onnx howto/own_folder 02_single_label learn/train 03_multi_label 05_compare howto/in_python models/engines
learn/features evaluate/report howto/deploy evaluate/suggest evaluate/suspects apps/space learn/single_label 04_train
06_use apps/engine models/files sample/sample'''.split()
# These wait for browsers, sockets and processes half of the time, so they run beside as many others as there are cores.
WAITING = '''cli tests/hostile web/collect 01_collect tests/app_browser tests/review_browser tests/static_browser apps/push
web/sources web/search web/fetch howto/search_is_blocked testing/loopback apps/serve'''.split()
# Imported once for all notebooks: each gets a fork of the process that has them.
PRELOAD = '''fastai.vision.all nbdev.test nbdev.showdoc timm torchvision pandas scipy.stats sklearn.model_selection
cleanlab.filter matplotlib.pyplot onnxscript networkx'''.split()

def contents():
    "Text of every file that a command below may rewrite, without differences in line ends."
    roots = [Path(p) for p in GENERATED if Path(p).exists()]
    files = [f for r in roots for f in ([r] if r.is_file() else r.rglob('*')) if f.suffix in ('.py', '.ipynb', '.md')]
    return {f: f.read_bytes().replace(b'\r\n', b'\n') for f in files}

def in_step(name, *cmd):
    "Run `cmd` and report the files that it changed."
    before = contents()
    subprocess.run(cmd, check=True)
    after = contents()
    changed = sorted(str(f) for f in before.keys() | after.keys() if before.get(f) != after.get(f))
    if changed: print(f'{name} changed: {", ".join(changed)}. They are up to date now: check and commit them.')
    return not changed

def rooms_pass():
    "Imports run downwards only, without cycles (`.importlinter`), and use no private name of another module."
    out = subprocess.run(['lint-imports', '--no-logo', '--no-cache'], capture_output=True, text=True)
    if out.returncode: print(out.stdout[out.stdout.find('Broken contracts'):] + out.stderr)
    code = {f: f.read_text(encoding='utf-8') for f in Path('bear_classifier').rglob('*.py')}
    private = [f'{f}: {m[0]}' for f,s in code.items() for m in re.finditer(r'^ *from (?:\.|bear_classifier).* import (?:.*[ ,(])?_[a-z]\w*', s, re.M)]
    if private: print('Private names of another module; make them public or move what uses them:', *private, sep='\n')
    return not out.returncode and not private

def css_faults(nodes, at):
    "A line for each part of a style sheet that cannot be parsed."
    from tinycss2 import parse_blocks_contents
    res = []
    for n in nodes:
        if n.type=='error': res.append(f'{at}:{n.source_line}: {n.message}')
        elif n.type=='declaration': res += css_faults(n.value, at)
        elif n.type in ('qualified-rule', 'at-rule'): res += css_faults([*n.prelude, *parse_blocks_contents(n.content or ())], at)
    return res

def assets_pass():
    "Style sheets can be parsed, and `oxlint` finds no errors in the scripts."
    from tinycss2 import parse_stylesheet
    faults = []
    for f in Path('bear_classifier').rglob('*.css'):
        css = f.read_text(encoding='utf-8')
        faults += css_faults(parse_stylesheet(css), f)
        if css.count('{') != css.count('}'): faults.append(f'{f}: as many {{ as }} are needed')
    if faults: print(*faults, sep='\n')
    return not faults and subprocess.run(['oxlint', '--deny-warnings', 'bear_classifier']).returncode == 0

def files_pass(notebooks):
    "All checks that need not run a notebook."
    ok = in_step('nbdev_export', 'nbdev_export')
    ok &= in_step('nbdev_clean', 'nbdev_clean')
    ok &= in_step('tools/readme.py', sys.executable, 'tools/readme.py')
    ok &= in_step('tools/clean_notebooks.py', sys.executable, 'tools/clean_notebooks.py')
    ok &= subprocess.run(['ruff', 'check']).returncode == 0
    old = 'vermin -q -t=3.10- --no-tips --violations bear_classifier tools bench setup.py'
    ok &= subprocess.run(old.split()).returncode == 0
    ok &= rooms_pass()
    ok &= assets_pass()
    big = [f'{f} ({f.stat().st_size//1000} kB)' for f in notebooks if f.stat().st_size > 500_000]
    if big: print('Notebooks over 500 kB: ' + ', '.join(big))
    return ok and not big

def test_one(file, log, method):
    "In a separate process: run the notebook `file` as `nbdev_test` does; its output goes to `log`."
    set_start_method(method, force=True)  # for its child processes: the default method, not that of this run
    for fd in (1, 2): os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), fd)
    for f in (sys.stdout, sys.stderr): f.reconfigure(encoding='utf-8', errors='backslashreplace')
    os.environ['BEARS_TEST_USED'] = f'{log}.used'
    from nbdev.test import test_nb
    ok,_ = test_nb(Path(file), skip_flags=['notest'], basepath=ROOT)
    atexit._run_exitfuncs()  # a forked process does not run them by itself
    note_used()
    sys.exit(not ok)

def context():
    "How processes are started: as forks of one that has imported the libraries, where that is safe."
    if sys.platform != 'linux': return get_context('spawn')
    ctx = get_context('forkserver')
    ctx.set_forkserver_preload(PRELOAD)
    return ctx

def test(ctx, file, tmp):
    "Run one notebook to its end. Returns it, its seconds, its processor time (user), and its error."
    (fd,log),start = tempfile.mkstemp('.txt', file.stem, tmp),time.monotonic()
    os.close(fd)
    p = ctx.Process(target=test_one, args=(str(file), log, get_start_method()))
    p.start()
    p.join(LIMIT)
    late = p.exitcode is None
    if late: p.kill(); p.join()
    said = Path(log).read_text(encoding='utf-8', errors='replace')
    why = f'ended after {LIMIT} s' if late else f'exit status {p.exitcode}' if p.exitcode not in (0, 1) else ''
    used = Path(f'{log}.used')
    used = sum(map(float, used.read_text().split())) if used.exists() else 0
    return file, time.monotonic()-start, used, f'{said}\n{why}'.strip() or 'failed' if p.exitcode else None

def shared_env(tmp, workers):
    "Settings for all notebooks: one cache for the run in `tmp`, and no more threads than there are cores."
    old = Path(os.environ.get('XDG_CACHE_HOME') or Path.home()/'.cache')
    for k,d in dict(TORCH_HOME='torch', MPLCONFIGDIR='matplotlib').items():  # keep weights and the list of fonts
        os.environ.setdefault(k, str(old/d))
    os.environ.setdefault('PYTHONWARNINGS', 'ignore')
    os.environ.setdefault('OMP_NUM_THREADS', str(max(1, os.cpu_count()//workers)))
    for d in ('cache', 'logs', 'bin'): (tmp/d).mkdir()
    for k,d in dict(PYTHONPATH=ROOT, PATH=tmp/'bin').items():
        os.environ[k] = os.pathsep.join(filter(None, [str(d), os.environ.get(k)]))
    os.environ |= dict(XDG_CACHE_HOME=str(tmp/'cache'), HYPOTHESIS_STORAGE_DIRECTORY=str(tmp/'hypothesis'), IN_TEST='1')

def name(file):
    "Of a notebook, as in the lists above."
    return file.relative_to(ROOT/'nbs').with_suffix('').as_posix()

def notebooks_pass(notebooks):
    "Run `notebooks`, several at a time; print the failures, the slowest, and the count."
    workers = min(os.cpu_count(), 8, len(notebooks))
    first = {n: i for i,n in enumerate(SLOW + WAITING)}
    order = sorted(notebooks, key=lambda f: (first.get(name(f), len(first)), str(f)))
    res,start = [],time.monotonic()
    with tempfile.TemporaryDirectory(prefix='bears-test-', ignore_cleanup_errors=True) as tmp:
        shared_env(Path(tmp), workers)
        ctx = context()
        bears = offered(ctx, f'{tmp}/bin') if sys.platform == 'linux' else nullcontext()
        with bears, ThreadPoolExecutor(workers) as busy, ThreadPoolExecutor((workers+1)//2) as waiting:
            jobs = [(waiting if name(f) in WAITING else busy).submit(test, ctx, f, Path(tmp)/'logs') for f in order]
            for job in as_completed(jobs): tell(job.result(), res, len(order))
    bad = sorted(str(f.relative_to(ROOT)) for f,_,_,why in res if why)
    slowest = sorted(res, key=lambda o: -o[1])[:10]
    print('\nThe slowest:', *(f'{s:5.0f} s  {f.relative_to(ROOT)}' for f,s,*_ in slowest), sep='\n')
    if bad: print('\nFailed:', *bad, sep='\n')
    minutes,used = (time.monotonic()-start)/60,sum(o[2] for o in res)/60
    print(f'\n{len(res)-len(bad)} passed, {len(bad)} failed in {minutes:.1f} minutes, {used:.1f} of processor time', flush=True)
    return not bad

def tell(result, res, n):
    "Print a line for a finished notebook, and all output of one that failed."
    file,seconds,used,why = result
    res.append(result)
    fence = '-'*75
    print(f'[{len(res)}/{n}] {seconds:5.0f} s {used:5.0f} s  {file.relative_to(ROOT)}' + '  FAILED'*bool(why), flush=True)
    if why: print(fence, why, fence, sep='\n', flush=True)

def main():
    os.chdir(ROOT)
    sys.stdout.reconfigure(errors='backslashreplace')  # a notebook may say more than a terminal can show
    os.environ['PATH'] = str(Path(sys.executable).parent) + os.pathsep + os.environ['PATH']
    from nbdev.doclinks import nbglob
    notebooks = [Path(f).resolve() for f in sys.argv[1:] or nbglob(as_path=True)]
    ok = files_pass(notebooks) and notebooks_pass(notebooks)
    print('All checks passed.' if ok else 'Checks failed.')
    sys.exit(not ok)

if __name__ == '__main__': main()
