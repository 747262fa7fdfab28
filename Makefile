# wiredesk: two commands for a newcomer, `make run` and `make test`; the rest is for daily work.
#
#   make run                        the whole pipeline on a private PostgreSQL, on the Postgres bus
#   make run KAFKA=1                the same on a private Apache Kafka
#   KAFKA_BOOTSTRAP_SERVERS=… DATABASE_URL=… make run      on yours
#   make up                         every stage a container of its own, with Kafka and Postgres (Docker; docs/deploy.md)
#   make test                       every test, on real parts

SHELL := /bin/sh
export KAFKA
CARGO := cargo
BIN := target/release/wiredesk

.PHONY: help run build test test-faults lint fmt schemas bench pictures dist clean image up down logs

help:
	@sed -n '3,9s/^# \{0,3\}//p' Makefile
	@echo 'also: make build | test-faults | lint | fmt | schemas | bench | pictures | dist | clean | image | up | down | logs'

run:
	@deploy/local/setup.sh run
	@$(MAKE) --no-print-directory build
	@exec deploy/local/run.sh $(BIN)

build:
	$(CARGO) build --release --locked -p wiredesk

test:
	@deploy/local/setup.sh test
	@deploy/local/test.sh

# What is too long for every day: the protocol's model under pairs of faults (minutes, gigabytes); 48 lives on each bus with a kill at
# every named place (two hours; WIREDESK_FAULT_LIVES and WIREDESK_FAULT_SEED say otherwise); every other kind of fault five times
# (WIREDESK_FAULT_RUNS; two hours), an hour of soak among them (WIREDESK_SOAK_MINUTES); ten thousand requests that
# nobody would send. At the end a table says what came of each kind.
FAULTS := $(CURDIR)/.cache/faults
test-faults:
	@deploy/local/setup.sh test
	$(CARGO) test --release --locked -p wiredesk-model -- --include-ignored --nocapture --test-threads 1
	WIREDESK_API_FUZZ=$${WIREDESK_API_FUZZ:-10000} WIREDESK_FAULT_LIVES=$${WIREDESK_FAULT_LIVES:-48} deploy/local/test.sh killed_at_every_place -- --nocapture
	@mkdir -p .cache && echo 'fault|bus|runs|times|versions|lost|twice|other|median s|longest s' >$(FAULTS)
	@WIREDESK_FAULT_TABLE=$(FAULTS) WIREDESK_FAULT_RUNS=$${WIREDESK_FAULT_RUNS:-5} WIREDESK_SOAK_MINUTES=$${WIREDESK_SOAK_MINUTES:-60} \
		WIREDESK_FAULT_HALT=60 WIREDESK_FAULT_MEMBERS=24 deploy/local/test.sh kinds:: -- --nocapture; \
		code=$$?; tr '|' '\t' <$(FAULTS) | expand -t 36,46,52,58,68,74,80,86,96; exit $$code

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --release --locked --workspace --all-targets --features wiredesk/onnx -- -D warnings

fmt:
	$(CARGO) fmt --all

# Everything under schemas/ and docs/ that is generated from the types.
schemas:
	deploy/local/schemas.sh

bench:
	@deploy/local/setup.sh test
	@deploy/local/bench.sh

# Every screen of the page on the sample wire, in two widths, light and dark, into PICTURES; and the pictures of the README.
PICTURES := .cache/pictures
pictures: build
	@deploy/local/setup.sh test
	@deploy/local/pictures.sh $(BIN) $(PICTURES)

# The archive of a release: executable, completions, manual, licences, SBOM, sums. Twice the same bytes.
dist: build
	@deploy/local/dist.sh $(BIN)

# The image by itself: BUILD_FLAGS are further flags of `docker build`; WIREDESK_IMAGE, BUILD_IMAGE and RUNTIME_IMAGE name others.
image:
	@deploy/docker/image.sh

up:
	@deploy/docker/up.sh

# What Kafka and Postgres hold stays: `docker compose down --volumes` takes it too.
down:
	@docker compose --profile dashboards down

logs:
	@docker compose logs --follow --tail 100

clean:
	$(CARGO) clean
	rm -rf .wiredesk .cache dist
