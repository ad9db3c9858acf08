# Every target does its own set-up; see README.md.

SCALE ?= 1
BENCH_PORT ?= 8780
export SCALE

# Whole files side by side, in their order: the longest ones (tests/crash) come early in it.
TOGETHER = -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: run test test-long bench lint

run:
	@.ci/set-up run
	.venv/bin/kiosk demo --dir .run/cabin --bench-port $(BENCH_PORT)

test:
	@.ci/set-up test
	.venv/bin/pytest -m "not long" $(TOGETHER)

test-long:
	@.ci/set-up test
	.venv/bin/pytest -m long $(TOGETHER)

bench:
	@.ci/set-up test
	.venv/bin/python -m tests.bench

lint:
	@.ci/set-up lint
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
