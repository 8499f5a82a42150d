# Taleloom. `make demo` runs the bot in the browser, `make run` runs it on Discord; each target sets up what it needs.

PYTHON ?= python3
PY := .venv/bin/python
SETUP := $(PYTHON) tools/setup.py

define CHECKS
$(PY) -m ruff format --check .
$(PY) -m ruff check .
$(PY) -m mypy
.venv/bin/lint-imports
.venv/bin/hadolint Dockerfile
endef

.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint format bench texts lock

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | while IFS="$$(printf '\t')" read -r name what; do printf 'make %-8s %s\n' "$$name" "$$what"; done

setup: ## create .venv with everything locked
	@$(SETUP) base demo torch dev

demo: ## run the bot in the browser: no token, no Discord
	@$(SETUP) base demo
	@$(PY) -m bot demo

run: ## run the bot on Discord; the token comes from the environment or .env
	@$(SETUP) base torch
	@$(PY) -m bot run

lint: ## check format, style, types, the direction of imports, and the Dockerfile
	@$(SETUP) base demo torch dev
	$(CHECKS)

test: ## run every check, then the tests with coverage
	@$(SETUP) base demo torch dev browser
	$(CHECKS)
	$(PY) -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal --cov --cov-report=term-missing:skip-covered

format: ## put the code into its format, and mend what can be mended
	@$(SETUP) base demo torch dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: ## measure the bot under load, and the stories that it writes
	@$(SETUP) base demo
	$(PY) -m bot bench bot
	$(PY) -m bot bench stories

texts: ## bring the message catalogues up to date with the code
	@$(SETUP) base dev
	$(PY) tools/update_catalogues.py

lock: ## lock every version again; `make lock UPGRADE=1` takes the newest
	$(PYTHON) tools/lock.py $(if $(UPGRADE),--upgrade)
