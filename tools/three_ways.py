"Draw the home page's figure: what three classifiers say of the same three pictures. Writes nbs/images/three_ways.png."
import hashlib, io, tempfile
from pathlib import Path
import matplotlib
from PIL import Image
from bear_classifier.evaluate.compare import compare
from bear_classifier.learn.features import Item
from bear_classifier.core.files import write_whole
from bear_classifier.core.images import squished
from bear_classifier.sample.sample import draw_scene, make_sample
from bear_classifier.learn.thresholds import decide

SHOWN = [(['black bear'], 2), (['polar bear', 'grizzly bear'], 10), ([], 16)]  # kinds on a scene, and its seed: none of them trained on
NAMES = dict(single_label='Single label:\nwhich one is it?', naive_multi_label='Plain conversion:\neach one, yes or no?', multi_label='Ours: each one,\nyes or no, anywhere?')
GREEN, GREY, RED = '#1b7f5c', '#9aa0a6', '#b3362b'

def said(t, ws, px):
    "Probabilities of one picture, and which classes are named"
    p = ws.probs(t, [Item(hashlib.sha256(px.tobytes()).hexdigest(), lambda: px)])[0]
    return p, decide(p[None], t.thresholds)[0] if t.multi else (p == p.max()).astype(int)

def bars(ax, vocab, p, yes, t, wanted, named):
    "Probabilities as bars, the threshold as a line, what is said as a title that tells right from wrong"
    ax.barh(range(len(vocab)), p[::-1], color=[GREY if not y else GREEN if c in wanted else RED for c,y in zip(vocab[::-1], yes[::-1])], height=.62)
    ax.set(xlim=(0, 1), ylim=(-.6, len(vocab)-.4), yticks=range(len(vocab)), yticklabels=vocab[::-1] if named else [], xticks=[])
    if t.multi: ax.axvline(t.thresholds[0], color='#444', lw=1, ls=':')
    names = [c for c,y in zip(vocab, yes) if y]
    right = set(names)==set(wanted)
    ax.set_title(('✓ ' if right else '✗ ') + (' + '.join(names).replace(' bear +', ' +') or 'none of them'), fontsize=9.5, color=GREEN if right else RED, loc='left', x=0, fontweight='bold')
    ax.tick_params(length=0, labelsize=8.5)
    for s in ('top', 'right', 'bottom'): ax.spines[s].set_visible(False)

def main():
    matplotlib.use('Agg')
    import matplotlib.pyplot as plt
    with tempfile.TemporaryDirectory() as d:
        cmp = compare(make_sample(Path(d)/'sample', n_none=40, n_two=40), 'efficientnet_lite0')
    fig,axs = plt.subplots(1+len(SHOWN), 4, figsize=(8.2, 4.9), gridspec_kw=dict(width_ratios=[1.25,1,1,1], height_ratios=[.3]+[1]*len(SHOWN)), layout='constrained')
    for ax,text in zip(axs[0], ['', *NAMES.values()]):
        ax.axis('off')
        ax.text(0, .1, text, ha='left', va='bottom', fontsize=9.5, linespacing=1.5)
    for row,(kinds,seed) in zip(axs[1:], SHOWN):
        im = draw_scene(kinds, seed)
        row[0].imshow(im)
        row[0].axis('off')
        for ax,kind in zip(row[1:], NAMES):
            t = cmp.runs[kind][0]['trained']
            bars(ax, t.vocab, *said(t, cmp.ws, squished(im, t.size)), t, kinds, ax is row[1])
    out = io.BytesIO()
    fig.savefig(out, dpi=150)
    im = Image.open(out).convert('RGB').quantize(200, dither=Image.Dither.NONE)
    out = io.BytesIO()
    im.save(out, 'PNG', optimize=True)
    Path('nbs/images').mkdir(exist_ok=True)
    print(write_whole(Path('nbs/images/three_ways.png'), out.getvalue()), len(out.getvalue())//1000, 'kB')

if __name__ == '__main__': main()
