"""Training and prediction against the recipe and fastai, in one run.

    python bench/speed.py [PATH] [--rounds 3]

PATH has a folder for each class; the drawn sample if not given. If the weights of resnet18 are not available, the recipe is timed with random
weights, which takes the same time; its accuracy is then left out. Results go to bench/results.json."""
import argparse, io, shutil, tempfile, time
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from fastai.vision.all import (CategoryBlock, DataBlock, ImageBlock, Learner, BCEWithLogitsLossFlat, MultiCategoryBlock, RandomSplitter, Resize, accuracy, accuracy_multi,
                               get_image_files, parent_label, resnet18, vision_learner)

from bear_classifier.learn.backbone import _at_hand, pick_backbone
from bear_classifier.evaluate.compare import ask
from bear_classifier.models.onnx import export_int8, export_onnx
from bear_classifier.models.files import load_net
from bear_classifier.learn.multi_label import multi_label_block
from bear_classifier.data.pictures import read_pictures
from bear_classifier.models.predict import load
from bear_classifier.sample.sample import make_sample
from bear_classifier.evaluate.statistics import measure
from bear_classifier.learn.train import Workshop, train_grid, train_mean
from bear_classifier.learn.finetune import train_recipe
from common import machine, ratio, save

def timed(f):
    "Seconds that `f` takes, and its result"
    t = time.perf_counter()
    res = f()
    return time.perf_counter()-t, res

def recipe(path, arch, pretrained):
    "The post's two learners, trained and scored, to the letter"
    out = []
    for block,get_y,metric in ((CategoryBlock, parent_label, accuracy), (MultiCategoryBlock, lambda f: [parent_label(f)], accuracy_multi)):
        dls = DataBlock(blocks=(ImageBlock, block), get_items=get_image_files, splitter=RandomSplitter(seed=42), get_y=get_y,
                        item_tfms=[Resize(192, method='squish')]).dataloaders(path, bs=32)
        learn = vision_learner(dls, arch, metrics=[metric], pretrained=pretrained)
        with learn.no_bar(), learn.no_logging(): learn.fine_tune(3)
        out.append(learn.validate()[1])
    return out

def tuned(path):
    "Both learners by our `fine_tune`: channels-last, bfloat16 where it is faster, the packaged backbone"
    pics = read_pictures(path)
    train,valid = pics.split(seed=42)
    ws = Workshop(pics, cache=False, bar=False)
    return {k: measure(ask(train_recipe(ws, train, valid, k, 3, 42, pick_backbone('efficientnet_lite0')), ws, valid)) for k in ('single_label', 'naive_multi_label')}

def ours(path, cache, kinds):
    "Read, train and score `kinds`"
    pics = read_pictures(path)
    train,valid = pics.split(seed=42)
    ws = Workshop(pics, cache=cache, bar=False)
    return {k: measure(ask(train_grid(ws, train) if k=='multi_label' else train_mean(ws, train, k), ws, valid)) for k in kinds}

def training(path, rounds, fine_tune):
    "Ratios of training"
    pretrained = _at_hand('resnet18', 'torchvision', 3)
    both,t = ('single_label', 'naive_multi_label'), dict(seed=[], lite0=[], tuned=[], first=[], again=[], all_first=[], all_again=[])
    for i in range(rounds):
        with tempfile.TemporaryDirectory() as d:
            t['seed'].append(timed(lambda: recipe(path, resnet18, pretrained))[0])
            if fine_tune:
                s,acc = timed(lambda: recipe(path, pick_backbone('efficientnet_lite0').arch, True))
                t['lite0'].append(s)
                s,got_tuned = timed(lambda: tuned(path))
                t['tuned'].append(s)
                print('recipe with the packaged backbone:', acc, 'tuned:', {k: round(v['top1'], 4) for k,v in got_tuned.items()}, flush=True)
            for name,kinds in (('first', both), ('again', both), ('all_first', (*both, 'multi_label')), ('all_again', (*both, 'multi_label'))):
                s,got = timed(lambda: ours(path, Path(d)/('all' if 'all' in name else 'both'), kinds))
                t[name].append(s)
        print({k: round(v[-1], 2) for k,v in t.items() if v}, flush=True)
    print('ours:', {k: {m: round(x, 4) for m,x in v.items()} for k,v in got.items()})
    res = dict(train_vs_seed=ratio(t['seed'], t['first']), train_cached_vs_seed=ratio(t['seed'], t['again']),
               compare_vs_recipe=ratio(t['seed'], t['all_first']), compare_cached_vs_recipe=ratio(t['seed'], t['all_again']))
    if fine_tune: res['fine_tune_vs_seed_same_backbone'] = ratio(t['lite0'], t['tuned'])
    return res, dict(recipe_pretrained=pretrained)

