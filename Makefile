# Everything one does with a checkout of Pantau MPP. `make` alone explains itself.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON  ?= python3
WORKERS ?= 2
DEMO    ?=
VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
PYTEST  := $(BIN)/python -m pytest
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
           --generate-hashes --no-emit-index-url --no-header --no-annotate

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help setup system demo test test-slow lint format bench docs lock clean distclean

help: ## this list
	@echo "Pantau MPP. Two commands to begin with: make demo, make test."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PYTHON=python3.12 chooses the interpreter (3.11 or newer), WORKERS=1 runs the tests one by one,"
	@echo "  DEMO='--port 8600' goes to pantau demo, PANTAU_TEST_STRICT=1 turns a skipped test into a failed one."

setup: $(STAMP) ## make .venv from the lock (again only when the lock or pyproject.toml changed)

$(STAMP): requirements.lock requirements-dev.lock pyproject.toml .ci/venv
	@.ci/venv "$(PYTHON)" "$(VENV)"
	@touch $@

system: ## install the programs that tests start: Chromium, PostgreSQL, Java, Prometheus (root on Debian)
	@.ci/system

demo: setup ## a simulated year of all regions, imported, ranked, on a dashboard on this machine
	$(BIN)/pantau demo $(DEMO)

test: setup system ## all tests but the slow ones, on WORKERS processes; those that measure run alone, afterwards
	$(PYTEST) -n $(WORKERS) --dist loadfile -m "not slow and not serial"
	$(PYTEST) -m "serial and not slow" || test $$? -eq 5  # 5: no such test

test-slow: setup system ## the tests that take minutes
	$(PYTEST) -m slow

lint: setup ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## let ruff format and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## every benchmark; the last line of each is one JSON object
	@failed=0; for module in benchmarks/[a-z]*.py; do \
		name="$$(basename "$$module" .py)"; \
		[ "$$name" = measure ] && continue; \
		echo "== $$name"; $(BIN)/python -m "benchmarks.$$name" || failed=1; \
	done; exit $$failed

docs: setup ## write the generated pages of docs/reference anew
	$(BIN)/python -m tests.architecture.reference

lock: setup ## resolve the dependencies anew, for every Python from 3.11 and every platform; no address inside
	$(COMPILE) --upgrade --group dev --extra spark --output-file requirements-dev.lock
	$(COMPILE) --group build --constraints requirements-dev.lock --output-file requirements.lock

clean: ## remove caches and build products; .venv and var (your data) stay
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache spark-warehouse \
		metastore_db derby.log
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -exec rm -rf {} +

distclean: clean ## clean, and remove .venv as well
	rm -rf $(VENV)
