"""Install what users get, without `dev`, with the newest allowed packages, and use it.
Reports files that the package lacks, and requirements that are not declared.
`python tools/test_installed.py [FOLDER]`: a folder is kept."""
import ast, builtins, dis, json, os, pkgutil, re, subprocess, sys, tempfile, time, venv
from contextlib import contextmanager
from importlib import import_module, metadata
from pathlib import Path

NAME, ROOT = 'bear_classifier', Path(__file__).resolve().parent.parent
BIN = 'Scripts' if os.name == 'nt' else 'bin'
TERM = 'polar bear'
TRAIN = 'bears train drawn --arch efficientnet_lite0'.split()
passed, failed = [], []

# What runs inside the fresh environment, as `python -I test_installed.py --inside NAME ARGUMENTS`

def plain(name): return name.lower().replace('_', '-')

def globals_of(code):
    "Names that the functions in compiled `code` use from their module."
    yield from (i.argval for i in dis.get_instructions(code) if i.opname == 'LOAD_GLOBAL')
    for c in code.co_consts:
        if hasattr(c, 'co_code'): yield from globals_of(c)

def imported(tree):
    "Packages that a module imports, at its top or inside a function."
    for n in ast.walk(tree):
        if isinstance(n, ast.Import): yield from (a.name.split('.')[0] for a in n.names)
        if isinstance(n, ast.ImportFrom) and not n.level: yield n.module.split('.')[0]

def faults_of(module, source, declared, owners):
    "Undefined names in `module`, and imported packages that no requirement brings."
    known = {*vars(module), *vars(builtins)}
    taken = {*globals_of(compile(source, module.__name__, 'exec'))}
    yield from (f'{module.__name__}: the name {n} is not defined' for n in sorted(taken - known))
    for p in sorted({*imported(ast.parse(source))} - {*sys.stdlib_module_names, NAME}):
        brought = declared & {*map(plain, owners.get(p, [p]))}
        if not brought: yield f'{module.__name__}: imports {p}, which no requirement names'

def inside_modules():
    "Import every module, and report undefined names and missing requirements."
    package = import_module(NAME)
    inner = Path(package.__file__).resolve().is_relative_to(Path(sys.prefix).resolve())
    if not inner: sys.exit(f'{package.__file__} is not the installed package')
    declared = {plain(re.split(r'[^\w.-]', r)[0]) for r in metadata.requires(NAME)}
    owners, faults = metadata.packages_distributions(), []
    names = [m.name for m in pkgutil.walk_packages(package.__path__, NAME+'.')]
    for n in names:
        try: m = import_module(n)
        except ImportError as e: faults.append(f'{n} cannot be imported: {e}')
        else: faults += faults_of(m, Path(m.__file__).read_text(encoding='utf-8'), declared, owners)
    sys.exit('\n'.join(faults) or print(f'{len(names)} modules'))

def inside_collect(proxy, dest):
    "Collect from a server on this machine that stands in for a search service."
    from bear_classifier.web.collect import collect
    from bear_classifier.web.fetch import Limits
    here = dict(lim=Limits(allow_loopback=True), proxy=proxy, verify=False)
    counts = collect(TERM, dest, sources='duckduckgo', pause=0, progress=False, **here)
    if counts[TERM]['kept'] != 4: sys.exit(f'not all were kept: {counts}')

def inside_page(model):
    "Check that the app's page answers with its widgets."
    from urllib.request import urlopen
    from bear_classifier.apps.classify_app import TITLE, serve_app
    with serve_app(model, open_browser=False) as page: html = urlopen(page.url, timeout=120).read().decode()
    if TITLE not in html or 'jupyter.widget-view+json' not in html: sys.exit(f'no widgets on the page: {html[-2000:]}')

# What runs outside, with the environment that has `dev`

@contextmanager
def step(name):
    "Count and time one step; a failure stops the rest."
    start = time.monotonic()
    try: yield
    except Exception as e:
        failed.append(name)
        print(f'FAILED {name}: {e}', flush=True)
        raise SystemExit from None
    passed.append(name)
    print(f'{time.monotonic()-start:5.0f} s  {name}', flush=True)

def clean_env(folder):
    "An environment without references to this checkout, or to files of this user."
    kept = {k: v for k,v in os.environ.items() if k not in ('PYTHONPATH', 'PYTHONHOME', 'VIRTUAL_ENV', 'IN_TEST')}
    kept |= dict(PYTHONNOUSERSITE='1', PYTHONWARNINGS='ignore', OMP_WAIT_POLICY='PASSIVE',
                 XDG_CACHE_HOME=str(folder/'cache'))
    return kept | dict(PATH=os.pathsep.join([str(folder/'env'/BIN), os.environ['PATH']]))

def called(folder, *cmd, status=0):
    "Output of `cmd`, run in `folder`/work. Raises `RuntimeError` if it does not end with `status`."
    exe = folder/'env'/BIN/(cmd[0] + '.exe'*(os.name == 'nt'))
    p = subprocess.run([exe, *map(str, cmd[1:])], cwd=folder/'work', env=clean_env(folder), stdin=subprocess.DEVNULL,
                       capture_output=True, encoding='utf-8', errors='replace', timeout=1500)
    if p.returncode == status: return p.stdout + p.stderr*bool(status)
    lacks = dict.fromkeys(re.findall(r"No module named '([\w.]+)'", p.stderr))
    said = [f'exit status {p.returncode}, not {status}', p.stdout[-2000:], p.stderr[-4000:]]
    raise RuntimeError('\n'.join(said + [f'No requirement brings {m}.' for m in lacks]))

