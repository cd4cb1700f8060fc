"What every commit must pass: generated files in step, ruff, and each notebook run as a test."
import subprocess, sys
from pathlib import Path

GENERATED = ['bear_classifier', 'nbs', 'README.md']

def contents():
    "Text of every file that a command below may rewrite."
    roots = [Path(p) for p in GENERATED if Path(p).exists()]
    files = [f for r in roots for f in ([r] if r.is_file() else r.rglob('*')) if f.suffix in ('.py', '.ipynb', '.md')]
    return {f: f.read_bytes() for f in files}

def in_step(name, *cmd):
    "Run `cmd` and tell which files it changed."
    before = contents()
    subprocess.run(cmd, check=True)
    after = contents()
    changed = sorted(str(f) for f in before.keys() | after.keys() if before.get(f) != after.get(f))
    if changed: print(f'{name} changed: {", ".join(changed)}. They are in step now: look at them and commit them.')
    return not changed

def main():
    ok = in_step('nbdev_export', 'nbdev_export')
    ok &= in_step('nbdev_clean', 'nbdev_clean')
    ok &= in_step('tools/readme.py', sys.executable, 'tools/readme.py')
    ok &= subprocess.run(['ruff', 'check']).returncode == 0
    big = [f'{f} ({f.stat().st_size//1000} kB)' for f in Path('nbs').glob('*.ipynb') if f.stat().st_size > 500_000]
    if big: print('Notebooks over 500 kB: ' + ', '.join(big))
    ok &= not big
    if ok: ok = subprocess.run(['nbdev_test', '--n_workers', '1', '--do_print', '--timing']).returncode == 0
    print('All checks passed.' if ok else 'Checks failed.')
    sys.exit(not ok)

if __name__ == '__main__': main()
