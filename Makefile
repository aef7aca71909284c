# The two commands of the README: `make demo` and `make test`. Both set up what they need, and do so only once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
TOOLS := .tools
UV := PYTHONPATH=$(TOOLS) $(PYTHON) -m uv
RUN := $(VENV)/bin/python
LOCK := requirements/lock.txt
READY := $(VENV)/.ready

# Weights for development: the folder beside the checkout, where there is one and no other is named.
ifndef LESSONPROOF_MODELS
ifneq ($(wildcard ../shared/models/.),)
export LESSONPROOF_MODELS := $(abspath ../shared/models)
endif
endif

.PHONY: help setup demo test lint lock clean

help: ## Print the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(READY) ## Install everything that is needed, from the lock, into .venv

$(READY): $(LOCK) requirements/uv.txt pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" TOOLS="$(TOOLS)" LOCK="$(LOCK)" bash scripts/setup.sh
	@touch $(READY)

demo: setup ## Render a lesson with known edits, verify it, and say where the report lies
	@$(RUN) -m benchmarks.demo --out out/demo $(DEMO_OPTIONS)

test: setup ## Lint, type-check and run all tests
	@$(MAKE) --no-print-directory lint
	@$(RUN) -m pytest $(TEST_OPTIONS)

lint: setup ## Ruff and mypy --strict
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

lock: ## Resolve the lock again (needs uv in .tools: run `make setup` first)
	@bash scripts/lock.sh

clean: ## Remove what the targets made
	rm -rf $(VENV) $(TOOLS) out .mypy_cache .pytest_cache .ruff_cache .hypothesis