def build(folder):
    "The wheel, made from the source distribution. Raises `RuntimeError` for files of the package that it lacks."
    from zipfile import ZipFile
    cmd = [sys.executable, '-m', 'build', '--outdir', folder/'dist', ROOT]
    p = subprocess.run(cmd, capture_output=True, encoding='utf-8', errors='replace')
    if p.returncode: raise RuntimeError(p.stdout[-2000:] + p.stderr[-2000:])
    wheel, = (folder/'dist').glob('*.whl')
    files = {f.relative_to(ROOT).as_posix() for f in (ROOT/NAME).rglob('*') if f.is_file() and f.suffix != '.pyc'}
    lacks = sorted(files - {*ZipFile(wheel).namelist()})
    if lacks: raise RuntimeError(f'the wheel lacks {", ".join(lacks)}: is it in MANIFEST.in?')
    return wheel

def install(folder, wheel, extras=''):
    "Install the wheel with `extras`, such as `[app]`."
    pip = 'python -m pip install --quiet --no-compile --disable-pip-version-check'
    called(folder, *pip.split(), f'{wheel}{extras}')

def answers(folder, model, *args):
    "Predict the drawn pictures of one class. Raises `RuntimeError` if one has no answer."
    lines = [*map(json.loads, called(folder, 'bears', 'predict', model, f'drawn/{TERM}', '--json', *args).splitlines())]
    if len(lines) != 5 or any(o['error'] for o in lines): raise RuntimeError(f'five answers were wanted: {lines}')

def collecting(folder):
    "Collect in Python, then by the command, which finds everything on disk and makes no requests."
    from bear_classifier.testing.loopback import Loopback, noise_picture
    with Loopback() as web:
        web.duckduckgo({TERM: web.pictures('bear', [noise_picture(i) for i in range(4)])})
        inside(folder, 'collect', web.proxy, 'images')
    said = called(folder, 'bears', 'collect', TERM, '--dest', 'images', '--max', 4, '--source', 'duckduckgo')
    if TERM not in said: raise RuntimeError(f'no line for what was collected: {said}')
    called(folder, 'bears', 'credits', 'images')

def inside(folder, name, *args):
    "Run one of the functions above in the fresh environment."
    return called(folder, 'python', '-I', Path(__file__).resolve(), '--inside', name, *args)

def base(folder):
    "Steps that need no extra."
    with step('import of every module'): inside(folder, 'modules')
    with step('bears sample'): called(folder, 'bears', 'sample', 'drawn', '-n', 5, '--none', 5)
    with step('bears train'): called(folder, *TRAIN, '--model', 'bears')
    with step('bears predict'): answers(folder, 'bears')
    with step('bears compare'):
        called(folder, 'bears', 'compare', 'drawn', '--arch', 'efficientnet_lite0', '--out', 'out')
        res = json.loads((folder/'work'/'out'/'results.json').read_text(encoding='utf-8'))
        if len(res['kinds']) != 3: raise RuntimeError('results.json lacks a kind')
    with step('bears collect, credits'): collecting(folder)
    for extra,cmd in dict(app=('app', 'bears'), onnx=('train', 'drawn', '--model', 'other', '--onnx')).items():
        with step(f'bears {cmd[0]} without the extra {extra}'):
            said = called(folder, 'bears', *cmd, status=2)
            if f'{NAME}[{extra}]' not in said: raise RuntimeError(f'does not tell what to install: {said}')

def extras(folder, wheel):
    "Steps for the extras, one after the other."
    with step('pip install [app]'): install(folder, wheel, '[app]')
    with step('the page of bears app'): inside(folder, 'page', 'bears')
    with step('bears app --export'): called(folder, 'bears', 'app', 'bears', '--export', 'space')
    with step('pip install [onnx,openvino]'): install(folder, wheel, '[onnx,openvino]')
    with step('bears train --onnx'): called(folder, *TRAIN, '--model', 'other', '--onnx')
    for e in ('onnx', 'openvino'):
        with step(f'bears predict --engine {e}'): answers(folder, 'other', '--engine', e)

def run(folder):
    "All steps in `folder`."
    (folder/'work').mkdir(parents=True, exist_ok=True)
    with step('build'): wheel = build(folder)
    with step('pip install, newest packages'):
        venv.create(folder/'env', with_pip=True)
        install(folder, wheel)
    base(folder)
    extras(folder, wheel)

def main():
    with tempfile.TemporaryDirectory(prefix='bears-installed-', ignore_cleanup_errors=True) as tmp:
        try: run(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else Path(tmp))
        except SystemExit: pass
    print(f'{len(passed)} passed, {len(failed)} failed')
    sys.exit(bool(failed))

if __name__ == '__main__':
    if sys.argv[1:2] == ['--inside']: globals()[f'inside_{sys.argv[2]}'](*sys.argv[3:])
    else: main()
