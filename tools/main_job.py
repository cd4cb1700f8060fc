"""The main job on a small scale, in one process: train on ten drawn pictures, export, predict with every engine; with --all compare, fine-tune, heat map and app answers too.

    python tools/main_job.py [--precision float32|bfloat16] [--all]

Without --precision, `BEARS_PRECISION` sets the precision. It leaves no files."""
import argparse, contextlib, io, json, os, tempfile
from pathlib import Path

PICTURES = {'polar bear': 4, 'black bear': 4, 'none': 2}  # fewer classes make fewer scenes
SIZE = 64  # pixels; an emulated processor is slow, and a white bear and a black one differ even at this size

def bears(*args):
    "Run the command and return its standard output; raise an error if it fails."
    from bear_classifier.cli import main
    with contextlib.redirect_stdout(io.StringIO()) as out: code = main([*map(str, args)])
    if code: raise SystemExit(f'bears {" ".join(map(str, args))}: exit status {code}')
    return out.getvalue()

def draw(tmp):
    "Ten pictures: two classes and none."
    from bear_classifier.sample.sample import draw_scene
    path = tmp/'images'
    for kind,n in PICTURES.items():
        (path/kind).mkdir(parents=True)
        for i in range(n): draw_scene([kind] if kind!='none' else [], i).save(path/kind/f'{i}.jpg')
    return path

def ordinary(net):
    "Check that no tensor of a network is an inference tensor, which cannot be trained further."
    odd = [n for n,t in net.state_dict().items() if t.is_inference()]
    assert not odd, f'inference tensors: {odd[:3]}'

def predictions(model, path, engine, int8=False):
    "Labels by file; checks that every picture was read."
    lines = map(json.loads, bears('predict', model, path, '--json', '--engine', engine, *['--int8']*int8).splitlines())
    res = {d['file']: (d['labels'], d['probs']) for d in lines if d['error'] is None}
    assert len(res)==sum(PICTURES.values()), f'{engine}: {len(res)} pictures'
    return res

def same_labels(model, path, allowed):
    "Check that every engine gives the labels of PyTorch in 32 bits; `allowed` pictures may differ where PyTorch computes in bfloat16."
    from bear_classifier.models.predict import load
    exact = {p.file: p.labels for p in load(model, 'torch', precision='float32').predict(sorted(map(str, path.glob('*/*.jpg'))))}
    for engine,int8 in (('torch', False), ('onnx', False), ('openvino', False), ('onnx', True), ('openvino', True)):
        got = predictions(model, path, engine, int8)
        differ = {f: (got[f], ls) for f,ls in exact.items() if got[f][0]!=ls}
        assert len(differ) <= (allowed if engine=='torch' else 0), (engine, int8, differ)
        yield f'{engine}{" in 8 bits" if int8 else ""}: {len(exact)-len(differ)} of {len(exact)} labels as PyTorch in 32 bits'

def trained(path, tmp):
    "A multi-label model with its ONNX files, in 8 bits too."
    from bear_classifier.models.onnx import export_int8
    model = tmp/'model'
    bears('train', path, '--model', model, '--all', '--onnx', '--arch', 'efficientnet_lite0', '--size', SIZE)
    assert export_int8(model, sorted(path.glob('*/*.jpg')), at_most=1)
    return model

def shown(model, path):
    "Answers of the app and a heat map."
    from PIL import Image
    from bear_classifier.learn.heatmap import heat_maps
    from bear_classifier.models.predict import load
    m = load(model, 'torch', wait=True)
    ordinary(m.run.net)
    heat = heat_maps(m.run.net, Image.open(next(path.glob('*/*.jpg'))), m.size)
    assert heat.shape[0]==len(m.vocab) and 0 <= heat.min() <= heat.max() <= 1, heat.shape
    return f'heat map of {heat.shape}'

def compared(path, tmp):
    "Train two kinds on frozen features (`trained` makes the third), and all with the whole network for one epoch."
    from bear_classifier.evaluate.compare import compare
    kinds = ('single_label', 'naive_multi_label', 'multi_label')
    for fine_tune,some in ((0, kinds[:2]), (1, kinds)):
        cmp = compare(path, 'efficientnet_lite0', kinds=some, valid_pct=.5, fine_tune=fine_tune, bar=False, say=lambda s: None, size=SIZE)
        for kind,runs in cmp.runs.items():
            t = runs[0]['trained']
            ordinary(t.net if hasattr(t, 'net') else t.learn.model)
            yield f'{kind}, fine_tune={fine_tune}: ' + ', '.join(f'{m} {v:.2f}' for m,v in runs[0]['metrics'].items())

def main_job(all=False):
    "Yield a line for each thing that works."
    from bear_classifier.learn.backbone import native_bf16, pick_precision
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as d:
        tmp = Path(d)
        bf16 = str(pick_precision()).endswith('bfloat16')
        yield f'{pick_precision()}; bfloat16 is {"" if native_bf16() else "not "}native here'
        path = draw(tmp)
        model = trained(path, tmp)
        yield 'trained, exported'
        yield from same_labels(model, path, allowed=3*bf16)
        if not all: return
        yield shown(model, path)
        yield from compared(path, tmp)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--precision', choices=['float32', 'bfloat16'])
    p.add_argument('--all', action='store_true')
    args = p.parse_args()
    if args.precision: os.environ['BEARS_PRECISION'] = args.precision
    for line in main_job(args.all): print(line, flush=True)

if __name__ == '__main__': main()
