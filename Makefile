# Portable to make 3.81 and the BSD tools; what is longer than a few lines is a script in .ci.
.POSIX:
.PHONY: help build demo test test-unit race fuzz soak survive live endurance crash lint bench backtest-bench golden alerting-tables dist clean

GO ?= go
FUZZTIME ?= 10s
SOAKMINUTES ?= 1500
SOAKSEED ?= 0
CRASHES ?= 300
SURVIVESEED ?= 1
ENDURANCE ?= 24
LIVEDAYS ?= 25
BENCHTIME ?= 1s
BACKFILL ?= 1000
REPLAY ?= 1000x90,500x90,1000x45

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' Makefile

build: ## build bin/slojourn
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/slojourn ./cmd/slojourn

demo: ## evaluate the example journeys against the simulator, print the table and end
	CGO_ENABLED=0 $(GO) run ./cmd/slojourn demo --once

# Tests against real servers have the build tag servers, and are told where those are. What is
# not on PATH is fetched into .cache.
test: ## run every test that needs no C compiler, also those against real servers
	servers="$$(.ci/servers)" && SLOJOURN_SERVERS="$$servers" CGO_ENABLED=0 $(GO) test -tags servers ./...
	cd .ci/tools && CGO_ENABLED=0 $(GO) test ./licences

test-unit: ## run the tests that need nothing but Go
	CGO_ENABLED=0 $(GO) test ./...
	cd .ci/tools && CGO_ENABLED=0 $(GO) test ./licences

# Properties try a fifth of the usual cases: races show in few. What is left out are pure functions,
# which have one goroutine and no state.
race: ## run the tests under the race detector (needs a C compiler)
	@cc="$$($(GO) env CC)"; command -v $${cc%% *} >/dev/null || \
		{ echo "make race: no C compiler ($$cc) on PATH: install gcc, or set CC" >&2; exit 1; }
	CGO_ENABLED=1 $(GO) test -race -short ./cmd/... ./internal/... ./sources/... ./burnrate/ledger ./burnrate/outbox ./exporters/notify ./exporters/grafana/push ./exporters/prometheus/remote

fuzz: ## run every fuzz target for FUZZTIME (10s), three at a time
	@GO='$(GO)' FUZZTIME='$(FUZZTIME)' .ci/fuzz

soak: ## let everything go wrong for SOAKMINUTES (1500) of its own clock, then compare all numbers with the truth
	CGO_ENABLED=0 $(GO) test ./sources/newrelic -run '^TestSoak$$' -v -timeout 2h -soak '$(SOAKMINUTES)' -soakseed '$(SOAKSEED)'

survive: ## let accidents happen to the engine, each by itself and all at once, by SURVIVESEED (1)
	CGO_ENABLED=0 $(GO) test ./sources/newrelic -run '^TestEngineSurvives$$' -count=1 -v -timeout 2h -surviveseed '$(SURVIVESEED)'

live: ## live through LIVEDAYS (25) days of the retail example as serve does, for half an hour, and replay them: the same alerts
	CGO_ENABLED=0 $(GO) test ./cmd/slojourn -run '^TestBacktestIsLive$$' -count=1 -v -timeout 4h -livedays '$(LIVEDAYS)'

endurance: ## measure 1,000 SLOs for ENDURANCE (24) hours of a clock of its own: what is held must not grow
	CGO_ENABLED=0 $(GO) test ./internal/engine -run '^TestEndurance$$' -count=1 -v -timeout 12h -endurance '$(ENDURANCE)'

crash: ## kill and damage the ledger, and kill serve and deliveries, in CRASHES (300) ways
	CGO_ENABLED=0 CRASHES=$(CRASHES) $(GO) test -count=1 -timeout 60m -v -run 'Killed|Disk|Damage|Rows|Beside|OneWriter' ./burnrate/ledger
	CGO_ENABLED=0 CRASHES=$(CRASHES) $(GO) test -count=1 -timeout 60m -v -run 'ServeKilled' ./cmd/slojourn
	CGO_ENABLED=0 CRASHES=$(CRASHES) $(GO) test -count=1 -timeout 60m -v -run 'DeliveryKilled' ./exporters/notify

lint: ## vet, staticcheck, gofumpt and deadcode at the pinned versions
	@GO='$(GO)' .ci/lint

bench: backtest-bench ## run the benchmarks, each for BENCHTIME (1s, or 1x for once), fill in 28 days of BACKFILL (1000) SLOs, and backtest-bench
	CGO_ENABLED=0 $(GO) test -run '^$$' -bench . -benchmem -benchtime '$(BENCHTIME)' -timeout 2h ./...
	CGO_ENABLED=0 $(GO) test ./sources/newrelic -run '^TestBackfill$$' -count=1 -v -timeout 2h -backfill '$(BACKFILL)'

backtest-bench: ## replay REPLAY (1000x90,500x90,1000x45: SLOs x days): what backtest takes must grow with both alone
	CGO_ENABLED=0 $(GO) test ./internal/engine -run '^TestReplayMany$$' -count=1 -v -timeout 4h -replay '$(REPLAY)'

golden: ## rewrite the golden files from what the code does now; read the diff
	@GO='$(GO)' .ci/golden

alerting-tables: ## simulate all that docs/alerting.md shows of pages by chance, for a quarter of an hour, and write it there
	CGO_ENABLED=0 $(GO) test ./burnrate/alert/evidence -run '^TestSimulated$$' -count=1 -timeout 2h -full -update

dist: ## build the release files into dist, twice, and compare
	@GO='$(GO)' .ci/dist

clean: ## remove bin and dist
	rm -rf bin dist
