"Make the docs site in _docs: with Quarto where it is installed, else with smalldocs."
import shutil, subprocess
from pathlib import Path

def main():
    shutil.rmtree('_docs', ignore_errors=True)
    if shutil.which('quarto'): subprocess.run(['nbdev_docs'], check=True)
    else:
        subprocess.run(['nbdev_proc_nbs', '--n_workers', '0'], check=True)
        subprocess.run(['smalldocs', 'render', '_proc'], check=True)
        subprocess.run(['smalldocs', 'check', '_proc'], check=True)
        if not Path('_docs').exists(): shutil.move('_proc/_docs', '_docs')
    print('The site is in _docs: make docs-preview shows it.')

if __name__ == '__main__': main()