def _labels(probs, info): return [[c for c,p,th in zip(info['vocab'], row, info['thresholds']) if p>th] for row in probs.tolist()]

def engines(model, train):
    "The installed ways to predict, by name"
    res = dict(torch=load(model, 'torch'))
    if not find_spec('onnxruntime'): return res
    export_onnx(model, train[:8])
    eight = [True] if export_int8(model, train) else []  # not written where it would be of no use
    for e in ('onnx', *['openvino']*bool(find_spec('openvino'))):
        for int8 in (False, *eight): res[e + ' int8'*int8] = load(model, e, int8=int8)
    return res

def prediction(path, rounds):
    "Ratios of prediction with the same network from the same files"
    pics = read_pictures(path)
    train,valid = pics.split(seed=42)
    with tempfile.TemporaryDirectory() as d:
        model = train_grid(Workshop(pics, bar=False), train).save(Path(d)/'model')
        ours,(net,info) = engines(model, train),load_net(model)
        files = list(pics.labels)
        dls = multi_label_block(pics, valid, n_labels=range(99), size=info['size']).dataloaders(path, bs=32)
        learn = Learner(dls, net, loss_func=BCEWithLogitsLossFlat())
        few,t,said = files[::10], {k: [] for k in ('loop', 'get_preds', *ours)},{}
        with redirect_stdout(io.StringIO()):  # fastai by default, with its progress bars, which are hidden here
            learn.predict(files[0])  # the first call of each warms up
            for c in ours.values(): c(files[:32])
            for _ in range(rounds):
                t['loop'].append(timed(lambda: [learn.predict(f) for f in few])[0]/len(few))
                s,(probs,_) = timed(lambda: learn.get_preds(dl=dls.test_dl(files)))
                t['get_preds'].append(s/len(files))
                for k,c in ours.items():
                    s,said[k] = timed(lambda: c(files))
                    t[k].append(s/len(files))
    want,held = _labels(probs, info),set(valid)
    def same(got, among): return f'{np.mean([a==b.labels for f,a,b in zip(files, want, got) if f in among]):.4f}'
    speed = {k: round(float(1/np.median(v)), 1) for k,v in t.items()}
    print('pictures a second:', speed)
    print(f'same labels as get_preds on all {len(files)} pictures, on the {len(held)} held-out ones:', {k: (same(v, set(files)), same(v, held)) for k,v in said.items()})
    fastest = max(ours, key=speed.get)
    return dict(predict_vs_loop=ratio(t['loop'], t['torch']), predict_vs_get_preds=ratio(t['get_preds'], t['torch']), predict_fastest_vs_loop=ratio(t['loop'], t[fastest]),
                predict_fastest_vs_get_preds=ratio(t['get_preds'], t[fastest])), dict(fastest_engine=fastest, pictures_per_second=speed)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('path', nargs='?')
    p.add_argument('--rounds', type=int, default=3)
    p.add_argument('--only', choices=['training', 'prediction'])
    p.add_argument('--fine-tune', action='store_true', help='our fine_tune against the recipe as well, both on the packaged backbone')
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as d:
        # the recipe knows no folder of none, and no near duplicates: both get the pictures of the classes only
        args.path = args.path or make_sample(Path(d)/'sample', n_none=40)
        one = Path(d)/'one'
        shutil.copytree(args.path, one, ignore=shutil.ignore_patterns('none', 'README*', '_*', '.*'))
        ratios,more = training(one, args.rounds, args.fine_tune) if args.only != 'prediction' else ({}, {})
        if args.only != 'training':
            r,m = prediction(args.path, args.rounds)
            ratios,more = ratios | r, more | m
    save(machine('torch', 'fastai', 'timm'), ratios, **more)

if __name__ == '__main__': main()
