"""What a run was made of and what it gave: dataset inputs and result files in MLflow."""

from __future__ import annotations

import json
from pathlib import Path

from ocrflow.config import RunConfig
from ocrflow.tracking.store import Store

MAX_DIGEST = 36  # MLflow's column; an md5 with '.dir' just fits
ARTIFACTS = (
    "check_dataset_result.json",
    "check_dataset/histogram.png",
    "split_result.json",
    "train_result.json",
    "train.log",
    "config.yaml",
    "label_dict.txt",
    "train/curves.png",
    "train/metrics.jsonl",
    "evaluate_result.json",
    "evaluate/predictions.jsonl",
    "evaluate/worst.png",
    "export_result.json",
    "report.html",
)


def log_datasets(store: Store, run_id: str, config: RunConfig, digest: str, rows: dict[str, int | None]) -> None:
    """Record the training and validation lists as inputs of the run.

    MLflow keeps one context for each name and digest, so the two lists are the datasets NAME-train and NAME-val.

    Args:
        digest: DVC hash of the dataset, or its content hash.
        rows: number of rows for the contexts `training` and `validation`.
    """
    from mlflow.entities import Dataset, DatasetInput, InputTag

    name = Path(config.Global.dataset_dir).absolute().name
    source = json.dumps({"uri": config.Global.dataset_dir})
    inputs = []
    for context, suffix in (("training", "train"), ("validation", "val")):
        profile = json.dumps({"num_rows": rows[context]})
        dataset = Dataset(f"{name}-{suffix}", digest[:MAX_DIGEST], "local", source, profile=profile)
        inputs.append(DatasetInput(dataset, [InputTag("mlflow.data.context", context)]))
    store.client.log_inputs(run_id, inputs)


def log_artifacts(store: Store, run_id: str, output: Path) -> list[str]:
    """Upload the result files that exist in `output`, in the same folders; returns their names."""
    found = [name for name in ARTIFACTS if (output / name).is_file()]
    for name in found:
        folder = str(Path(name).parent)
        store.client.log_artifact(run_id, str(output / name), None if folder == "." else folder)
    return found
