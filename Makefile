# make run    the main job: the demo's two tasks and their pipeline, or one with TASK=text_recognition;
#             or your data with DATA=DIR OUT=DIR TASK=text_detection ARGS="Train.epochs_iters=20 ..."
# make test   linters and tests
# make setup  both do it by themselves; GPU=1 PADDLE_INDEX=URL installs the GPU build of PaddlePaddle
SHELL := /bin/bash
PYTHON ?= python3.11
TASK ?=
DATA ?=
OUT ?= output/own
ARGS ?=
READY := .venv/.ready$(if $(GPU),-gpu)
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: run test setup starter lint

run: setup
ifeq ($(DATA),)
	@ocrflow data bring
	@dvc repro $(if $(TASK),register@$(TASK))
	@ocrflow summary -c params.yaml $(if $(TASK),--task $(TASK))
else
	@ocrflow run -c params.yaml --task $(or $(TASK),text_recognition) -o "Global.dataset_dir=$(DATA)" "Global.output=$(OUT)" Register.name=null Register.min_accuracy=0 $(ARGS)
endif

test: setup lint
	pytest -n 2 --dist loadfile

lint: setup
	ruff check .
	ruff format --check .
	mypy

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@PYTHON=$(PYTHON) bash scripts/setup.sh
ifneq ($(GPU),)
	@PYTHON=$(PYTHON) PADDLE_INDEX=$(PADDLE_INDEX) bash scripts/setup_gpu.sh
endif
	@touch $@

# Trains the starting checkpoints anew (an hour each on two cores); see docs/starter.md.
starter: setup
	python scripts/make_starter.py
