# `make compare` and `make test` need Python 3.10 or newer and make; both set up .venv and use it again.
# On Windows, or without make: README.md and CONTRIBUTING.md tell the same in commands.
PYTHON ?= python3
BIN = .venv/bin
READY = .venv/.installed
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONWARNINGS := ignore
# Two jobs on one machine: threads that wait must not spin.
export OMP_WAIT_POLICY := PASSIVE
export HF_HUB_DISABLE_TELEMETRY := 1

.PHONY: help compare test check test-installed lock notebooks clean-notebooks docs docs-preview pictures readme hooks release bench clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

compare: $(READY) ## train both classifiers on the drawn sample, print the table
	bears compare --out out

test: check ## everything a contribution must pass

check: $(READY) ## export, clean and README in step; ruff; every notebook as a test, or some: NB=nbs/NAME.ipynb
	python tools/check.py $(NB)

test-installed: $(READY) ## the wheel in a fresh environment without dev, with the newest packages: import, commands, app, ONNX
	python tools/test_installed.py

lock: ## choose the newest allowed packages, write them to constraints.txt; make test tells whether they pass
	test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv; }
	.venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.10 --no-python-downloads --extra dev --no-annotate \
		--custom-compile-command 'make lock' --output-file constraints.txt pyproject.toml
	$(PYTHON) tools/colab.py

notebooks: $(READY) ## run every notebook from top to bottom and keep its outputs
	python tools/run_notebooks.py $(NB)

clean-notebooks: $(READY) ## make clean/: the chapters without prose, outputs and solutions, to be worked through
	python tools/clean_notebooks.py

readme: $(READY) ## make README.md from nbs/index.ipynb
	python tools/readme.py

docs: $(READY) ## make the site in _docs (Quarto where installed, else smalldocs), and look at every page in a browser
	python tools/docs.py
	python tools/try_page.py

pictures: $(READY) ## take the docs' pictures: screenshots of the running app and review, the home page's figure
	python tools/screenshots.py
	python tools/three_ways.py

docs-preview: docs ## serve the site on http://localhost:8000
	python -m http.server --bind 127.0.0.1 --directory _docs 8000

hooks: $(READY) ## install nbdev's git hooks (clean notebooks, readable merges)
	nbdev_install_hooks

release: .venv-release/.installed ## build the wheel and the sdist in dist/, and check them as PyPI will
	rm -rf dist build
	.venv-release/bin/python -m build --outdir dist .
	.venv-release/bin/python -m twine check --strict dist/*

.venv-release/.installed:
	test -x .venv-release/bin/python || $(PYTHON) -m venv .venv-release
	.venv-release/bin/python -m pip install --quiet --disable-pip-version-check 'build>=1.2,<2' 'twine>=6.1,<7'
	touch $@

bench: $(READY) .venv-bench/.installed ## collecting and training against others, and the pages' speed, into bench/results.json (PHOTOS=folder of your own)
	python bench/collect.py
	python bench/speed.py $(PHOTOS)
	python bench/scale.py
	python bench/apps.py
	python bench/apps_review.py
	$(if $(PHOTOS),python bench/accuracy.py $(PHOTOS))

# img2dataset wants other versions of what we use, so it lives in an environment of its own.
.venv-bench/.installed:
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check img2dataset==1.47.0
	touch $@

$(READY): settings.ini setup.py pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

clean: ## remove what was built, .venv excepted
	rm -rf _docs _proc out build dist *.egg-info
