# Needs Python 3.11 or newer and make; everything else is set up here, by hash, into this folder.
# Variables, by command line or environment: PORT, DATA_DIR, DATABASE_URL, REDIS_URL, DEMO_PASSWORD, ARGS.

PYTHON ?= python3
VENV := .venv/bin
ARGS ?=
TEST_WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: backup restore sbom help setup demo test check bench fuzz chaos contract messages lock clean base dev

help: ## List the targets
	@$(PYTHON) tools/targets.py Makefile

setup: dev base ## Install everything for work on the code

demo: base ## Run the whole system with its demo story (PORT=8000)
	@exec $(VENV)/python manage.py up

test: dev ## Run the tests on throw-away services (ARGS="-k word")
	@exec $(VENV)/python manage.py with_services -- $(VENV)/python -m pytest -n $(TEST_WORKERS) $(ARGS)

check: dev ## Run every gate: style, types, floors, templates, migrations, assets
	@exec $(VENV)/python -m tools.check $(ARGS)

bench: dev base ## Measure; one JSON object a line (ARGS="name ...")
	@exec $(VENV)/python manage.py with_services --postgres shared_buffers=1GB -- $(VENV)/python -m bench $(ARGS)

fuzz: dev ## Send 200 made-up requests to every operation with three tokens (ARGS="-k part0", EXAMPLES=200)
	@exec $(VENV)/python manage.py with_services -- env API_FUZZ_EXAMPLES=$(or $(EXAMPLES),200) \
		$(VENV)/python -m pytest tests/api/test_fuzz.py -n 0 -q -s $(ARGS)

chaos: dev base ## Kill and freeze every part under load, then count again (ARGS="--minutes 3 --seed 7")
	@exec $(VENV)/python -m chaos $(ARGS)

contract: dev ## Renew the listing of the REST contract, its changelog entry and the error catalogue
	@DJANGO_SETTINGS_MODULE=salescrm.settings.test $(VENV)/python manage.py contract

backup: base ## Save database and files into one file (ARGS=folder)
	@exec $(VENV)/python manage.py backup $(ARGS)

restore: base ## Check a backup and load it into an empty database (FILE=...)
	@exec $(VENV)/python manage.py restore $(FILE) $(ARGS)

sbom: base ## Write what the product is made of, as CycloneDX, from the locks
	@exec $(VENV)/python -m tools.sbom

messages: dev ## Collect the interface's texts into locale/ and compile them
	@$(VENV)/python -m tools.messages extract
	@$(VENV)/python -m tools.messages compile

lock: dev ## Renew the locks after a change of requirements/*.in (ARGS="--upgrade")
	@$(VENV)/python -m tools.lock $(ARGS)

clean: ## Remove what was built; the demo's data in .data stays
	@rm -rf .venv staticfiles assets/dist assets/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

base:
	@$(PYTHON) tools/bootstrap.py base

dev:
	@$(PYTHON) tools/bootstrap.py dev
