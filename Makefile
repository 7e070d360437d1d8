# make demo    run the main job on samples/
# make test    pass the tests
# make lint    ruff, mypy, import contracts
# make test-interop   load artifacts into other libraries (promptfoo, DSPy, mlcroissant, ...), in environments of their own
# make test-trainers  hold an export against TRL, transformers, megatron-core and MosaicML's reader
# make test-review    review in a real Argilla server, in a real browser if Chromium is there
# make bench   time every hot path beside a peer, on 100,000 rows (ROWS=1000000 for more)
# Each makes .venv by itself; nothing but git, make and Python 3.11+ is needed.
PYTHON ?= python3
BIN := .venv/bin
ROWS ?= 100000
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test test-interop test-trainers test-review lint bench clean

demo: .venv/.ready
	$(BIN)/curator run recipes/messages.yaml

test: .venv/.ready-test
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

test-interop: .venv/.ready-test .venv-interop/.ready
	CURATOR_INTEROP=.venv-interop $(BIN)/pytest tests/interop

test-trainers: .venv/.ready-test .venv-trainers/.ready
	CURATOR_TRAINERS=.venv-trainers $(BIN)/pytest tests/trainers

test-review: .venv-review/.ready
	.venv-review/bin/pytest tests/review

lint: .venv/.ready-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.ready-bench .venv-trainers/.ready
	CURATOR_TRAINERS=.venv-trainers $(BIN)/python -m benchmarks --rows $(ROWS)

.venv/.ready: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed (PYTHON=path/to/python3 make ...)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: $$($(PYTHON) --version)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing into .venv (about 700 MB, once) ..."
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --editable ".[docs,train,review]"
	@touch $@

.venv/.ready-%: .venv/.ready
	@$(BIN)/python -m pip install --quiet --group $*
	@touch $@

.venv-interop/.ready: tests/interop/install.sh tests/interop/requirements.txt tests/interop/package.json
	@tests/interop/install.sh $(@D) $(PYTHON)
	@touch $@

.venv-trainers/.ready: tests/trainers/install.sh $(wildcard tests/trainers/requirements*.txt)
	@tests/trainers/install.sh $(@D) $(PYTHON)
	@touch $@

.venv-review/.ready: pyproject.toml
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@echo "installing into $(@D) (about 1.2 GB, once) ..."
	@$(@D)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	@$(@D)/bin/python -m pip install --quiet --editable ".[train,review,review-server]" --group test --group browser
	@touch $@

clean:
	rm -rf build dist .venv .venv-*
