# Countersign: `make run` to see it, `make test` to trust it. Needs Python 3.11 or newer, pip, make and git.
#
# uv installs the hashed lock in seconds; where uv cannot be had, pip installs the same lock. Neither reads the other's
# settings, so an index set for pip (PIP_INDEX_URL) is passed on to uv.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: install install-dev run test journeys lint lock bench storms clean help

# The system's own build of the same Python, if it is whole: distributions build theirs with profile-guided optimisation, and one compiled without it (as
# pyenv does, unless told) takes 1.5 times as long for the same loop, and 10 % more CPU for a letter. `make PYTHON=python3` has it otherwise.
PYTHON ?= $(shell version() { $$1 -c 'import sys, ensurepip, pip, sqlite3, ssl; print(sys.version_info[:2])' 2>/dev/null; }; \
  [ "$$(version /usr/bin/python3 || echo none)" = "$$(version python3)" ] && echo /usr/bin/python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
UV := .tools/bin/uv
EXPORTS := --python-version 3.11 --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate --quiet

export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := # what is compiled is kept: else every process that is started spends two seconds on it anew
export PATH := $(CURDIR)/$(BIN):$(PATH)
ifneq ($(PIP_INDEX_URL),)
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

$(UV):
	@$(PYTHON) -m pip install --quiet --root-user-action=ignore --target .tools 'uv>=0.13,<0.14' || echo 'uv is not to be had here: using pip instead.'

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(MAKE) --no-print-directory --silent $(UV)
	@if [ -x $(UV) ] && \
	  $(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	  $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
	  $(UV) pip install --quiet --python $(BIN)/python --no-deps -e .; \
	then :; else \
	  echo 'uv could not install the lock: pip does it.'; \
	  $(PYTHON) -m venv --clear $(VENV) && \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --no-deps -e .; \
	fi
	@rm -f $(VENV)/.installed-dev && touch $@

$(VENV)/.installed-dev: $(VENV)/.installed dev.lock
	@if [ -x $(UV) ]; then $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r dev.lock; \
	else $(BIN)/python -m pip install --quiet --require-hashes -r dev.lock; fi
	@touch $@

install: $(VENV)/.installed ## the hashed lock into .venv
install-dev: $(VENV)/.installed-dev ## the same, with the checkers

run: install ## the whole product on http://localhost:8000, with a story to walk into
	@$(BIN)/countersign demo prepare
	@exec $(BIN)/honcho start

ifneq ($(wildcard /dev/shm/.),) # tests keep their files in memory where they can: no test cuts the power
test journeys: export PYTEST_DEBUG_TEMPROOT ?= /dev/shm
endif
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder
test: install ## every short test this machine can run, within five minutes; what it skips is printed with the reason
	@$(PYTEST) -m 'not long' $(TESTS)

journeys: install ## the long tests: attacks in Chromium, the whole line, kills, brokers
	@$(PYTEST) -m long $(TESTS)

lint: install-dev ## style, types, floors, templates, spelling, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check templates
	$(BIN)/djlint --lint templates
	$(BIN)/codespell
	$(BIN)/countersign database check

lock: $(UV) ## requirements.lock (run, extras, test) and dev.lock (those and the checkers), from pyproject.toml
	@$(UV) pip compile $(EXPORTS) --all-extras --group test pyproject.toml -o requirements.lock
	@$(UV) pip compile $(EXPORTS) --all-extras --group test --group dev -c requirements.lock pyproject.toml -o dev.lock
	@! grep -nE 'https?://' requirements.lock dev.lock

bench: install ## the benchmarks this commit has not played yet; their figures go into BENCHMARKS.md and DELIVERY.md in tests/benchmarks
	@status=0; for part in bench growth delivery; do $(BIN)/python -m tests.benchmarks.$$part || status=1; done; exit $$status

storms: install ## the long drills this commit has not played yet; their figures go into STORMS.md and MATRIX.md in tests/processes
	@status=0; for part in storms matrix; do $(BIN)/python -m tests.processes.$$part || status=1; done; exit $$status

clean: ## everything that was made here, the demo data too
	@rm -rf $(VENV) .tools .data build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
