"""Make the page that the home page of the docs embeds: a classifier of drawn pictures that computes in the visitor's browser.
`python tools/try_page.py [FOLDER]`, by default _docs/try. Without the packages for ONNX it prints a line, and the docs have no such page."""
import sys, tempfile
from pathlib import Path
from bear_classifier.apps.static import export_static
from bear_classifier.core.files import BadInput
from bear_classifier.data.pictures import read_pictures
from bear_classifier.evaluate.compare import train
from bear_classifier.models.onnx import need_packages
from bear_classifier.sample.sample import make_sample

def main(to='_docs/try'):
    try: need_packages()
    except BadInput as e: return print(f'no page to try: {e}')
    with tempfile.TemporaryDirectory() as tmp:
        pics = read_pictures(make_sample(Path(tmp)/'drawn', n=26, n_none=16, progress=False))
        clf = train(pics, arch='efficientnet_lite0', bar=False, say=lambda line: None)
        print(f'written: {export_static(clf.save(Path(tmp)/"model"), to)}')

if __name__ == '__main__': main(*sys.argv[1:])
