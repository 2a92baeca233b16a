# make run: the demo world on http://localhost:8000     make test: everything     make check: format, lint, types, texts
# make bench: the measured claims beside their peers    make demo STAGE=live: the demo world at another stage
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAGE ?= a-year-later
export PYTHONPATH := src

.PHONY: run test test-15 check bench demo texts format clean
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp
	@$(BIN)/python -m serai demo --stage $(STAGE) --serve

demo: $(VENV)/run.stamp
	@$(BIN)/python -m serai demo --stage $(STAGE) --anew --serve

test: $(VENV)/test.stamp
	@$(BIN)/python tests/machine.py
	@$(BIN)/python -m pytest -n 3

# The database and access tests on Debian's PostgreSQL 15, the oldest server that is served.
test-15: $(VENV)/test.stamp
	@SERAI_TEST_POSTGRES=15 $(BIN)/python -m pytest -n 2 tests/access tests/processes

check: $(VENV)/test.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/house

bench: $(VENV)/bench.stamp
	@$(BIN)/python -m bench

texts: $(VENV)/test.stamp
	@$(BIN)/python -m serai.web.texts

format: $(VENV)/test.stamp
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

$(VENV)/%.stamp: requirements/%.lock requirements/environment.sh
	@PYTHON="$(PYTHON)" sh requirements/environment.sh $(VENV) $<
	@touch $@

clean:
	rm -rf $(VENV) .serai .pytest_cache .mypy_cache .ruff_cache build dist
