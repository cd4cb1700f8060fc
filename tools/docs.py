"""Make the docs site in _docs: with Quarto where it is installed, else with smalldocs.

Fails on a broken link, on what a reader would miss (see `missing`), and on what a browser sees (docs_check.py).
What both renderers should show alike is done here, to the notebooks before and to the pages after they are rendered."""
import argparse, inspect, json, os, pkgutil, re, shutil, subprocess, sys
from abc import ABC
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from textwrap import dedent
import bear_classifier, docs_check, nbdev.showdoc, yaml
from docs_cells import md_table, page_cells, text
from fastcore.docments import DocmentTbl, docments
from nbdev.quarto import refresh_quarto_yml
from nbdev.serve import proc_nbs

COLAB = 'https://colab.research.google.com/github/bear-classifier/bear_classifier/blob/main'
TESTS = ('tests', 'testing')  # pages that are about tests: nothing is folded there
PUBLIC, undescribed = {}, []

class TableRenderer(nbdev.showdoc.BasicMarkdownRenderer):
    "The call on one line, what it does, and a table of the parameters: nothing is said twice."
    def _repr_markdown_(self):
        doc = super()._repr_markdown_()
        if not (self.isfunc or isinstance(self.sym, type)): return doc
        if self.sym.__name__=='__repr__': return ''  # nobody calls it
        doc = doc.replace('.__call__\n', r'.\_\_call\_\_' + '\n', 1)  # in the heading, where it would be bold
        sym = PUBLIC.get((self.sym.__qualname__, inspect.getdoc(self.sym)), self.sym)
        note_undescribed(sym)
        table = table_of(sym)
        doc = re.sub(r'```python\n.*?\n```', lambda m: f'```python\n{call_of(sym, self.nm, bool(table))}\n```', doc, count=1, flags=re.S)
        return f'{doc}\n\n{without_defaults(table)}' if table else doc

def table_of(sym):
    "The table of the parameters: a bar in their words is no border, and what has no words has no row."
    t = DocmentTbl(sym)
    for d in t.dm.values():
        if isinstance(d['docment'], str): d['docment'] = d['docment'].replace('`|`', '<code>&#124;</code>').replace('|', '&#124;')
        if d.get('anno') in (type(None), type(Path.home), type(print), *map(type, (int, ABC))): d['anno'] = inspect.Parameter.empty  # of a default, not of what may be given
    t.params = [n for n in t.params if t.dm.get(n, {}).get('docment') is not inspect.Parameter.empty or t.dm[n].get('anno') is not inspect.Parameter.empty]
    return t._repr_markdown_()

class Said:
    "A default as one writes it in a call, where Python would show an object and its address."
    def __init__(self, text): self.text = text
    def __repr__(self): return self.text

def default_of(v):
    if inspect.isroutine(v) or isinstance(v, type): return Said('...' if v.__name__=='<lambda>' else v.__name__)
    if is_dataclass(v): return Said(f'{type(v).__name__}(...)')
    return Said('...') if repr(v).startswith('<') else v

def call_of(sym, name, told):
    "How `sym` is called, without what the table tells (`told`): types and defaults' meaning."
    try: sig = inspect.signature(sym)
    except (TypeError, ValueError): return f'{name}(...)'
    params = [p.replace(default=default_of(p.default)) if p.default is not p.empty else p for n,p in sig.parameters.items() if n != 'self']
    if isinstance(sym, type):
        sig = sig.replace(return_annotation=sig.empty)
        if '__init__' not in vars(sym) and len(params) > 3: return f'{name}(...)'  # another library's
    if told or isinstance(sym, type): params,sig = [p.replace(annotation=p.empty) for p in params],sig.replace(return_annotation=sig.empty)
    return name + str(sig.replace(parameters=params))

def without_defaults(table):
    "The table without its column of defaults, which the call has."
    rows = [re.split(r'(?<!\\)\|', l)[1:-1] for l in table.splitlines()]
    at = next((i for i,c in enumerate(rows[0]) if 'Default' in c), None)
    if at is None or len({len(r) for r in rows}) > 1: return table
    return '\n'.join('|' + '|'.join(c for i,c in enumerate(r) if i != at) + '|' for r in rows)

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

