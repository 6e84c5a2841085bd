# `make help` lists the targets. Needed: Python 3.11 to 3.13 with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEER := .venv-bench
DEMO := build/demo
PIP := -m pip --disable-pip-version-check -qq

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv demo test check bench format pins clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-8s %s\n' "$$name" "$$text"; done
	@echo '  PYTHON=python3.12 chooses the interpreter.'

# $(1) is a folder: a new virtual environment there, whatever stood there before.
define new_venv
@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	echo "tracker needs Python 3.11, 3.12 or 3.13, and '$(PYTHON)' is" \
		"$$($(PYTHON) -V 2>/dev/null || echo not there). Try: make PYTHON=python3.12 ..." >&2; exit 2; }
@echo 'building $(1) with $(PYTHON)'
@$(PYTHON) -m venv --clear $(1)
endef

# Two stamps, so that a change of pyproject.toml alone does not install everything again.
$(VENV)/.requirements: requirements/dev.txt
	$(call new_venv,$(VENV))
	@$(BIN)/python $(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.project: $(VENV)/.requirements pyproject.toml
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation --editable .
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q tracker
	@touch $@

$(PEER)/.requirements: requirements/bench.txt
	$(call new_venv,$(PEER))
	@$(PEER)/bin/python $(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@

venv: $(VENV)/.project ## build .venv from the pinned requirements

# One command of the demonstration: shown, then run. Exit code 1 means "done, and a person should look": go on.
show = @printf '\n$$ tracker %s\n' '$(1)'; $(BIN)/tracker $(1) || [ $$? -eq 1 ]

demo: export TRACKER_CONFIG := config.toml
demo: export TRACKER_DATABASE := sqlite:///$(DEMO)/tracker.db
demo: venv ## read the seed document and show what it obliges whom to do, and until when
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	$(call show,ingest seeds/ningbo-reform-pilots-2018/document.txt --as-of 2018-08-31)
	$(call show,list --as-of 2018-11-05)
	$(call show,digest --agency 市住建委 --as-of 2018-11-05)
	$(call show,export ics -o $(DEMO)/tracker.ics)

test: venv ## run the tests (minutes at most)
	$(BIN)/python -m pytest --quiet --numprocesses auto

check: venv ## lint, format, types and the slow tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --quiet -m slow --timeout 900

bench: venv $(PEER)/.requirements ## measure speed, beside JioNLP in an environment of its own
	TRACKER_BENCH_PEER=$(PEER)/bin/python $(BIN)/python bench/run.py

format: venv ## put the code into ruff's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILE := build/pins/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url

pins: ## compile requirements/*.txt anew (UPGRADE=1: take the newest releases)
	$(call new_venv,build/pins)
	@build/pins/bin/python $(PIP) install uv
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra postgres -o requirements/run.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra postgres --extra chat -c requirements/run.txt \
		-o requirements/chat.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra postgres --extra dask --extra chat --extra png requirements/dev.in \
		-c requirements/run.txt -o requirements/dev.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) requirements/bench.in -o requirements/bench.txt

clean: ## remove everything that make has built
	rm -rf $(VENV) $(PEER) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov
	find tracker tests migrations bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
