# Each target first sets up what it needs, and does nothing twice. Python: make PYTHON=python3.12

PYTHON ?= python3
export PYTHON

BIN := .venv/bin
LIBRARIES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-dejavu-extra

CONFORMANCE := .cache/conformance
# A command that is there counts, wherever it came from; else apt installs the package behind it.
REFEREES := javac=default-jdk-headless node=nodejs npm=npm soffice=libreoffice-writer-nogui \
	libjaxb-java python3-uno $(LIBRARIES)

BROWSER := .cache/browser
ENGINES := .cache/engines
$(ENGINES)/venv/packages: SOURCE_ONLY := pyspark
.cache/preservation/venv/packages: SOURCE_ONLY := bagit,pairtree

N ?= 20000

UV := .cache/uv/bin/uv
PIN = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --only-binary :all: \
	--quiet --custom-compile-command "make lock" $(UPGRADE)

.DELETE_ON_ERROR:
.PHONY: help setup demo test conformance browser engines preservation torture fuzz bench bench-figures wheel messages lock \
	clean libraries referees chromium servers authority

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: libraries .venv/project ## Install what is missing: system libraries, Python packages in .venv

demo: setup ## Render the answers into out/, and add a synthetic register up to the published figures
	@$(BIN)/kmo-report render answers/2019-2020-crevits-370 answers/example-2b
	@$(BIN)/python -m tests.data.register out/synthetic-register.csv --belgian
	@$(BIN)/kmo-report figures out/synthetic-register.csv --year Datum --by Thema,Dienst \
		--amount Steun --number Dossier --years 2019 --where Thema=HRM --where Thema=DIVERSITEIT \
		--layout per-measure

test: setup authority ## Run every check and test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --cov

conformance: setup referees $(CONFORMANCE)/venv/packages $(CONFORMANCE)/npm/packages ## Have other programs judge every PDF and DOCX, and the schema (needs Java, Node, LibreOffice)
	$(BIN)/pytest tests/conformance

browser: setup chromium $(BROWSER)/venv/packages $(BROWSER)/npm/packages ## Use the preview and a website in a real browser (needs Chromium, Node)
	$(BIN)/pytest tests/browser

engines: setup servers $(ENGINES)/venv/packages ## Compare DuckDB, PostgreSQL and Spark cell by cell (needs PostgreSQL and Java)
	@KMO_REPORT_ENGINES=all $(ENGINES)/venv/bin/python -m pytest tests/engines -o filterwarnings=default \
		--cov=kmo_report.figures.servers --cov-config=tests/engines/coverage.toml

fuzz: setup ## Read N mutated files (20,000; make fuzz N=...), half of them in each of two processes
	@$(BIN)/python -m tests.fuzz $$(( $(N) / 2 )) 1000000 2 & other=$$!; \
	$(BIN)/python -m tests.fuzz $$(( ($(N) + 1) / 2 )) 1000001 2; mine=$$?; \
	wait $$other && exit $$mine

preservation: setup authority .cache/preservation/venv/packages ## Have ocfl-py and bagit judge archives; stop the archive at every change
	KMO_REPORT_EFFORT=1 $(BIN)/pytest tests/preservation tests/archive

torture: setup authority .cache/preservation/venv/packages ## The same with many seeds, in every byte, for long
	KMO_REPORT_EFFORT=2 $(BIN)/pytest tests/preservation tests/archive

# What is installed has its bytecode.
bench bench-figures: export PYTHONDONTWRITEBYTECODE :=
bench: setup .cache/preservation/venv/packages ## Measure how fast it renders, adds up, keeps and finds, and how well it finds
	@$(BIN)/python tests/bench/bench.py
	@$(BIN)/python -m tests.bench.figures 1 10
	@$(BIN)/python -m tests.bench.archive
	@$(BIN)/python -m tests.bench.similar $(QUESTIONS)

bench-figures: setup ## The same for fifty million rows, which takes minutes and 4 GB of disk
	@$(BIN)/python -m tests.bench.figures 1 10 50

wheel: setup ## Build the wheel into dist/
	$(BIN)/hatchling build --target wheel

messages: setup ## Bring the Dutch catalogue up to date with the code, then fill in what is empty
	@$(BIN)/python -m tests.catalogue

lock: $(UV) ## Pin every Python package with its hashes; make lock UPGRADE=--upgrade takes the newest
	$(PIN) pyproject.toml --group dev --output-file requirements.lock
	$(PIN) --group conformance --output-file tests/conformance/requirements.lock
	$(PIN) --group browser --output-file tests/browser/requirements.lock
	$(PIN) pyproject.toml --extra engines --group engines \
		--no-binary pyspark --output-file tests/engines/requirements.lock
	$(PIN) --no-binary bagit --no-binary pairtree --group preservation \
		--output-file tests/preservation/requirements.lock

clean: ## Remove what setup and tests made; out/ stays
	rm -rf .venv .cache dist .coverage* .hypothesis .*_cache

libraries:
	@sh .ci/system $(LIBRARIES)

servers:
	@sh .ci/system postgresql java=default-jre-headless

referees: libraries
	@sh .ci/system $(REFEREES)

authority: # which seals, in tests
	@sh .ci/system openssl=openssl

chromium: libraries
	@sh .ci/system chromium=chromium node=nodejs npm=npm

.venv/packages: requirements.lock | libraries
	@sh .ci/venv .venv requirements.lock
	@touch $@

.venv/project: pyproject.toml .venv/packages
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.cache/%/venv/packages: tests/%/requirements.lock
	@sh .ci/venv .cache/$*/venv $< $(SOURCE_ONLY)
	@touch $@

# npm itself comes first.
$(CONFORMANCE)/npm/packages: | referees
$(BROWSER)/npm/packages: | chromium

.cache/%/npm/packages: tests/%/package.json tests/%/package-lock.json
	@mkdir -p $(@D)
	@cp $^ $(@D)
	@cd $(@D) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

$(UV):
	@$(PYTHON) -m venv .cache/uv
	@.cache/uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9
