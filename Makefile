# Every verb of the house. `make help` lists them.
SHELL := /bin/bash
PY := .venv/bin/python
export UV_SYSTEM_CERTS ?= 1
JOBS ?= 2
# six processes of its own: it has the machine for itself
TRIAL := tests/integration/jobs/test_trial.py

.DEFAULT_GOAL := help
.PHONY: help run demo test check unit integration house e2e bench clock browser catalogues messages requirements clean wheel

help:            ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# ---- environments: one stamp for running, one for testing --------------------------------------------------------
.venv/bin/python:
	python3 -m venv .venv
	.venv/bin/python -m pip install -q uv || true

define install
	@if [ -x .venv/bin/uv ]; then .venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r $(1); \
	else .venv/bin/python -m pip install -q --require-hashes -r $(1); fi
	@echo "$(CURDIR)/src" > "$$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/portfolio_source.pth"
endef

.venv/run.stamp: requirements/run.txt | .venv/bin/python
	$(call install,requirements/run.txt)
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	$(call install,requirements/dev.txt)
	@touch $@

PO := src/portfolio/locale/es/LC_MESSAGES/messages.po src/portfolio/locale/pt/LC_MESSAGES/messages.po
MO := $(PO:.po=.mo)

%.mo: %.po | .venv/run.stamp
	$(PY) -m babel.messages.frontend -q compile -i $< -o $@

catalogues: $(MO)  ## compile the catalogues

messages: .venv/run.stamp  ## extract new sentences into the catalogues
	$(PY) -m babel.messages.frontend -q extract -F babel.cfg -k _ -k N_ -k ngettext:1,2 -k pgettext:1c,2 -k NP_:1c,2 --no-location --sort-output --omit-header -o var/messages.pot .
	$(PY) scripts/update_catalogues.py var/messages.pot

# ---- the product --------------------------------------------------------------------------------------------------
PORT ?= 8000
run: export PORTFOLIO_BASE_URL ?= http://127.0.0.1:$(PORT)
run: .venv/run.stamp catalogues  ## serve the demonstration (PORT=8000); makes the environment and the database on the first run
	$(PY) -m portfolio demo
	$(PY) -m portfolio serve --port $(PORT)

# ---- proof --------------------------------------------------------------------------------------------------------
browser:         ## find the system's Chromium, or install it
	@if command -v chromium chromium-browser google-chrome >/dev/null 2>&1; then \
	  echo "browser: $$(command -v chromium chromium-browser google-chrome | head -n 1)"; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "browser: installing Debian's chromium"; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	else \
	  echo "browser: downloading Playwright's Chromium"; $(PY) -m playwright install chromium; fi

check: .venv/dev.stamp catalogues  ## ruff, mypy, import contracts, templates
	$(PY) -m ruff check src tests bench scripts migrations
	$(PY) -m ruff format --check -q src tests bench scripts migrations
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet

unit: .venv/dev.stamp catalogues  ## rules and pure functions, no database
	$(PY) -m pytest tests/unit -n $(JOBS)

integration: .venv/dev.stamp catalogues  ## queries, actions, routes on SQLite and PostgreSQL
	$(PY) -m pytest tests/integration -n $(JOBS) --ignore=$(TRIAL)
	$(PY) -m pytest $(TRIAL)

house: .venv/dev.stamp catalogues  ## the code base's own rules
	$(PY) -m pytest tests/house

e2e: .venv/dev.stamp catalogues browser  ## a real browser, with and without JavaScript
	$(PY) -m pytest tests/e2e

test: check browser  ## everything
	$(PY) -m pytest tests/unit tests/integration tests/house -n $(JOBS) --ignore=$(TRIAL)
	$(PY) -m pytest $(TRIAL)
	$(PY) -m pytest tests/e2e

bench: .venv/dev.stamp catalogues  ## measurements, as ratios of one run
	$(PY) -m bench

clock: .venv/dev.stamp  ## six job processes, killed and paused, over seven simulated days
	$(PY) -m bench.clock

wheel: .venv/dev.stamp catalogues  ## build the wheel into dist/
	$(PY) -m build --wheel --no-isolation -o dist .

requirements: .venv/bin/python  ## pin requirements again, with hashes and without addresses
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.txt
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -c requirements/run.txt -o requirements/dev.txt

clean:           ## remove what was made
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache $(MO)
