.DEFAULT_GOAL := help
.PHONY: help setup test clean
PYTHON ?= python3
BIN := .venv/bin

help: ## Show the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /  /' | sort

.venv/.tests: setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $@

setup: .venv/.tests ## Make the virtual environment

test: setup ## Run the tests
	$(BIN)/python -m pytest

clean: ## Remove what the commands made
	rm -rf .venv
