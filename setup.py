"Packaging: everything that may change is read from settings.ini."
import re
from configparser import ConfigParser
from pathlib import Path
from setuptools import find_packages, setup

ini = ConfigParser(delimiters=['='])
ini.read('settings.ini', encoding='utf-8')
cfg = ini['DEFAULT']
minors = range(int(cfg['min_python'].split('.')[1]), int(cfg['max_python'].split('.')[1]) + 1)

def long_description():
    "README.md as PyPI shows it, where a link without a host leads nowhere: pictures from GitHub's raw files, all else from its pages."
    raw = cfg['git_url'].replace('github.com', 'raw.githubusercontent.com') + f"/{cfg['branch']}/"
    page = f"{cfg['git_url']}/blob/{cfg['branch']}/"
    text = Path('README.md').read_text(encoding='utf-8')
    text = re.sub(r'(!\[[^\]]*\]\()(?!https?:|#)', rf'\1{raw}', text)
    return re.sub(r'(?<!!)(\[(?:[^\[\]]|!?\[[^\]]*\](?:\([^)]*\))?)*\]\()(?!https?:|mailto:|#)', rf'\1{page}', text)

setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'],
    author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'],
    project_urls={'Documentation': cfg['doc_host'] + cfg['doc_baseurl'] + '/', 'Changelog': f"{cfg['git_url']}/blob/{cfg['branch']}/CHANGELOG.md", 'Issues': cfg['git_url'] + '/issues'},
    keywords=cfg['keywords'],
    license='Apache-2.0',
    long_description=long_description(), long_description_content_type='text/markdown',
    classifiers=['Development Status :: 3 - Alpha', 'Intended Audience :: Developers', 'Intended Audience :: Education',
                 'Natural Language :: English', *(f'Programming Language :: Python :: 3.{m}' for m in minors)],
    packages=find_packages(include=['bear_classifier', 'bear_classifier.*']), include_package_data=True,
    python_requires=f">={cfg['min_python']}",
    install_requires=cfg['requirements'].split(),
    extras_require={n: cfg[f'{n}_requirements'].split() for n in ('app', 'onnx', 'openvino', 'ray')} | {'dev': ' '.join(cfg[f'{n}_requirements'] for n in ('app', 'onnx', 'openvino', 'dev')).split()},
    entry_points={'console_scripts': cfg['console_scripts'].split(), 'nbdev': [f"{cfg['lib_path']}={cfg['lib_path']}._modidx:d"]},
    zip_safe=False,
)
