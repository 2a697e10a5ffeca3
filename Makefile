# Needs Python 3.11 or newer with venv, and nothing else. `make run` and `make test` set up what they need.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench lock clean

help: ## say what there is
	@echo "make <target>, where <target> is one of:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-8s %s\n", $$1, $$2 }'
	@echo "PYTHON=… names the Python to set up with (now: $(PYTHON)). It must be 3.11 or newer."

setup: ## make .venv with everything in it; does nothing when that is done
	@PYTHON="$(PYTHON)" .ci/setup

run: setup ## open the tutor
	@$(BIN)/tutor

test: lint ## run every check and every test
	@.ci/readers
	$(BIN)/python -m pytest -m "not alone" --numprocesses auto --maxprocesses 4 --dist loadfile
	$(BIN)/python -m pytest -m alone tests/sandbox
	$(BIN)/tutor content

lint: setup ## check style, types and the contracts between the packages
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: setup ## measure speed and memory, each figure against a baseline of the same run
	@$(BIN)/python -m tests.bench

lock: setup ## write requirements.lock anew from pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check --quiet uv
	$(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra dev \
		--output-file requirements.lock pyproject.toml

clean: ## remove what can be made again (.venv too); the learner's own folder stays
	rm -rf .venv build dist snapshot_report.html .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find tutor lessons scenarios data tests -name __pycache__ -type d -prune -exec rm -rf {} +
