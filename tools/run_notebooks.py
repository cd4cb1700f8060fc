"Run notebooks from top to bottom in place and keep their outputs: `python tools/run_notebooks.py [nbs/NAME.ipynb ...]`."
import base64, io, os, subprocess, sys, time
from pathlib import Path
from PIL import Image
from execnb.nbio import read_nb, write_nb
from execnb.shell import CaptureShell
from fastcore.xtras import working_directory
from nbdev.doclinks import nbglob

def skip(cell):
    "Cells that need the open internet keep the outputs they have."
    return cell.cell_type != 'code' or '#| eval: false' in cell.source

def as_on_a_terminal(nb):
    "Keep the last state of each line, as on a terminal, where a progress bar overwrites itself."
    for c in nb.cells:
        for o in c.get('outputs', []):
            if o.get('output_type') != 'stream': continue
            text = o['text'] if isinstance(o['text'], str) else ''.join(o['text'])
            lines = [l.rstrip().split('\r')[-1].rstrip() for l in text.split('\n')]
            o['text'] = '\n'.join(lines).splitlines(True)
        c['outputs'] = [o for o in c['outputs'] if o.get('output_type') != 'stream' or ''.join(o['text']).strip()] if 'outputs' in c else []
        if c.cell_type != 'code': c.pop('outputs')

def as_fastai_shows(nb):
    "Turn the epochs that fastai prints on a terminal into the table that it shows in a notebook."
    for c in nb.cells:
        for o in c.get('outputs', []):
            lines = [l.split() for l in ''.join(o.get('text', '')).splitlines() if l.strip()]
            if not lines or lines[0][:2] != ['epoch', 'train_loss'] or any(len(l) != len(lines[0]) for l in lines): continue
            cells = lambda l: ''.join(f'<th>{x}</th>' if l[0]=='epoch' else f'<td>{x}</td>' for x in l)
            rows = '\n'.join(f'<tr>{cells(l)}</tr>' for l in lines)
            text = ''.join(o.pop('text'))
            o.pop('name')
            o.update(output_type='display_data', metadata={}, data={'text/html': f'<table class="dataframe">\n{rows}\n</table>', 'text/plain': text})

def smaller_pictures(nb, over=60_000, width=900):
    "Keep large PNG outputs as JPEG, at most `width` pixels wide: a notebook stays under 500 kB."
    for data in (o.get('data', {}) for c in nb.cells for o in c.get('outputs', [])):
        png = ''.join(data.get('image/png', ''))
        if len(png) <= over: continue
        im, buf = Image.open(io.BytesIO(base64.b64decode(png))).convert('RGB'), io.BytesIO()
        im.thumbnail((width, 10*width))
        im.save(buf, 'JPEG', quality=80)
        del data['image/png']
        data['image/jpeg'] = base64.b64encode(buf.getvalue()).decode()

def run(file):
    nb, start = read_nb(file), time.time()
    shell = CaptureShell(file)
    with working_directory(file.parent): shell.run_all(nb, exc_stop=True, preproc=skip)
    as_on_a_terminal(nb)
    as_fastai_shows(nb)
    smaller_pictures(nb)
    write_nb(nb, file)
    print(f'{file}: {time.time()-start:.0f} s')

def main():
    if len(sys.argv) == 2: return run(Path(sys.argv[1]).resolve())
    files = sys.argv[1:] or nbglob()
    # A process for each, as in nbdev_test, so that no notebook depends on another's state.
    for f in files: subprocess.run([sys.executable, __file__, f], check=True, env={**os.environ, 'IN_TEST': '1'})
    subprocess.run(['nbdev_clean'], check=True)

if __name__ == '__main__': main()
