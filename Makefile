# The two commands that a newcomer needs: make run, make test. Both install what a fresh Debian 12 lacks.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
SUDO   := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The tests of what is pure need no part of the machine; coverage counts these alone.
DOCTESTS := --doctest-modules gs1 wire drivers gateway/core ledger/core simulator/scene
PURE     := tests/unit tests/property tests/contract $(DOCTESTS)

.PHONY: run test check lint bench soak test-vm docs venv format clean system-run system-test

run: system-run $(READY)          ## a simulated site: dock doors, gateway, broker, ledger; ARGS='--seconds 30 --json'
	@$(BIN)/readpoint-simulate demo $(ARGS)

test: system-test lint            ## everything: lint, the pure code to its last branch, the tests on real parts
	$(BIN)/pytest $(PURE) --cov --cov-report=term
	$(BIN)/pytest tests --ignore=tests/unit --ignore=tests/property --ignore=tests/contract --ignore=tests/vm

check: lint                       ## format, lint, types, architecture, unit tests: under a minute
	$(BIN)/pytest tests/unit $(DOCTESTS)

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: system-run $(READY)        ## the numbers that the docs name
	$(BIN)/python -m benchmarks.llrp
	$(BIN)/python -m benchmarks.epc
	$(BIN)/python -m benchmarks.fuzz_epc
	$(BIN)/python -m benchmarks.door
	$(BIN)/python -m benchmarks.accuracy
	$(BIN)/python -m benchmarks.accuracy_conveyor
	$(BIN)/python -m benchmarks.barcode
	$(BIN)/python -m benchmarks.demo
	$(BIN)/python -m benchmarks.first_movement

soak: $(READY)                    ## ten minutes of readers whose links are cut; ARGS='--minutes 60'
	$(BIN)/python -m benchmarks.soak.llrp $(ARGS)

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test-vm: system-test              ## real USB scanners in a guest of QEMU; skips where READPOINT_VM has no scripts
	$(BIN)/pytest tests/vm -m vm

docs: $(READY)                    ## the pages that are made from code
	$(BIN)/python -c "from wire.reason import as_markdown; print(as_markdown(), end='')" > docs/reasons.md

venv: system-run $(READY)

$(READY): pyproject.toml constraints.txt | system-build
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON): Python 3.11 or newer is needed (make PYTHON=python3.12 ...)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

# $(call apt,PACKAGES): installs those that are missing; on another distribution it only says so.
define apt
	@missing=$$(for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	[ -z "$$missing" ] || { \
	  command -v apt-get >/dev/null || { echo "not Debian: please install" $$missing >&2; exit 0; }; \
	  echo "installing" $$missing; \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; }
endef

system-run:
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(MAKE) --no-print-directory system-python
	@$(MAKE) --no-print-directory system-broker || echo "no mosquitto: the demo takes nats-server instead" >&2

.PHONY: system-python system-broker system-build
system-python:
	$(call apt,python3 python3-venv)

system-broker:
	$(call apt,mosquitto)

# libatomic1: the driver that Playwright brings for the browser is linked against it.
system-test: system-run system-build
	$(call apt,mosquitto chromium libatomic1 openssl tshark zbar-tools)

# evdev is built from its source, against the kernel's headers, when $(VENV) is made.
system-build:
	$(call apt,gcc python3-dev linux-libc-dev)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
