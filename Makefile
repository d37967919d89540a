# The two commands a fresh machine needs: `make demo` to see Ringside, `make test` to check it.
# Everything else is a part of these.

SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
PORT ?= 3000

.PHONY: help demo dev serve setup site server release test test-long load bench fuzz fmt clean

help:
	@echo "make demo    install what is missing, build, start with demo data on http://127.0.0.1:$(PORT)"
	@echo "make dev     the same while it is changed: builds, restarts and reloads the browser after each change"
	@echo "make serve   build for serving, start with your own data (RINGSIDE_* variables, see docs/OPERATIONS.md)"
	@echo "make release what people without a compiler install: a Debian package, checksums (CHECK=1 tries it)"
	@echo "make test    install what the tests need and run all of them"
	@echo "make test-long   what takes longer: the demo on awkward days, and more"
	@echo "make bench   measure speed and size"
	@echo "make load    measure it under load: readers at 1, 16 and 64 connections, 1,000 viewers"
	@echo "make fuzz    read what no system ever wrote, a minute for each format of files"
	@echo "make site    only the browser side, into target/site"
	@echo "make fmt     format the sources"
	@echo "make clean   remove what was built"

setup:
	@tools/setup.sh

site: setup
	@node tools/build-site.mjs

server: site
	cargo build --release --locked --package server

# The program of the tests, whose compiled dependencies serve them all. The site takes one core for much of its time, so both
# are built at once; the second time, the program has only the site to take in.
demo: setup
	@node tools/build-site.mjs & site=$$!; \
	cargo build --locked --package server; built=$$?; \
	wait $$site && exit $$built
	cargo build --locked --package server
	RINGSIDE_LISTEN=127.0.0.1:$(PORT) target/debug/ringside demo

dev: setup
	@PORT=$(PORT) node tools/dev.mjs

serve: server
	RINGSIDE_LISTEN=127.0.0.1:$(PORT) target/release/ringside serve

release: server
	@tools/release.sh

test:
	@tools/test.sh

test-long:
	@tools/test-long.sh

bench: server
	@tools/bench.sh $(ARGS)

fuzz:
	cargo run --locked --release --package cdr --example fuzz -- $(ARGS)

load: server
	@tools/load.sh $(ARGS)

fmt:
	cargo fmt --all

clean:
	cargo clean
	rm -rf node_modules end2end/test-results end2end/playwright-report
