.DEFAULT_GOAL := help
.PHONY: help run setup test test-long check figures bench lock clean
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# The first Python that is new enough; name another with `make run PYTHON=/path/to/python`.
PYTHON ?= $(shell for one in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
BIN := .venv/bin
FRONTEND := webapp/frontend
WORKERS ?= auto

help: ## Show the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name words; do printf '  make %-10s %s\n' "$$name" "$$words"; done

run: .venv/.run webapp/static/manifest.json ## Set everything up and serve the site with demo data
	@exec $(BIN)/dps run

setup: .venv/.test webapp/static/manifest.json ## Install what working on the code needs, and build the front end

test: setup check ## Check the code, run the tests and print the figures
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not long"
	@$(BIN)/python -m tests.figures --class test

test-long: setup check ## The same with everything that takes long
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
	@$(BIN)/python -m tests.figures --class test --class long

check: .venv/.test ## Check style, types and imports
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python .ci/check_imports.py

figures: setup ## Print every figure that exists, those of the benchmarks too
	@$(BIN)/python -m tests.figures

bench: setup ## Print the figures of speed, as ratios of interleaved runs
	@$(BIN)/python -m tests.figures --class bench

lock: ## Work out the lock files again after a change of setup.cfg (needs uv)
	@.ci/lock

clean: ## Remove what the commands made, but not the data in var/
	@rm -rf .venv .hypothesis .mypy_cache .ruff_cache .import_linter_cache *.egg-info build webapp/static $(FRONTEND)/node_modules
	@find models workflows webapp tests -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@.ci/environment create "$(PYTHON)"

.venv/.run: .ci/requirements.lock setup.cfg pyproject.toml | $(BIN)/python
	@.ci/environment install .ci/requirements.lock
	@touch $@

.venv/.test: .ci/requirements-test.lock setup.cfg pyproject.toml | $(BIN)/python
	@.ci/environment install .ci/requirements-test.lock
	@touch .venv/.run $@

$(FRONTEND)/node_modules/.package-lock.json: $(FRONTEND)/package.json $(FRONTEND)/package-lock.json $(FRONTEND)/.npmrc | $(BIN)/python
	@echo "Fetching the parts of the front end"
	@.ci/with-node npm ci --loglevel=error --no-progress >/dev/null
	@touch $@

webapp/static/manifest.json: $(FRONTEND)/node_modules/.package-lock.json $(FRONTEND)/build.mjs $(wildcard $(FRONTEND)/src/* $(FRONTEND)/src/editors/*)
	@.ci/with-node npm run --silent build
