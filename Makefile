# For GNU make from 3.81 (macOS) on and any POSIX sh.

PYTHON = python3.13 python3.12 python3.11 python3# the first that fits is taken
UV = uv
LABEL_STUDIO = 1.23.2
# What scripts/engines.sh installs by itself: no lock says which build of it fits a machine.
UNLOCKED = torch sympy mpmath networkx

BIN = .venv/bin
PIP = $(BIN)/python -m pip install --disable-pip-version-check --quiet
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

.PHONY: help setup demo test lint test-alone test-studio test-engines docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: .venv/setup.stamp ## make .venv and install the project there (PYTHON=... to choose one)

demo: setup ## run the whole way on the samples
	$(BIN)/annotate demo

test: lint test-alone test-studio test-engines ## lint, types and all tests; "make -j2 test" does two at a time

lint: .venv/test.stamp ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-alone: .venv/test.stamp ## the tests without a server
	$(BIN)/pytest -m "not server and not browser"

test-studio: .venv/test.stamp ## the tests with Label Studio and a browser
	sh scripts/browser.sh
	$(BIN)/pytest -m "server or browser"

test-engines: .venv-engines/test.stamp ## the tests of the engines, in an environment of their own
	.venv-engines/bin/pytest tests/engines

docs: export NO_MKDOCS_2_WARNING = 1
docs: .venv/test.stamp ## build the documentation in site/
	$(BIN)/mkdocs build --strict

lock: ## compile the locks again from pyproject.toml (needs uv)
	$(COMPILE) pyproject.toml --extra cas --extra datasets \
		--group build --group test --group docs -o locks/dev.lock
	$(COMPILE) pyproject.toml --group build -c locks/dev.lock -o locks/annotate.lock
	echo "torch; sys_platform == 'none'" | $(COMPILE) pyproject.toml \
		--extra transformers --extra gliner --extra llm \
		--group build --group engines -c locks/annotate.lock --override - \
		$(UNLOCKED:%=--no-emit-package %) -o locks/engines.lock
	echo "label-studio==$(LABEL_STUDIO)" | $(COMPILE) - -o annotate/studio/label-studio.lock

clean: ## remove what make made
	rm -rf .venv .venv-engines site dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/setup.stamp: locks/annotate.lock pyproject.toml
	@test -x $(BIN)/pip || sh scripts/venv.sh $(PYTHON)
	$(PIP) --require-hashes -r locks/annotate.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test.stamp: .venv/setup.stamp locks/dev.lock
	$(PIP) --require-hashes -r locks/dev.lock
	@touch $@

.venv-engines/test.stamp: .venv/setup.stamp locks/engines.lock scripts/engines.sh
	sh scripts/engines.sh
	@touch $@
