# `make` lists what there is. `make run` and `make test` set up what is missing first.

SHELL := /bin/bash
GO_FILES := $(shell git ls-files '*.go' 'go.mod' 'go.sum' 2>/dev/null) web/dist/index.html
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo dev)

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

setup: ## install what running needs (ffmpeg, espeak-ng); apt-get when root, else one sentence
	@deploy/setup.sh run

setup-test: ## and what testing needs (chromium, redis-server)
	@deploy/setup.sh test

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/public web/locales web/index.html web/vite.config.ts -type f 2>/dev/null)
	cd web && npm run build
	@touch $@

pages: web/dist/index.html ## build the pages

bin/palestra: $(GO_FILES)
	@mkdir -p bin
	go build -ldflags "-X main.version=$(VERSION)" -o bin/palestra ./cmd/palestra

build: bin/palestra ## bin/palestra with the pages inside

run: setup build ## set up, build and start everything; DEMO=1 fills it with a world
ifdef DEMO
	bin/palestra demo --serve
else
	bin/palestra serve
endif

fmt: ## format the code
	gofmt -w $$(git ls-files '*.go')

bin/openapi.json: bin/palestra
	bin/palestra openapi > bin/openapi.json

gen: bin/openapi.json ## write the types of the pages from the API's description
	cd web && npm run api

.tools/golangci-lint: internal/tools/lint/go.mod internal/tools/lint/go.sum
	@mkdir -p .tools
	@echo "building golangci-lint (once; some minutes)"
	cd internal/tools/lint && go build -o ../../../.tools/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

lint: .tools/golangci-lint ## golangci-lint
	.tools/golangci-lint run

check: build bin/openapi.json .tools/golangci-lint ## everything that is checked without running it
	@$(MAKE) --no-print-directory -j2 --output-sync=target check-go check-web

check-go: lint
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not formatted:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...

check-web:
	cd web && npm run check && npm run budget
	cd web && npx openapi-typescript ../bin/openapi.json -o ../bin/schema.gen.ts >/dev/null && cmp ../bin/schema.gen.ts src/api/schema.gen.ts || { echo "the API's types are stale: make gen"; exit 1; }
	cd web && npm test

# The rooms whose tests take longest begin first; most tests wait most of their time.
test: setup setup-test check ## set up, then all checks and tests on the embedded defaults
	go test -timeout 15m -parallel 4 ./video ./cmd/palestra ./...
	cd web && npm run e2e

test-servers: setup setup-test build ## the suites against started servers (Redis, S3, MongoDB's protocol, LiveKit)
	cd internal/tools/mongowire && go test ./...
	PALESTRA_REQUIRE_SERVICES=1 go test -timeout 20m -count=1 ./internal/store/... ./internal/blob/... ./worker/... ./video/... ./bootcamp/meeting/... ./cmd/...

fuzz: ## a minute for each fuzzer
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p 2>/dev/null | grep ^Fuzz); do \
		echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-1m} $$p || exit 1; done; done

chaos: setup setup-test ## films under worker, Redis, store and server that die: 200 seeds, or SEEDS=n from FIRST=seed
	PALESTRA_REQUIRE_SERVICES=1 PALESTRA_CHAOS_SEEDS=$(or $(SEEDS),200) PALESTRA_CHAOS_FIRST=$(FIRST) go test -count=1 -timeout 3h -v -run '^TestChaos$$' ./video

upload: ## a file of BYTES bytes (5 GB) through a server of its own, whose memory is watched; needs twice as much disk
	PALESTRA_UPLOAD_BYTES=$(or $(BYTES),5000000000) go test -count=1 -timeout 2h -v -run '^TestUploadHoldsNothing$$/^embedded$$' ./cmd/palestra

bench: ## benchmarks; nothing else should run beside them
	go test -run '^$$' -bench . -benchmem ./internal/store/... ./course/... ./lrs/...

conformance: build ## the official xAPI suite, from a copy of it: SUITE=<folder>; also with PALESTRA_MONGODB_URI
	@node lrs/conformance.mjs $(if $(SUITE),"$(abspath $(SUITE))")

e2e: build ## the story in a browser
	cd web && npm run e2e

screenreader: setup build ## a video lesson by keyboard with the screen reader Orca: what was pressed and heard
	@deploy/setup.sh screenreader
	cd web && npm run screenreader

screenshots: build ## pictures of every page for people to look at
	cd web && npm run screenshots

clean: ## forget what was built; data and keys stay
	rm -rf bin .tools web/node_modules web/dist/* web/screenshots

.PHONY: help setup setup-test pages build run fmt gen lint check check-go check-web test test-servers fuzz chaos upload bench conformance e2e screenreader screenshots clean
.DEFAULT_GOAL := help
