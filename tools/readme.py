"Make README.md from nbs/index.ipynb, without Quarto: prose, shown code, and text or Markdown outputs."
import re
from pathlib import Path
from execnb.nbio import read_nb

NOTE = '<!-- Made from nbs/index.ipynb by `make readme`: edit that. -->\n\n'

def output(o):
    "Markdown of one output; pictures are only on the site."
    data = o.get('data', {})
    join = lambda x: x if isinstance(x, str) else ''.join(x)
    if 'text/markdown' in data: return join(data['text/markdown'])
    txt = join(o.get('text', data.get('text/plain', '')))
    return f'```\n{txt.rstrip()}\n```' if txt.strip() else ''

def cell(c):
    if c.cell_type == 'raw' or re.search(r'^#\|\s*hide', c.source, re.M): return ''
    if c.cell_type == 'markdown': return c.source
    code = '\n'.join(l for l in c.source.splitlines() if not l.startswith('#|'))
    shown = [] if re.search(r'^#\|\s*echo:\s*false', c.source, re.M) else [f'```python\n{code}\n```']
    return '\n\n'.join(filter(None, [*shown, *map(output, c.outputs)]))

def main():
    body = '\n\n'.join(filter(None, map(cell, read_nb('nbs/index.ipynb').cells)))
    body = re.sub(r'\]\((images/[^)]+)\)', r'](nbs/\1)', body)
    body = re.sub(r'\]\(([\w/-]+\.ipynb(?:#[^)]*)?)\)', r'](nbs/\1)', body)
    Path('README.md').write_text(NOTE + body.strip() + '\n', encoding='utf-8', newline='\n')

if __name__ == '__main__': main()
