# Everything from nothing but Python 3.11+ and make. A second call of a finished step does nothing.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATA_DIR ?= var
# 3.11 and 3.12 first: the embedded Redis has a wheel for them; newer ones need a redis-server on the PATH.
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && { echo $$p; exit; }; done; \
	for p in python3 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done)
# A user without a home of their own has no place for a cache either.
CACHE := $(shell test -w "$${XDG_CACHE_HOME:-$$HOME}" || echo --no-cache-dir)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet $(CACHE)
SOURCES := treffpunkt shared services tests

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test check format faults looks bench requirements audit clean

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

install: $(VENV)/.installed ## the virtual environment and the command .venv/bin/treffpunkt

install-dev: $(VENV)/.installed-dev ## the same with everything that checks and tests need

run: $(VENV)/.installed ## everything, with demo data (PORT=8000 DATA_DIR=var)
	@exec $(BIN)/treffpunkt up --demo --port $(PORT) --data-dir $(DATA_DIR)

test: $(VENV)/.installed-dev ## all tests but faults, looks and benchmarks (ARGS="-k word")
	@exec $(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.installed-dev ## lint, format, types, import direction
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## put the sources in shape
	@$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

faults: $(VENV)/.installed-dev ## kill, pause, flush and cut, then check that nothing was lost or doubled
	@exec $(BIN)/python -m pytest -m faults $(ARGS)

looks: $(VENV)/.installed-dev ## every page under axe-core, in every language, width and scheme
	@exec $(BIN)/python -m pytest -m looks $(ARGS)

bench: $(VENV)/.installed-dev ## measured ratios; never fails
	@exec $(BIN)/python -m tests.benchmarks $(ARGS)

requirements: $(VENV)/.installed-dev ## write the pinned requirements anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --output-file requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

audit: $(VENV)/.installed-dev ## known weaknesses of the pinned requirements (asks the public index; fails where it cannot)
	$(BIN)/uv tool run --quiet pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.txt

clean: ## remove the virtual environment and caches; data folders stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found on the PATH." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null \
		|| { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip 2>/dev/null; } \
		|| { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment: its venv module (package python3-venv) is missing." >&2; exit 1; }

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "installing the pinned requirements into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "installing what checks and tests need into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
