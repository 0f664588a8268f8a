"""The official recipes, and the defaults of a model that is named without a file."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.models import TASK_OF_MODEL, TASKS
from ocrflow.nets.weights import STARTER_PREFIX
from ocrflow.nets.zoo import NETWORKS
from ocrflow.presets import OFFICIAL_WEIGHTS, STARTER_OF_MODEL, preset, recipe, with_recipe

DEFAULT = "PP-OCRv6_tiny_rec"


def paddlex_files() -> dict[str, dict]:
    """The `Train` section of each text model's file in the installed PaddleX."""
    (root,) = find_spec("paddlex").submodule_search_locations
    folders = [Path(root) / "configs" / "modules" / task for task in TASKS]
    read = [yaml.safe_load(file.read_text("utf-8")) for folder in folders for file in folder.glob("*.yaml")]
    return {values["Global"]["model"]: values["Train"] for values in read}


def test_paddlex_has_the_same_numbers_and_weights():
    theirs = paddlex_files()
    assert set(theirs) == set(TASK_OF_MODEL)
    for model, train in theirs.items():
        ours = recipe(model)
        assert all(ours[key] == train[key] for key in ("epochs_iters", "batch_size", "learning_rate")), model
        assert train["pretrain_weight_path"] == f"{OFFICIAL_WEIGHTS}/{model}_pretrained.pdparams"


@pytest.mark.parametrize(
    ("model", "warmup", "decay", "ema"),
    [
        ("PP-OCRv6_tiny_rec", 5, 3e-5, 0.0),
        ("latin_PP-OCRv5_mobile_rec", 5, 3e-5, 0.0),
        ("PP-OCRv5_server_rec", 1, 3e-5, 0.0),
        ("PP-OCRv4_mobile_det", 2, 5e-5, 0.0),
        ("PP-OCRv4_server_det", 2, 1e-6, 0.0),
        ("PP-OCRv6_tiny_det", 2, 1e-6, 0.9998),
        ("PP-OCRv6_small_det", 2, 1e-5, 0.9997),
    ],
)
def test_paddleocrs_part_of_the_recipe(model, warmup, decay, ema):
    train = RunConfig.model_validate(with_recipe(preset(model), DEFAULT)).Train
    assert (train.warmup_epochs, train.weight_decay, train.ema) == (warmup, decay, ema)


def test_every_model_has_a_valid_configuration():
    for model, task in TASK_OF_MODEL.items():
        config = RunConfig.model_validate(with_recipe(preset(model), DEFAULT))
        assert config.task == task
        assert config.Global.dataset_dir == f"data/{task}"


def test_what_is_set_stays():
    values = {"Global": {"model": "PP-OCRv4_server_det"}, "Train": {"batch_size": 3, "ema": 0.5}}
    assert with_recipe(values, DEFAULT)["Train"] == recipe("PP-OCRv4_server_det") | {"batch_size": 3, "ema": 0.5}
    assert values["Train"] == {"batch_size": 3, "ema": 0.5}
    assert with_recipe({}, DEFAULT) == {"Train": recipe(DEFAULT)}


@pytest.mark.parametrize(("epochs", "warmup"), [(2, 0.5), (20, 5.0), (200, 5.0)])
def test_a_short_run_warms_up_shorter(epochs, warmup):
    assert with_recipe({"Train": {"epochs_iters": epochs}}, DEFAULT)["Train"]["warmup_epochs"] == warmup
    own = {"Train": {"epochs_iters": epochs, "warmup_epochs": 9}}
    assert with_recipe(own, DEFAULT)["Train"]["warmup_epochs"] == 9


@pytest.mark.parametrize(
    "values", [{"Global": 3}, {"Train": [1]}, {"Global": {"model": None}}, {"Global": {"model": "PP-OCRv9"}}]
)
def test_what_the_configuration_refuses_stays_for_it_to_name(values):
    assert with_recipe(values, DEFAULT) is values


def test_starters_are_of_models_that_can_be_trained():
    assert set(STARTER_OF_MODEL) <= set(NETWORKS)
    assert all(name.startswith(STARTER_PREFIX) for name in STARTER_OF_MODEL.values())
    assert preset("PP-OCRv6_tiny_rec")["Train"]["pretrain_weight_path"] == "starter:PP-OCRv6_tiny_rec_latin"


def test_unknown_model():
    with pytest.raises(UsageError, match="unknown model 'PP-OCRv9'"):
        preset("PP-OCRv9")
