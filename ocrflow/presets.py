"""The official recipe of each model: the `Train` keys that a configuration does not set.

Epochs, batch size and learning rate are those of PaddleX 3.7's file for the model
(`paddlex/configs/modules/*/MODEL.yaml`); warm-up, decay and averaging those of PaddleOCR's file for it
(`configs/{det,rec}/*/MODEL.yml`, June 2026), which PaddleX leaves as they are. docs/recipes.md has both as tables.
"""

from __future__ import annotations

from typing import Any

from ocrflow.models import TASK_OF_MODEL, TEXT_DETECTION, task_of

STARTER_OF_MODEL = {
    "PP-OCRv6_tiny_rec": "starter:PP-OCRv6_tiny_rec_latin",
    "PP-OCRv6_tiny_det": "starter:PP-OCRv6_tiny_det_texts",
}
OFFICIAL_WEIGHTS = "https://paddle-model-ecology.bj.bcebos.com/paddlex/official_pretrained_model"
MOST_WARMUP = 0.25  # of the epochs, in a run that is shorter than the recipe
_RECOGNITION = {"epochs_iters": 20, "batch_size": 8, "learning_rate": 0.001, "warmup_epochs": 5.0, "weight_decay": 3e-5}
_DETECTION = {"epochs_iters": 100, "batch_size": 8, "learning_rate": 0.001, "warmup_epochs": 2.0, "weight_decay": 5e-5}
_SERVER = {"batch_size": 4, "weight_decay": 1e-6}
_OF_MODEL: dict[str, dict[str, Any]] = {
    "PP-OCRv5_server_rec": {"warmup_epochs": 1.0},
    "PP-OCRv3_mobile_det": {"batch_size": 4},
    "PP-OCRv3_server_det": {"batch_size": 4},
    "PP-OCRv4_server_det": _SERVER,
    "PP-OCRv5_mobile_det": {"batch_size": 4},
    "PP-OCRv5_server_det": _SERVER,
    "PP-OCRv6_tiny_det": {"weight_decay": 1e-6, "ema": 0.9998},
    "PP-OCRv6_small_det": {"weight_decay": 1e-5, "ema": 0.9997},
    "PP-OCRv6_medium_det": {"weight_decay": 1e-5, "ema": 0.9996},
}


def recipe(model: str) -> dict[str, Any]:
    """The `Train` keys of the model's official recipe.

    Raises:
        UsageError: no such model.
    """
    return (_DETECTION if task_of(model) == TEXT_DETECTION else _RECOGNITION) | _OF_MODEL.get(model, {})


def with_recipe(values: dict[str, Any], default_model: str) -> dict[str, Any]:
    """A configuration's sections, as they are read from a file, with the recipe's values for the keys that are not set.

    The recipe's warm-up takes a quarter of the epochs at most. Sections that are no sections stay as they are.

    Args:
        default_model: the model when `Global.model` is not set.
    """
    sections, train = values.get("Global", {}), values.get("Train", {})
    model = sections.get("model", default_model) if isinstance(sections, dict) else None
    if not isinstance(train, dict) or not isinstance(model, str) or model not in TASK_OF_MODEL:
        return values
    defaults = recipe(model)
    epochs = train.get("epochs_iters", defaults["epochs_iters"])
    if isinstance(epochs, int | float) and epochs > 0:
        defaults["warmup_epochs"] = min(defaults["warmup_epochs"], MOST_WARMUP * epochs)
    return {**values, "Train": defaults | train}


def preset(model: str) -> dict[str, Any]:
    """Sections for `model` when no file is named; weights: ocrflow's own for the model, else PaddleX's.

    The recipe's keys come with `with_recipe`, after the overrides.

    Raises:
        UsageError: no such model.
    """
    weights = STARTER_OF_MODEL.get(model, f"{OFFICIAL_WEIGHTS}/{model}_pretrained.pdparams")
    global_section = {"model": model, "dataset_dir": f"data/{task_of(model)}"}
    return {"Global": global_section, "Train": {"pretrain_weight_path": weights}}
