"""What a notebook installs in Colab: `constraints-colab.txt`, and the cell that uses it. `make lock` runs this.

Colab brings PyTorch, NumPy, Jupyter and more, and its own pages need those versions, so only the rest of what we require is pinned."""
import json, re
from configparser import ConfigParser
from pathlib import Path

OF_COLAB = 'torch torchvision numpy scipy pandas matplotlib pillow ipython ipywidgets tqdm packaging jinja2 filelock scikit-learn httpx httpcore anyio'.split()
RAW = 'https://raw.githubusercontent.com/bear-classifier/bear_classifier/main/constraints-colab.txt'
CELL = f'''#| hide
# In Colab: install what this notebook needs, in the versions that passed.
import sys
if 'google.colab' in sys.modules: get_ipython().run_line_magic('pip', "install -q -c {RAW} 'bear_classifier[onnx] @ git+https://github.com/bear-classifier/bear_classifier'")'''

def plain(requirement): return re.split(r'[^\w.-]', requirement)[0].lower().replace('_', '-')

def pins():
    "The lines of constraints.txt for requirements that Colab does not bring."
    ini = ConfigParser(delimiters=['='], interpolation=None)
    ini.read('settings.ini', encoding='utf-8')
    wanted = {plain(r) for k in ('requirements', 'onnx_requirements') for r in ini['DEFAULT'][k].split()} - {*OF_COLAB}
    return [l for l in Path('constraints.txt').read_text(encoding='utf-8').splitlines() if not l.startswith('#') and plain(l) in wanted]

def put_cell(file):
    "Replace the Colab cell of the notebook `file` with the current one."
    nb = json.loads(file.read_text(encoding='utf-8'))
    for c in nb['cells']:
        if c['cell_type']=='code' and "in sys.modules: get_ipython()" in ''.join(c['source']) and 'google.colab' in ''.join(c['source']): c['source'] = CELL.splitlines(True)
    new = json.dumps(nb, indent=1, ensure_ascii=False, sort_keys=True) + '\n'
    if new != file.read_text(encoding='utf-8'): file.write_text(new, encoding='utf-8', newline='\n')

def main():
    Path('constraints-colab.txt').write_text('# From constraints.txt, by tools/colab.py: what Colab does not bring.\n' + '\n'.join(pins()) + '\n', encoding='utf-8', newline='\n')
    for f in sorted(Path('nbs').rglob('*.ipynb')):
        if 'google.colab' in f.read_text(encoding='utf-8'): put_cell(f)

if __name__ == '__main__': main()
