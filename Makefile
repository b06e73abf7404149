# The doors of the project. `make help` lists them. The work is done by the scripts in packaging/.
VENV ?= .venv
BIN := $(VENV)/bin
SOURCES := ankleviewer trainer tests benchmarks packaging
NEEDS := pyproject.toml constraints.txt packaging/setup.sh packaging/system-libraries.sh
export VENV
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run setup test lint check verify bench

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.viewer-ready  ## open the sample scan with its analysis (sets up what is missing)
	@bash packaging/run.sh

setup: $(VENV)/.developer-ready  ## make .venv with everything that the gate and the trainer need

test: setup  ## the gate: lint, types, import contracts, tests
	@$(MAKE) --no-print-directory check
	timeout --signal=INT --kill-after=30 1500 $(BIN)/python -m pytest

lint: setup  ## the gate without the tests
	@$(MAKE) --no-print-directory check

check:
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	timeout 600 $(BIN)/mypy
	timeout 120 $(BIN)/lint-imports

verify: setup  ## the long proofs (tests marked long); writes docs/verification.md with date and figures
	$(BIN)/python packaging/verify.py

bench: setup  ## our speed beside that of named peers
	@$(BIN)/python -c 'import SimpleITK' 2>/dev/null || $(BIN)/python -m pip install --quiet --no-input --editable '.[trainer,dev,bench]' -c constraints.txt
	$(BIN)/python -m benchmarks

$(VENV)/.viewer-ready: $(NEEDS)
	@bash packaging/setup.sh viewer

$(VENV)/.developer-ready: $(NEEDS)
	@bash packaging/setup.sh developer
