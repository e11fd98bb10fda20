# Every target makes its own virtual environment when there is none. Needs Python 3.11 to 3.13, make and a package registry.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] < (3,14))' 2>/dev/null && { echo $$p; break; }; done)
RUN := .venv-run
DEV := .venv
BENCH := .venv-bench
STAMP := .customer-hub
unexport PYTHONDONTWRITEBYTECODE # the tests start the hub hundreds of times
PIP := -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test check bench crash dev clean
help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

define setup # folder, requirement files, words
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none was found; name one with PYTHON=..."; exit 2; }
	@echo "Setting up $(1) ($(3)) with $(PYTHON): once, a minute or two on a first run ..."
	@start=$$(date +%s); rm -rf $(1); $(PYTHON) -m venv $(1) \
	&& $(1)/bin/python $(PIP) --require-hashes $(foreach file,$(2),-r $(file)) \
	&& $(1)/bin/python $(PIP) --no-deps --no-build-isolation -e . \
	&& touch $(1)/$(STAMP) && echo "Set up in $$(( $$(date +%s) - start )) s."
endef

$(RUN)/$(STAMP): requirements/runtime.txt requirements/build.txt pyproject.toml
	$(call setup,$(RUN),requirements/runtime.txt requirements/build.txt,what the hub needs to run)

$(DEV)/$(STAMP): requirements/runtime.txt requirements/dev.txt pyproject.toml
	$(call setup,$(DEV),requirements/dev.txt,the hub and its tools for developers)

demo: $(RUN)/$(STAMP) ## the whole story on this machine: five systems, one golden record each, and back out
	@$(RUN)/bin/hub demo --dir demo

dev: $(DEV)/$(STAMP) ## an environment for developers in .venv
	@echo "Ready: source $(DEV)/bin/activate"

test: $(DEV)/$(STAMP) ## the tests, on SQLite and on a PostgreSQL that they start themselves
	@$(DEV)/bin/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

check: $(DEV)/$(STAMP) ## style, types, floors, dependencies, generated pages, the wheel
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports
	$(DEV)/bin/deptry .
	DAGSTER_DISABLE_TELEMETRY=1 $(DEV)/bin/python -W ignore -m dagster definitions validate -w workspace.yaml
	$(DEV)/bin/python -m docs.generate --check
	.ci/wheel $(DEV)/bin/python

$(BENCH)/$(STAMP): requirements/bench.txt requirements/build.txt pyproject.toml
	$(call setup,$(BENCH),requirements/bench.txt requirements/build.txt,the hub and its peers for the benchmark)

bench: $(BENCH)/$(STAMP) ## time the hub against pandas, phonenumbers and Splink, 100,000 and 1,000,000 records
	@$(BENCH)/bin/python -m benchmarks.run

crash: $(DEV)/$(STAMP) ## kill the hub a hundred times and compare what is left
	@$(DEV)/bin/python -m pytest -m crash -p no:randomly --timeout 3600

clean: ## remove the environments and the demo's folder
	rm -rf $(RUN) $(DEV) $(BENCH) demo
