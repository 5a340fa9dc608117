# One line a command; `make` alone lists them. Set-up happens by itself: once, and again when a lock file changes.
# KLANKBORD_HOME, KLANKBORD_PORT, DATA and RUN may be given on the command line or in the environment.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory
export DATA RUN KLANKBORD_HOME KLANKBORD_PORT

VENV := .venv
PYTHON := $(VENV)/bin/python
READY_TO_RUN := $(VENV)/ready-to-run
READY_TO_DEVELOP := $(VENV)/ready-to-develop
PYTEST := $(PYTHON) -m pytest
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml

.PHONY: help run demo test check bench proof openapi migration images lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: $(READY_TO_RUN) ## start everything: database, mail, three services; Ctrl-C stops it  [KLANKBORD_HOME= KLANKBORD_PORT=]
	@$(PYTHON) -m deploy.embedded --stop-with-parent

demo: $(READY_TO_RUN) ## play one organisation's measurement and check every figure  [DATA=folder RUN=run.json]
	@$(PYTHON) -m deploy.demo

test: $(READY_TO_DEVELOP) ## all tests, the long proofs at a twentieth of their size  [ARGS=]
	@$(PYTEST) -n 2 -m "not proof" $(ARGS)

proof: $(READY_TO_DEVELOP) ## the bars at full size: takes hours  [ARGS=]
	@$(PYTEST) -m proof $(ARGS)

bench: $(READY_TO_DEVELOP) ## speed beside plain alternatives, as a table and in KLANKBORD_HOME/bench.json
	@$(PYTHON) -m tests.load.bench

check: $(READY_TO_DEVELOP) ## lint, types, layers, contracts, migrations, manifests
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy --strict services deploy tests cli
	@$(VENV)/bin/lint-imports
	@$(PYTEST) -q -p no:cacheprovider tests/conventions tests/contracts/test_event_examples.py
	@$(PYTHON) -m deploy.checks

openapi: $(READY_TO_DEVELOP) ## write openapi/*.yaml from the code
	@for service in survey analytics notification; do \
		$(PYTHON) -m services.$$service openapi > openapi/$$service.yaml.new \
		&& mv openapi/$$service.yaml.new openapi/$$service.yaml || exit 1; done

migration: $(READY_TO_DEVELOP) ## draft a migration from the tables  SERVICE=survey NAME="what changes"
	@$(PYTHON) -m deploy.checks.migrations draft "$(SERVICE)" "$(NAME)"

images: ## build the container images
	docker compose --file deploy/compose.yaml --profile demo build

lock: $(READY_TO_DEVELOP) ## resolve pyproject.toml anew into the three lock files
	@$(PYTHON) -m pip install --quiet uv
	@$(LOCK) --all-extras --output-file requirements-dev.lock
	@$(LOCK) --extra demo --extra cli --constraint requirements-dev.lock --output-file requirements-run.lock
	@$(LOCK) --constraint requirements-dev.lock --output-file requirements.lock

# The first Python that is new enough, under whatever name it has.
$(PYTHON):
	@for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "setting up $(VENV) with $$($$python --version)"; \
			$$python -m venv $(VENV) && exit 0; \
			rm -rf $(VENV); echo "$$python cannot make a virtual environment; on Debian: apt install python3-venv" >&2; exit 1; \
		fi; done; echo "Klankbord needs Python 3.11 or newer" >&2; exit 1

$(READY_TO_RUN): requirements-run.lock | $(PYTHON)
	@echo "installing what Klankbord runs on (once)"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-run.lock
	@touch $@

$(READY_TO_DEVELOP): requirements-dev.lock | $(PYTHON)
	@echo "installing what the tests and checks need (once)"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@ $(READY_TO_RUN)
