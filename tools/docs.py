"Make the docs site in _docs: with Quarto where it is installed, else with smalldocs. Fails on a broken link."
import os, shutil, subprocess, sys
from pathlib import Path
import nbdev.showdoc
from fastcore.docments import DocmentTbl
from nbdev.quarto import refresh_quarto_yml
from nbdev.serve import proc_nbs

class TableRenderer(nbdev.showdoc.BasicMarkdownRenderer):
    "What `show_doc` shows, and a table of the parameters below it."
    def _repr_markdown_(self):
        doc = super()._repr_markdown_()
        table = DocmentTbl(self.sym)._repr_markdown_() if self.isfunc or isinstance(self.sym, type) else ''
        return f'{doc}\n\n{table}' if table else doc

def broken_links(project):
    "Lines of `smalldocs check` that tell of a broken link."
    out = subprocess.run(['smalldocs', 'check', project], capture_output=True, text=True)
    return [l for l in (out.stdout + out.stderr).splitlines() if 'broken link' in l]

def main():
    # Not `nbdev_proc_nbs`: that one tries to install Quarto, as root, where there is none.
    os.environ['IN_TEST'] = '1'
    nbdev.showdoc.BasicMarkdownRenderer = TableRenderer
    refresh_quarto_yml()
    shutil.rmtree('_proc', ignore_errors=True)
    proc_nbs(n_workers=0, force=True)
    render = ['quarto', 'render', '_proc', '--no-execute'] if shutil.which('quarto') else ['smalldocs', 'render', '--quiet', '_proc']
    subprocess.run(render, check=True)
    shutil.rmtree('_docs', ignore_errors=True)
    shutil.move('_proc/_docs', '_docs')
    broken = broken_links('_proc')
    print('\n'.join(broken) or f'{len(list(Path("_docs").glob("*.html")))} pages in _docs, no broken link; make docs-preview shows them.')
    sys.exit(bool(broken))

if __name__ == '__main__': main()
