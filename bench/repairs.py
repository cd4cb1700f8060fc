"""The repairs of the multi-label classifier, one at a time, on a folder of pictures with a `none` folder.

    python bench/repairs.py PATH [--seeds 5]

Prints a Markdown table: mean and standard deviation over the splits."""
import argparse, sys

import numpy as np
import torch

from bear_classifier.learn.heads import Net, fit_mean
from bear_classifier.evaluate.pairs import pair_items, pair_matrix, plan_pairs
from bear_classifier.data.pictures import label_matrix, read_pictures
from bear_classifier.learn.scenes import scene_matrix
from bear_classifier.learn.thresholds import decide, probabilities
from bear_classifier.learn.classifier import Classifier
from bear_classifier.learn.train import FINE, SIZE, Workshop, train_grid, train_mean

def mean_head(ws, train, scenes):
    "Sigmoids on averaged features, of all training pictures and of scenes."
    x = ws.look(ws.pictures(train) + ws.composed(scenes), lambda b: b.float().mean(1))
    y = np.concatenate([label_matrix(ws.pics, train), scene_matrix(ws.pics, scenes)])
    head = fit_mean(x, torch.from_numpy(y), softmax=False)
    return Classifier('multi_label', Net(ws.extractor.net, head), ws.pics.vocab, SIZE, np.full(len(ws.pics.vocab), .5))

def rows(ws, train, valid, seed):
    "Yield (step, top1, exact, none, both); what has no meaning is nan."
    pics,pairs = ws.pics, plan_pairs(ws.pics, valid, seed=seed)
    one,none = ([f for f in valid if len(pics.labels[f])==n] for n in (1,0))
    sets = [(lambda s: ws.pictures(one, s), label_matrix(pics, one)), (lambda s: ws.pictures(none, s), label_matrix(pics, none)), (lambda s: pair_items(pairs, s, ws.digests), pair_matrix(pics, pairs))]
    def score(t, size=None, logits=lambda z: z, th=None):
        z = [(logits(ws.logits(t, f(size or t.size))), y) for f,y in sets]
        right = [float((decide(probabilities(v), t.thresholds if th is None else th)==y).all(1).mean()) for v,y in z]
        return [float((z[0][0].argmax(1)==z[0][1].argmax(1)).mean()), *right]
    train = list(train)
    single = train_mean(ws, train)
    top1 = score(single)[0]
    yield 'single label', [top1, top1, np.nan, np.nan]
    yield 'naive conversion', score(train_mean(ws, train, 'naive_multi_label'))
    yield '+ pictures of none', score(mean_head(ws, train, []))
    yield '+ composed scenes', score(mean_head(ws, train, ws.within(ws.scenes, train, 6000)))
    ours = train_grid(ws, train, seed)
    raw = lambda z: (z-ours.notes['shift'])*ours.notes['temperature']  # as the head was before calibration
    yield '+ a choice at each position', score(ours, SIZE, raw, .5)
    yield f'+ {FINE} pixels in the place of {SIZE}', score(ours, FINE, raw, .5)
    yield '+ calibration and thresholds', score(ours)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('path')
    p.add_argument('--seeds', type=int, default=5)
    p.add_argument('--first', type=int, default=0, help='first seed')
    args = p.parse_args()
    pics = read_pictures(args.path)
    ws,got = Workshop(pics, bar=sys.stderr.isatty()), {}
    for seed in range(args.first, args.first+args.seeds):
        for step,vals in rows(ws, *pics.split(seed=seed), seed): got.setdefault(step, []).append(vals)
        print(f'split {seed}: {step} ' + ' '.join(f'{v:.3f}' for v in vals), file=sys.stderr, flush=True)
    print('| step | top1 | every label right | none | both |\n| --- | --- | --- | --- | --- |')
    for step,v in got.items():
        m,s = np.mean(v, 0), np.std(v, 0, ddof=1) if len(v)>1 else np.zeros(4)
        print(f'| {step} | ' + ' | '.join('' if np.isnan(a) else f'{a:.3f} ± {b:.3f}' for a,b in zip(m, s)) + ' |')

if __name__ == '__main__': main()
