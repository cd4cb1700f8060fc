"What a page shows of a notebook's cells: tests folded away, metrics as tables, chapters numbered. Used by docs.py and clean_notebooks.py."
import ast, re

FOLD = '#| code-fold: true\n#| code-summary: "{}"\n'
BAR = re.compile(r'.*(█{3}|\|#{3,}|100%\|).*|\[\d+(, [\d.]+)+, \'\d+:\d\d\'\]')  # the last state of a progress bar, an epoch without its header

def text(x): return x if isinstance(x, str) else ''.join(x or [])

def is_call(node, start):
    "Is `node` an expression that calls something whose name starts with `start`?"
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)): return False
    f = node.value.func
    return (f.attr if isinstance(f, ast.Attribute) else getattr(f, 'id', '')).startswith(start)

def is_test(node):
    "An assert, a `test_eq` and its like, and every block or function that has one inside."
    if isinstance(node, ast.With) and 'ExceptionExpected' in ast.dump(node): return True
    return any(isinstance(o, ast.Assert) or is_call(o, 'test_') for o in ast.walk(node))

def statements(code):
    "Top-level statements of a cell, and the lines of each, with the comments above it; none where it is no plain Python."
    try: body = ast.parse(code).body
    except SyntaxError: return []
    lines,res,at = code.split('\n'),[],0
    for n in body:
        start = min([n.lineno, *(d.lineno for d in getattr(n, 'decorator_list', []))]) - 1
        if start < at and res: res[-1] = ([*res[-1][0], n], res[-1][1] + '\n'.join(lines[at:n.end_lineno]))  # `a; b` on one line stays together
        else: res.append(([n], '\n'.join(lines[at:n.end_lineno])))
        at = max(at, n.end_lineno)
    return res

def apart(code):
    "The lines of a cell without its tests, and its tests."
    parts = [(all(map(is_test, ns)), s) for ns,s in statements(code)]
    join = lambda want: '\n'.join(s for test,s in parts if test==want).strip('\n')
    return (join(False), join(True)) if parts else (code, '')

def directives(code):
    "The `#|` lines at the top of a cell, and the rest."
    lines = code.split('\n')
    n = next((i for i,l in enumerate(lines) if not l.startswith('#|')), len(lines))
    return '\n'.join(lines[:n] + ['']*(n > 0)), '\n'.join(lines[n:])

def folded(cell, code, summary, outputs=()):
    "A copy of `cell` with `code` in a fold."
    return cell | dict(source=FOLD.format(summary) + code, outputs=list(outputs))

def fold_tests(cell, reference):
    "The cells that stand for one with tests: what it shows, then its tests in a fold. In the reference, imports fold too."
    head,code = directives(text(cell['source']))
    if cell['cell_type']!='code' or 'echo: false' in head or 'include: false' in head: return [cell]
    shown,tests = apart(code)
    if reference and not tests and (sts := statements(code)) and all(isinstance(n, (ast.Import, ast.ImportFrom)) for ns,_ in sts for n in ns): return [folded(cell, code, 'Imports')]
    if not tests: return [cell]
    if not shown or reference and not cell['outputs']: return [folded(cell, code, 'Tests', cell['outputs'])]
    return [cell | dict(source=head + shown), folded(cell, tests, 'Tests')]

VALUE = re.compile(r'(?<!\S)(?:[+-]?\d[\d.]*(?: %)?(?: \[[^\]]*\])?|–|\\u2013)(?!\S)')

def row_of(line, n):
    "Label and `n` values of a line; None if it has another number of them."
    found = list(VALUE.finditer(line))
    label = [line[:found[0].start()].strip()] if len(found) == n else [found.pop(0)[0]] if len(found) == n+1 and not found[0].start() else None
    if not label or line[found[-1].end():].strip(): return None
    return [*label, *(m[0].replace(r'\u2013', '–') for m in found)]

def table_at(lines, i):
    "Header, rows and end of a table of numbers that starts at line `i`, or None. It has a rule of dashes below its header, or pandas printed it."
    rule = i+1 < len(lines) and re.fullmatch(r'-{20,}', lines[i+1].strip())
    if not rule and (not re.match(r' {4,}\S', lines[i]) or re.search(r'\d\.\d', lines[i])): return None
    start = i+2 if rule else i+1
    for names in (lines[i].split(), re.split(r'\s{2,}', lines[i].strip())):
        names = names if rule else ['', *names]
        at = start + (start < len(lines) and not rule and re.fullmatch(r'\w+ *', lines[start]) is not None)  # the name of pandas' index
        rows = []
        while at < len(lines) and len(names) > 1 and (row := row_of(lines[at], len(names)-1)):
            rows.append(row)
            at += 1
        if rows: return names,rows,at

def md_table(header, rows):
    line = lambda cells: '| ' + ' | '.join(c.replace('|', r'\|') for c in cells) + ' |'
    return '\n'.join([line(header), '|' + ' --- |' + ' ---: |'*(len(header)-1), *map(line, rows)])

def blocks(lines):
    "Runs of plain lines, and tables as Markdown: pairs of 'text' or 'table', and the text."
    i,plain = 0,[]
    while i < len(lines):
        if found := table_at(lines, i):
            yield 'text','\n'.join(plain)
            yield 'table',md_table(*found[:2])
            i,plain = found[2],[]
        else:
            plain.append(lines[i])
            i += 1
    yield 'text','\n'.join(plain)

def nicer(output):
    "The outputs that stand for one of text: finished progress bars go, tables of numbers become tables."
    if output.get('output_type')!='stream': return [output]
    lines = [l for l in text(output['text']).split('\n') if not BAR.match(l)]
    return [dict(output_type='display_data', metadata={}, data={'text/markdown': f'::: {{.printed-table}}\n\n{s}\n\n:::'}) if kind=='table' else output | dict(text=s.strip('\n') + '\n')
            for kind,s in blocks(lines) if s.strip()]

def together(cells):
    "Folds of tests that follow one another are one fold."
    start,res = FOLD.format('Tests'),[]
    for c in cells:
        if res and not res[-1].get('outputs') and all(text(o['source']).startswith(start) for o in (res[-1], c)):
            res[-1] = res[-1] | dict(source=res[-1]['source'].rstrip() + '\n\n' + c['source'][len(start):], outputs=c['outputs'])
        else: res.append(c)
    return res

def page_cells(cells, reference):
    "Cells as a page shows them."
    for c in cells:
        if c['cell_type']=='code': c['outputs'] = [n for o in c.get('outputs', []) for n in nicer(o)]
    yield from together([n for c in cells for n in fold_tests(c, reference)])
