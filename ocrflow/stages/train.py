"""The stage train: weights from labelled rows, in PaddleX's layout of files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ocrflow import provenance
from ocrflow.config import RunConfig
from ocrflow.config_file import to_yaml
from ocrflow.data.lists import Lists, lists_of
from ocrflow.errors import UsageError
from ocrflow.files import write_failed, write_json, write_text
from ocrflow.models import TEXT_RECOGNITION
from ocrflow.nets import require_trainable
from ocrflow.stages.base import result_path
from ocrflow.tasks.tools import tools_of
from ocrflow.training.device import parse_device, process_count, require

BEST, LATEST = "best_accuracy", "latest"
ENDINGS = {"pdparams": ".pdparams", "pdopt": ".pdopt", "pdstates": ".states"}
INFERENCE = {"inference_config": "inference.yml", "pdmodel": "inference.json", "pdiparams": "inference.pdiparams"}


def run(config: RunConfig) -> dict[str, Any]:
    """Train `Global.model` on the lists of the dataset; see docs/files.md for what is written.

    Raises:
        UsageError: a model that cannot be trained, a key that ocrflow does not act on, or wrong starting weights.
        DataError: a list or image is faulty. OutsideError: the device, the disk or a process failed.
        Interrupted: Ctrl-C or SIGTERM; `latest/` is complete.
    """
    refuse_unsupported(config)
    lists = lists_of(config)
    device = parse_device(config.Global.device)
    require(device)
    processes = min(process_count(device, config.Train.num_processes), len(lists.train))
    output = Path(config.Global.output)
    prepare(config, lists, output)
    if processes > 1:
        from ocrflow.training.launch import run_processes

        result = run_processes(config, device, processes)
    else:
        from ocrflow.training.worker import train

        result = train(config, processes)
    draw_curves(output)
    best, metric = result["best"], tools_of(config.task).main_metric
    seconds = f"{result['seconds']:.0f} s"
    print(f"trained {config.Global.model}: best epoch {best['epoch']}, {metric} {best[metric]:.4f}, {seconds}")
    made_of = provenance.made_of(config, **lists.hashes)
    return {**paddlex_keys(config, result, metric), **result, "num_processes": processes, "made_of": made_of}


def refuse_unsupported(config: RunConfig) -> None:
    """Fail on PaddleX keys that are set to something ocrflow would have to ignore."""
    train = config.Train
    refused = {
        "Train.amp": train.amp != "OFF",
        "Train.dy2st": train.dy2st,
        "Train.dist_ips": train.dist_ips is not None,
        "Train.basic_config_path": train.basic_config_path is not None,
    }
    for key, is_set in refused.items():
        if is_set:
            raise UsageError(f"{key}: not supported by ocrflow", fix="remove the key")
    require_trainable(config.Global.model)


def prepare(config: RunConfig, lists: Lists, output: Path) -> None:
    """Write what a reader needs even when the training is broken off: config.yaml, label_dict.txt, an open result."""
    write_text(output / "config.yaml", to_yaml(config))
    write_json(result_path(config, "train"), {"done_flag": False, "model_name": config.Global.model})
    if lists.dict_file is None:
        return
    try:
        shutil.copyfile(lists.dict_file, output / "label_dict.txt")
    except OSError as error:
        raise write_failed(output / "label_dict.txt", error) from error


def draw_curves(output: Path) -> None:
    """Plot loss, accuracy and learning rate of the epochs into train/curves.png."""
    from ocrflow.report.curves import draw

    draw(output / "train" / "metrics.jsonl", output / "train" / "curves.png")


def paddlex_keys(config: RunConfig, result: dict[str, Any], metric: str) -> dict[str, Any]:
    """PaddleX's part of train_result.json; `last_1` is `latest/`, and every score is its own epoch's.

    Args:
        metric: which score: acc, or hmean of a detector (where PaddleX writes precision).
    """
    models: dict[str, Any] = {f"last_{place}": {} for place in range(1, 6)}
    models["last_1"] = _files(LATEST, result["last"][metric])
    models["best"] = _files(BEST, result["best"][metric])
    return {
        "model_name": config.Global.model,
        "label_dict": "label_dict.txt" if config.task == TEXT_RECOGNITION else "",
        "train_log": "train.log",
        "visualdl_log": "",
        "config": "config.yaml",
        "models": models,
    }


def _files(name: str, score: float) -> dict[str, Any]:
    weights = {key: f"{name}/{name}{ending}" for key, ending in ENDINGS.items()}
    return {"score": score, **weights, **{key: f"{name}/inference/{file}" for key, file in INFERENCE.items()}}