def options_of(parser):
    "Markdown of a command: what it does, an example, a table of its options."
    names = lambda a: ', '.join(f'`{o}`' for o in a.option_strings) or f'`{(a.metavar or a.dest).upper()}`'
    value = lambda a: '' if not a.option_strings or a.nargs==0 else ' *' + (a.metavar or ('|'.join(map(str, a.choices)) if a.choices else a.dest.upper())) + '*'
    code = lambda s: re.sub(r'(?<!\S)(--[a-z][a-z0-9-]*)', r'`\1`', s)
    said = lambda a: code(re.sub(r'\s+', ' ', (a.help or '') % {**vars(a), 'prog': parser.prog}))
    rows = [[names(a) + value(a).replace('|', ' or '), said(a)] for a in parser._actions if not isinstance(a, argparse._HelpAction)]
    table = md_table(['Option', 'What it does'], rows).replace('---:', '---')
    example = dedent((parser.epilog or '').partition('\n')[2]).strip()
    what = code(parser.description[0].upper() + parser.description[1:])
    return f'### {parser.prog}\n\n{what}.\n\n```sh\n{example}\n```\n\n{table}\n'

def command_line():
    "The cell of the command line's page that lists every command, made from the parser that the command uses."
    from bear_classifier.cli import _parser
    commands = next(a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    return dict(cell_type='markdown', metadata={}, source='## Commands and options\n\n' + '\n'.join(map(options_of, commands.values())) + '\n## How it is made')

def numbered(cells, name):
    "Put the number of a chapter before its title."
    number = re.match(r'0(\d)_', name)
    front = text(cells[0]['source'])
    if number and not re.search(r'^title: .?\d', front, re.M): cells[0]['source'] = re.sub(r'^title: (.*)$', rf"title: '{number[1]}. \1'", front, flags=re.M)

def add_badge(cells, name):
    "A button below the title of a page that installs what it needs in Colab."
    source = json.loads(Path('nbs', name).read_text(encoding='utf-8'))
    if not any('google.colab' in text(c['source']) for c in source['cells']): return
    first = next(c for c in cells if c['cell_type']=='markdown')
    button = lambda what, where: f'[{what}]({COLAB}/{where}/{name}){{.btn .btn-outline-secondary .btn-sm .colab}}'
    buttons = [button('Open in Colab', 'nbs')] + [button('Only its code and exercises, in Colab', 'clean')]*Path('clean', name).exists()
    first['source'] = text(first['source']).rstrip() + '\n\n' + ' '.join(buttons) + '\n'

def rewrite(file):
    "Change a notebook of _proc into what its page shows."
    name = file.relative_to('_proc').as_posix()
    room = name.rpartition('/')[0]
    nb = json.loads(file.read_text(encoding='utf-8'))
    if room not in TESTS: nb['cells'] = list(page_cells(nb['cells'], reference=room not in ('', 'howto') or name in ('cli.ipynb', 'all.ipynb')))
    numbered(nb['cells'], name)
    add_badge(nb['cells'], name)
    if name=='cli.ipynb': nb['cells'].insert(2, command_line())
    file.write_text(json.dumps(nb), encoding='utf-8')

def rank_of(href):
    "Chapters and how-to pages come first in the search, the reference last."
    if re.match(r'0\d_|howto/', href): return 3
    return 2 if '/' not in href else 1

def index_for_search(out):
    "Tell the search (nbs/site.html) what a page is, and under which other words people look for it (nbs/keywords.yml)."
    words = yaml.safe_load(Path('nbs/keywords.yml').read_text(encoding='utf-8'))
    file,seen = out/'search.json',set()
    entries = json.loads(file.read_text(encoding='utf-8'))
    for e in entries:
        page = e['href'].partition('#')[0]
        e['rank'] = rank_of(page)
        e['text'] = re.sub(r'^\s*Open in Colab\s*(Only its code and exercises, in Colab)?\s*', '', e['text'])
        if page not in seen: e['words'] = words.get(page.removesuffix('.html'), '')
        seen.add(page)
    file.write_text(json.dumps(entries, ensure_ascii=False), encoding='utf-8')
    return [f'nbs/keywords.yml: no page {p}' for p in words if f'{p}.html' not in seen]

def own_fonts_only(out):
    "Themes ask Google for their fonts: take that out, so that a page asks no other host."
    for css in out.rglob('*.css'):
        s = css.read_text(encoding='utf-8')
        if (new := re.sub(r'@import\s*(?:url\([^)]*//[^)]*\)|(["\']).*?//.*?\1)[^;]*;', '', s)) != s: css.write_text(new, encoding='utf-8')

def words_for_drawings(out):
    "An SVG has no `alt`: what `#| fig-alt` says is its label."
    for f in out.rglob('*.html'):
        s = f.read_text(encoding='utf-8')
        if '<svg alt="' in s: f.write_text(s.replace('<svg alt="', '<svg role="img" aria-label="'), encoding='utf-8')

def figures_on_one_line(out):
    "A mean and its deviation stay together in a table (nbs/styles.css)."
    for f in out.rglob('*.html'):
        s = f.read_text(encoding='utf-8')
        if (new := re.sub(r'(?<=[>\s])(\d[\d.]* ± \d[\d.]*)(?=\s*</td>)', r'<span class="figure-pm">\1</span>', s)) != s: f.write_text(new, encoding='utf-8')

def no_level_skipped(out):
    "Headings of functions are of the third level; where none of the second stands before them, they are of the second and look the same."
    for f in out.rglob('*.html'):
        s = f.read_text(encoding='utf-8')
        start = s.find('<main')
        end = s.find('<h2', start) if '<h2' in s[start:] else s.find('</main>', start)
        if '<h3' not in s[start:end]: continue
        new = re.sub(r'<h3((?: [^>]*)?)>(.*?)</h3>', r'<h2\1><span class="h3">\2</span></h2>', s[start:end], flags=re.S)
        f.write_text(s[:start] + new + s[end:], encoding='utf-8')

def broken_links(project):
    "Lines of `smalldocs check` that tell of a broken link."
    out = subprocess.run(['smalldocs', 'check', project], capture_output=True, text=True)
    return [l for l in (out.stdout + out.stderr).splitlines() if 'broken link' in l]

def missing(page):
    "What a reader of an HTML page would miss: a figure or an example where there is code, the text for those who cannot see a figure."
    text = page.read_text(encoding='utf-8')
    text = text[text.find('<main'):]
    if 'sourceCode' in text and not re.search(r'<img|cell-output-(display|stdout)"|printed-table|</button></div>\s*<div class="cell-output', text): yield f'{page.name}: no figure, and no example with its output'
    for img in re.findall(r'<img[^>]*', text):
        if not re.search(r'alt="[^"]+"', img): yield f'{page.name}: a figure without `#| fig-alt`'

def render():
    "Notebooks to pages in _docs. Returns what is wrong with them."
    # Not `nbdev_proc_nbs`: that one tries to install Quarto, as root, where there is none.
    os.environ['IN_TEST'] = '1'
    nbdev.showdoc.BasicMarkdownRenderer = TableRenderer
    PUBLIC.update(library())
    refresh_quarto_yml()
    shutil.rmtree('_proc', ignore_errors=True)
    proc_nbs(n_workers=0, force=True)
    for f in Path('_proc').rglob('*.ipynb'): rewrite(f)
    command = ['quarto', 'render', '_proc', '--no-execute'] if shutil.which('quarto') else ['smalldocs', 'render', '--quiet', '_proc']
    subprocess.run(command, check=True)
    shutil.rmtree('_docs', ignore_errors=True)
    shutil.move('_proc/_docs', '_docs')
    own_fonts_only(Path('_docs'))
    words_for_drawings(Path('_docs'))
    figures_on_one_line(Path('_docs'))
    no_level_skipped(Path('_docs'))
    return [*index_for_search(Path('_docs')), *broken_links('_proc'), *undescribed]

def main():
    faults = render()
    pages = sorted(Path('_docs').rglob('*.html'))
    unseen = docs_check.lacking()
    faults = [*sorted({*faults, *(m for p in pages for m in missing(p))}), *([] if unseen else docs_check.check())]
    if unseen: print(unseen)
    print('\n'.join(faults) or f'{len(pages)} pages in _docs: no broken link, no page without a figure or example, no parameter without a word'
                               f'{"" if unseen else ", nothing that a browser finds wrong"}; make docs-preview shows them.')
    sys.exit(bool(faults))

if __name__ == '__main__': main()
