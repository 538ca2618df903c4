# Each target does its own set-up in .venv; a second run finds it done. `./dev TARGET` also installs make where it is missing.
BIN := .venv/bin
TARGET := armv7-unknown-linux-gnueabihf
SYSROOT := sysroots/debian12-py311-armhf
N ?= 2000
SEED ?= 1

.PHONY: help demo test test-all fuzz proof bench docs sessions tables format
help: # what there is
	@sed -n 's/^\([a-z-]*\):[^#]*# /make \1	/p' Makefile

demo: .venv/.run # the main job on a real armv7 root: inspect, plan, env
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/demo.sh $(TARGET) $(SYSROOT)

test: .venv/.test # linters, types, then every test that needs no special machine
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/pytest -n 2 --dist loadfile

test-all: .venv/.test # the rest, in named groups; a missing program is named and its group skipped
	@$(BIN)/python scripts/groups.py

fuzz: .venv/.test # N random requests against PyO3's real build scripts: make fuzz N=20000 SEED=7
	@cd tests && ../$(BIN)/python -m oracle.fuzz --count $(N) --seed $(SEED)

proof: .venv/.run # a real crate, cross-compiled with the plan and imported by the target's Python
	@$(BIN)/python proof/prove.py $(TARGET)

bench: .venv/.test # env and resolve beside PyO3's own build scripts, inspect beside find
	@$(BIN)/python scripts/groups.py env resolve inspect

docs: .venv/.test # the documentation, into site/
	@$(BIN)/mkdocs build --strict --quiet

sessions: .venv/.run # run what the pages show, and write its output into them
	@$(BIN)/python scripts/sessions.py

tables: .venv/.run # crossplan/data/*.toml to the JSON that is loaded
	@$(BIN)/python scripts/compile_tables.py

format: .venv/.test # put the code into its form
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

.venv/.run: pyproject.toml scripts/venv.sh
	@sh scripts/venv.sh
	@touch $@

.venv/.test: pyproject.toml scripts/venv.sh
	@sh scripts/venv.sh test docs
	@! command -v cargo >/dev/null || command -v cc >/dev/null || sh scripts/debian.sh gcc libc6-dev || true
	@command -v strace >/dev/null || sh scripts/debian.sh strace || true
	@touch $@ .venv/.run
