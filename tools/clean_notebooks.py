"""Make the folder `clean`: the chapters without prose, outputs, tests and solutions, to work through.

What is left is the code, the headings, and the exercises. `make clean-notebooks` runs this."""
import json, re
from pathlib import Path
from docs_cells import apart, directives, text

REPO = 'https://github.com/bear-classifier/bear_classifier/blob/main/nbs'
DETAILS = re.compile(r'<details>.*?(</details>|\Z)', re.S)

def headings(s): return re.findall(r'^#{1,4} .+$', s, re.M)

def absolute(s):
    "Make the links of a chapter absolute, for another folder."
    return re.sub(r'\]\((?!https?:|#)([^)\s]+)\)', rf']({REPO}/\1)', s)

class Clean:
    "The cells of a chapter, one by one; keeps track of exercises and solutions."
    def __init__(self): self.exercises,self.solution,self.over = False,False,False
    def markdown(self, s):
        "Headings, and the text of the exercises without their solutions, which may end in a later cell."
        if self.solution:
            if '</details>' not in s: return ''
            s = s.partition('</details>')[2]
        self.solution = s.rfind('<details>') > s.rfind('</details>')
        self.over |= bool(re.search(r'^#+ Exercises', s, re.M))
        for h in headings(s): self.exercises = bool(re.match(r'#+ Exercises', h)) or self.exercises and h.startswith('###')
        return absolute(DETAILS.sub('', s).strip()) if self.exercises else '\n\n'.join(headings(s))
    def code(self, s):
        "The code without `#|` lines, tests, solutions, and hidden cells that only test or clean up."
        head,code = directives(s)
        shown,tests = apart(code)
        ours = 'default_exp' in head or 'nbdev_export()' in code or 'nbdev.showdoc' in code or 'hide' in head and (tests or self.over)
        return '' if self.solution or ours else shown.strip('\n')

def cleaned(nb, name):
    "The notebook for students."
    clean,cells = Clean(),[]
    for c in nb['cells']:
        s = clean.markdown(text(c['source'])) if c['cell_type']=='markdown' else clean.code(text(c['source'])) if c['cell_type']=='code' else ''
        if not s: continue
        if not cells: s += f'\n\nThe code of [this chapter]({REPO}/{name}). Before you run a cell, say what it will show.'
        cells.append(dict(cell_type=c['cell_type'], id=c['id'], metadata={}, source=s.splitlines(True), **(dict(execution_count=None, outputs=[]) if c['cell_type']=='code' else {})))
    return dict(cells=cells, metadata=nb['metadata'], nbformat=4, nbformat_minor=5)

def main():
    out = Path('clean')
    out.mkdir(exist_ok=True)
    made = [out/f.name for f in sorted(Path('nbs').glob('0*.ipynb'))]
    for f in made:
        nb = cleaned(json.loads((Path('nbs')/f.name).read_text(encoding='utf-8')), f.name)
        f.write_text(json.dumps(nb, indent=1, ensure_ascii=False, sort_keys=True) + '\n', encoding='utf-8', newline='\n')
    for f in set(out.glob('0*.ipynb')) - set(made): f.unlink()  # of a chapter that has another name now
    print(f'{len(made)} notebooks in {out}')

if __name__ == '__main__': main()
