# The two commands a fresh machine needs: `make demo` to see Ringside, `make test` to check it.
# Everything else is a part of these.

SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
PORT ?= 3000

.PHONY: help demo serve setup site server test test-long bench fmt clean

help:
	@echo "make demo    install what is missing, build, start with demo data on http://127.0.0.1:$(PORT)"
	@echo "make serve   the same with your own data (RINGSIDE_* variables, see docs/OPERATIONS.md)"
	@echo "make test    install what the tests need and run all of them"
	@echo "make test-long   what takes longer: the demo on awkward days, and more"
	@echo "make bench   measure speed and size"
	@echo "make site    only the browser side, into target/site (SITE_PROFILE=dev: quick, bigger)"
	@echo "make fmt     format the sources"
	@echo "make clean   remove what was built"

setup:
	@tools/setup.sh

site: setup
	@node tools/build-site.mjs

server: site
	cargo build --release --locked --package server

demo: server
	RINGSIDE_LISTEN=127.0.0.1:$(PORT) target/release/ringside demo

serve: server
	RINGSIDE_LISTEN=127.0.0.1:$(PORT) target/release/ringside serve

test:
	@tools/test.sh

test-long:
	@tools/test-long.sh

bench: server
	@tools/bench.sh

fmt:
	cargo fmt --all

clean:
	cargo clean
	rm -rf node_modules end2end/test-results end2end/playwright-report
