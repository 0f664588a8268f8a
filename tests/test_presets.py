"""The defaults of a model that is named without a file."""

from __future__ import annotations

import pytest

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.models import TASK_OF_MODEL
from ocrflow.nets.weights import STARTER_PREFIX
from ocrflow.nets.zoo import NETWORKS
from ocrflow.presets import STARTER_OF_MODEL, preset


def test_every_model_has_a_valid_configuration():
    for model, task in TASK_OF_MODEL.items():
        config = RunConfig.model_validate(preset(model))
        assert config.task == task
        assert config.Global.dataset_dir == f"data/{task}"
        assert config.Train.epochs_iters == (100 if task == "text_detection" else 20)


def test_tiny_recogniser_starts_from_its_starter():
    train = RunConfig.model_validate(preset("PP-OCRv6_tiny_rec")).Train
    assert (train.epochs_iters, train.batch_size, train.learning_rate) == (20, 8, 0.001)
    assert train.pretrain_weight_path == "starter:PP-OCRv6_tiny_rec_latin"
    assert preset("PP-OCRv4_mobile_rec")["Train"]["pretrain_weight_path"] is None


def test_starters_are_of_models_that_can_be_trained():
    assert set(STARTER_OF_MODEL) <= set(NETWORKS)
    assert all(name.startswith(STARTER_PREFIX) for name in STARTER_OF_MODEL.values())


def test_unknown_model():
    with pytest.raises(UsageError, match="unknown model 'PP-OCRv9'"):
        preset("PP-OCRv9")
