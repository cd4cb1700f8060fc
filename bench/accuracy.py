"""Accuracy of the three classifiers over several splits, and of heads on frozen features against the recipe's fine_tune.

    python bench/accuracy.py PATH [--seeds 15] [--fine-tune 3] [--tuned-seeds 5] [--true TRAIN TEST]

PATH has a folder for each class, and one named none. Both ways train on the same splits with the packaged backbone and are scored on the same held-out pictures.
--true trains on pictures of one class each and scores on other photos that really show several things, not on composed pairs.
Results go to bench/results.json under `accuracy`, those of --true under `true_pairs`; the page of results reads them from there."""
import argparse, json

from bear_classifier.evaluate.compare import compare
from bear_classifier.evaluate.statistics import MEASURES, paired_difference
from common import RESULTS, machine

RECIPE = ('single_label', 'naive_multi_label')  # what the recipe trains

def table(cmp): return {k: {m: dict(mean=round(v['mean'], 4), sd=None if v['sd'] is None else round(v['sd'], 4)) for m,v in r['metrics'].items()} for k,r in cmp.results['kinds'].items()}

def difference(a, b, kind, measure):
    "Paired difference of `measure`, run `a` minus run `b`"
    f,s = MEASURES[measure]
    x,y = ([r['answers'][s] for r in c.runs[kind]][:len(b.runs[kind])] for c in (a,b))
    return {k: round(v, 4) for k,v in paired_difference(x, y, f).items() if k in ('mean', 'low', 'high')}

def true_pairs(train, test, seeds):
    "Trained on one folder, scored on another"
    cmp = compare(train, seeds=seeds, test=test)
    print(cmp)
    d = cmp.results['data']
    return dict(machine=machine('torch', 'timm'), counts=d['counts'], train=d['train'], test=d['valid'], seeds=list(seeds),
                backbone=cmp.results['recipe']['arch'], measures=table(cmp), concluded=cmp.concluded())

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('path')
    p.add_argument('--seeds', type=int, default=15)
    p.add_argument('--fine-tune', type=int, default=3, help='epochs of the recipe; 0 leaves it as it was measured before')
    p.add_argument('--tuned-seeds', type=int, default=5, help='of these, how many are trained the recipe\'s way, which takes long')
    p.add_argument('--true', nargs=2, metavar=('TRAIN', 'TEST'), help='folders with pictures of one class, and with true pairs (labels.csv)')
    args = p.parse_args()
    seeds = range(42, 42+args.seeds)
    frozen = compare(args.path, seeds=seeds)
    print(frozen)
    d = frozen.results['data']
    res = dict(machine=machine('torch', 'fastai', 'timm'), counts=d['counts'], seeds=list(seeds), backbone=frozen.results['recipe']['arch'], frozen=table(frozen), concluded=frozen.concluded())
    if args.fine_tune:
        tuned = compare(args.path, seeds=seeds[:args.tuned_seeds], kinds=RECIPE, fine_tune=args.fine_tune)
        print(tuned)
        res |= dict(fine_tune=args.fine_tune, tuned_seeds=list(seeds[:args.tuned_seeds]), tuned=table(tuned), tuned_backbone=tuned.results['recipe']['arch'], frozen_minus_tuned={k: {m: difference(frozen, tuned, k, m) for m in ('top1', 'exact')} for k in RECIPE})
        print(res['frozen_minus_tuned'])
    old = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if args.true: old['true_pairs'] = true_pairs(*args.true, seeds)
    if (before := old.get('accuracy', {})).get('counts')==res['counts']: res = before | res
    RESULTS.write_text(json.dumps(old | dict(accuracy=res), indent=1, sort_keys=True) + '\n')

if __name__ == '__main__': main()
