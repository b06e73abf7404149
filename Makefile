# The doors of the project. `make help` lists them. The work is done by the scripts in packaging/.
VENV ?= .venv
ifneq ($(words $(VENV)),1)
$(error VENV must name one folder without a space in its path, which make cannot handle; packaging/setup.sh can)
endif
BIN := $(VENV)/bin
SOURCES := ankleviewer trainer tests benchmarks packaging
NEEDS := pyproject.toml constraints.txt packaging/setup.sh packaging/system-libraries.sh
# GNU timeout, where there is one (macOS calls it gtimeout, if at all): $(call within,SECONDS) COMMAND
TIMEOUT := $(shell command -v timeout || command -v gtimeout)
within = $(if $(TIMEOUT),$(TIMEOUT) --foreground --signal=INT --kill-after=30 $(1))
export VENV
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run setup test lint check verify bench translations

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.viewer-ready  ## open the sample scan with its analysis (sets up what is missing)
	@bash packaging/run.sh

setup: $(VENV)/.developer-ready  ## make .venv with everything that the gate and the trainer need

test: setup  ## the gate: lint, types, import contracts, tests
	@$(MAKE) --no-print-directory check
	$(call within,1500) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: setup  ## the gate without the tests
	@$(MAKE) --no-print-directory check

check:
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(call within,600) $(BIN)/mypy
	$(call within,120) $(BIN)/lint-imports

verify: setup  ## the long proofs (tests marked long); writes docs/verification.md with date and figures
	$(BIN)/python packaging/verify.py

translations: setup  ## read new strings into the translations, name what is left to translate, compile
	@$(BIN)/python packaging/translations.py

bench: setup  ## our speed beside that of named peers
	@$(BIN)/python -c 'from importlib.util import find_spec as f; assert all(map(f, ("SimpleITK", "monai", "openvino")))' 2>/dev/null || $(BIN)/python -m pip install --quiet --no-input --editable '.[trainer,dev,bench]' -c constraints.txt
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.viewer
	$(BIN)/python -m benchmarks.explained
	$(BIN)/python -m benchmarks.scan_to_boxes
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.training_loops

# A marker names the checkout and the environment that it was written for; in one that was moved or copied it does not hold.
HERE := $(shell pwd -P; cd "$(VENV)" 2>/dev/null && pwd -P)
written = $(shell cat "$(VENV)/.$(1)-ready" 2>/dev/null)
ifneq "$(call written,viewer)" "$(HERE)"
$(VENV)/.viewer-ready: elsewhere
endif
ifneq "$(call written,developer)" "$(HERE)"
$(VENV)/.developer-ready: elsewhere
endif
.PHONY: elsewhere
elsewhere: ;

$(VENV)/.viewer-ready: $(NEEDS)
	@bash packaging/setup.sh viewer

$(VENV)/.developer-ready: $(NEEDS)
	@bash packaging/setup.sh developer
