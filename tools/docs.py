"Make the docs site in _docs: with Quarto where it is installed, else with smalldocs. Fails on a broken link, and on what a reader would miss: see `missing`."
import inspect, json, os, pkgutil, re, shutil, subprocess, sys
from importlib import import_module
from pathlib import Path
import bear_classifier, nbdev.showdoc
from fastcore.docments import DocmentTbl, docments
from nbdev.quarto import refresh_quarto_yml
from nbdev.serve import proc_nbs

COLAB = 'https://colab.research.google.com/github/bear-classifier/bear_classifier/blob/main/nbs'
PUBLIC, undescribed = {}, []

class TableRenderer(nbdev.showdoc.BasicMarkdownRenderer):
    "What `show_doc` shows, and a table of the parameters below it."
    def _repr_markdown_(self):
        doc = super()._repr_markdown_()
        if not (self.isfunc or isinstance(self.sym, type)): return doc
        sym = PUBLIC.get((self.sym.__qualname__, inspect.getdoc(self.sym)), self.sym)
        note_undescribed(sym)
        table = DocmentTbl(sym)._repr_markdown_()
        return f'{doc}\n\n{table}' if table else doc

def library():
    "Every public name of the library. A page's own copy is made from a cell, where the words beside a dataclass's fields cannot be found."
    mods = [import_module(m.name) for m in pkgutil.walk_packages(bear_classifier.__path__, 'bear_classifier.') if not m.ispkg and not m.name.rpartition('.')[2].startswith('_')]
    return {(n, inspect.getdoc(o)): o for m in mods for n in m.__all__ if inspect.isfunction(o := getattr(m, n)) or isinstance(o, type)}

def note_undescribed(sym):
    "Remember the parameters of `sym` that its table would leave blank; several on a line share the words at its end."
    if isinstance(sym, type) and '__init__' not in vars(sym): return  # enumerations, and what another library describes
    params = [n for n,p in inspect.signature(sym).parameters.items() if n != 'self' and p.kind != p.VAR_KEYWORD]
    words = docments(sym, full=True)
    told = [bool((words.get(p) or {}).get('docment')) for p in params]
    blank = [p for i,p in enumerate(params) if not any(told[i:])]
    if blank: undescribed.append(f'{sym.__module__}.{sym.__qualname__}: nothing is said of {", ".join(blank)}')

def add_badges():
    "A button below the title of each page that installs what it needs in Colab."
    for f in Path('_proc').rglob('*.ipynb'):
        name = f.relative_to('_proc').as_posix()
        nb = json.loads(Path('nbs', name).read_text(encoding='utf-8'))
        if not any('google.colab' in ''.join(c['source']) for c in nb['cells']): continue
        nb = json.loads(f.read_text(encoding='utf-8'))
        first = next(c for c in nb['cells'] if c['cell_type']=='markdown')
        first['source'] = ''.join(first['source']).rstrip() + f'\n\n[Open in Colab]({COLAB}/{name}){{.btn .btn-secondary .btn-sm}}\n'
        f.write_text(json.dumps(nb), encoding='utf-8')

def broken_links(project):
    "Lines of `smalldocs check` that tell of a broken link."
    out = subprocess.run(['smalldocs', 'check', project], capture_output=True, text=True)
    return [l for l in (out.stdout + out.stderr).splitlines() if 'broken link' in l]

def missing(page):
    "What a reader of an HTML page would miss: a figure or an example, the text for those who cannot see a figure."
    text = page.read_text(encoding='utf-8')
    text = text[text.find('<main'):]
    if not re.search(r'<img|cell-output-(display|stdout)"', text): yield f'{page.name}: no figure, and no example with its output'
    for img in re.findall(r'<img[^>]*', text):
        if not re.search(r'alt="[^"]+"', img): yield f'{page.name}: a figure without `#| fig-alt`'

def main():
    # Not `nbdev_proc_nbs`: that one tries to install Quarto, as root, where there is none.
    os.environ['IN_TEST'] = '1'
    nbdev.showdoc.BasicMarkdownRenderer = TableRenderer
    PUBLIC.update(library())
    refresh_quarto_yml()
    shutil.rmtree('_proc', ignore_errors=True)
    proc_nbs(n_workers=0, force=True)
    add_badges()
    render = ['quarto', 'render', '_proc', '--no-execute'] if shutil.which('quarto') else ['smalldocs', 'render', '--quiet', '_proc']
    subprocess.run(render, check=True)
    shutil.rmtree('_docs', ignore_errors=True)
    shutil.move('_proc/_docs', '_docs')
    pages = sorted(Path('_docs').rglob('*.html'))
    faults = sorted({*broken_links('_proc'), *undescribed, *(m for p in pages for m in missing(p))})
    print('\n'.join(faults) or f'{len(pages)} pages in _docs: no broken link, no page without a figure or example, no parameter without a word; make docs-preview shows them.')
    sys.exit(bool(faults))

if __name__ == '__main__': main()
