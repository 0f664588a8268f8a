"""The defaults of a model that is named without a configuration file: PaddleX's own numbers, and ocrflow's weights."""

from __future__ import annotations

from typing import Any

from ocrflow.models import TEXT_DETECTION, task_of

STARTER_OF_MODEL = {"PP-OCRv6_tiny_rec": "starter:PP-OCRv6_tiny_rec_latin"}
_SMALL_BATCH = {"PP-OCRv3_mobile_det", "PP-OCRv3_server_det", "PP-OCRv4_server_det", "PP-OCRv5_mobile_det"}


def preset(model: str) -> dict[str, Any]:
    """Sections for `model`: epochs and batch size as in PaddleX's file of that name, ocrflow's starting weights."""
    is_detection = task_of(model) == TEXT_DETECTION
    train = {
        "epochs_iters": 100 if is_detection else 20,
        "batch_size": 4 if model in _SMALL_BATCH | {"PP-OCRv5_server_det"} else 8,
        "learning_rate": 0.001,
        "pretrain_weight_path": STARTER_OF_MODEL.get(model),
    }
    return {"Global": {"model": model, "dataset_dir": f"data/{task_of(model)}"}, "Train": train}
