# make run    brings Descent up;    make test    checks and tests it. Both install what they need, and may be repeated.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
CHROMIUM := $(or $(shell command -v chromium-headless-shell),$(shell command -v chromium),$(shell command -v chromium-browser))

# Modules are compiled once, whatever the environment says: an instance is many processes, and the tests start hundreds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check lint format fuzz hosts screenshots bench chaos results clean browser postgres

run: .venv/run.stamp
	@exec $(BIN)/flask --app wsgi up --with-parent

# Three processes, a file of tests each at a time, the longest first: whole instances start and stop in many of them, which is mostly waiting.
test: check
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

check: lint browser postgres

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive dlcore migrations webapp worker wsgi.py

format: .venv/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The long form of tests/webapp/hostile: more than ten thousand cases of bad input.
fuzz: .venv/dev.stamp postgres
	FUZZ=long $(BIN)/python -m pytest tests/webapp/hostile --capture=no --timeout 3600

# Three hosts in network namespaces, one of which is cut off while it trains: of the tests those alone. Needs root; says so without.
hosts: .venv/dev.stamp postgres
	$(BIN)/python -m pytest tests/hosts -rs

# Pictures of every page, at both widths and in both themes, to test-artifacts/.
screenshots: .venv/dev.stamp browser
	SCREENSHOTS=1 $(BIN)/python -m pytest tests/e2e --numprocesses 3 --dist loadfile

bench: .venv/dev.stamp
	$(BIN)/python -m tests.bench

# Kills processes at random while trials train, and writes docs/reliability.md. MINUTES=5 and SEED=1 may be given.
chaos: .venv/dev.stamp postgres
	$(BIN)/python -m tests.faults $(or $(MINUTES),5) $(or $(SEED),1)

results: .venv/dev.stamp
	$(BIN)/python -m tests.results

# A stamp is written last, so that an installation that was interrupted is done again.
.venv/run.stamp: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Descent needs Python 3.11 or newer." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Tests look at the pages with Chromium: Debian's where it may be installed, else Playwright's own.
browser: .venv/dev.stamp
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get update -qq && for name in chromium-headless-shell chromium; do \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$name > /dev/null && break; \
		done; \
	else \
		$(BIN)/playwright install chromium; \
	fi
endif

# Some tests want a real PostgreSQL as well; without one they say so and are skipped.
postgres:
	@if ! ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 && ! command -v initdb > /dev/null \
		&& [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql > /dev/null || true; \
	fi

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache test-artifacts
