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
from ocrflow.training.device import Device, parse_device, process_count, require, require_precision

BEST = "best_accuracy"
LAST = 5  # PaddleX names so many of the last checkpoints
ENDINGS = {"pdparams": ".pdparams", "pdopt": ".pdopt", "pdstates": ".states"}
INFERENCE = {"inference_config": "inference.yml", "pdmodel": "inference.json", "pdiparams": "inference.pdiparams"}


def run(config: RunConfig) -> dict[str, Any]:
    """Train `Global.model` on the lists of the dataset; see docs/training.md and docs/files.md for what is written.

    Raises:
        UsageError: a model that cannot be trained, a key that ocrflow does not act on, or wrong starting weights.
        DataError: a list or image is faulty. OutsideError: the device, the disk, the network or a process failed.
        Interrupted: Ctrl-C or SIGTERM; `latest/` is complete.
    """
    refuse_unsupported(config)
    device = parse_device(config.Global.device)
    require(device)
    require_precision(config.Train.amp, device.kind)
    lists = lists_of(config)
    processes = processes_of(config, device, len(lists.train))
    output = Path(config.Global.output)
    prepare(config, lists, output)
    require_weights(config)
    if processes > 1:
        from ocrflow.training.launch import run_processes

        result = run_processes(config, device, processes)
    else:
        from ocrflow.training.worker import train

        result = train(config, processes)
    draw_curves(output)
    best, main = result["best"], result["main_metric"]
    score = f"{main} {best[main]:.4f}"
    print(f"trained {config.Global.model}: best epoch {best['epoch']}, {score}, {result['seconds']:.0f} s")
    made_of = provenance.made_of(config, **lists.hashes)
    return {**paddlex_keys(config, result), **result, "num_processes": processes, "made_of": made_of}


def processes_of(config: RunConfig, device: Device, rows: int) -> int:
    """How many training processes there are on all hosts together; never more than rows.

    Raises:
        UsageError: several hosts have more cards than there are rows.
    """
    here = process_count(device, config.Train.num_processes)
    hosts = len(config.Train.dist_ips.split(",")) if config.Train.dist_ips else 1
    if hosts == 1:
        return min(here, rows)
    if here * hosts > rows:
        raise UsageError(f"{here * hosts} training processes for {rows} rows", fix="take fewer cards or hosts")
    return here * hosts


def require_weights(config: RunConfig) -> None:
    """Bring the starting weights, or fail, before any process starts. A checkpoint to go on from makes up for them."""
    settings = config.Train
    if settings.pretrain_weight_path and settings.resume_path is None:
        from ocrflow.nets.weights import resolve

        resolve(settings.pretrain_weight_path)


def refuse_unsupported(config: RunConfig) -> None:
    """Fail on PaddleX keys that are set to something ocrflow would have to ignore."""
    train = config.Train
    refused = {"Train.dy2st": train.dy2st, "Train.basic_config_path": train.basic_config_path is not None}
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
    """Plot loss, scores and learning rate over the epochs into train/curves.png."""
    from ocrflow.report.curves import draw

    folder = output / "train"
    between = folder / "evaluations.jsonl"
    draw(between if between.is_file() else folder / "metrics.jsonl", folder / "curves.png")


def paddlex_keys(config: RunConfig, result: dict[str, Any]) -> dict[str, Any]:
    """PaddleX's part of train_result.json; every score is that of its own weights, null where they were not scored."""
    models: dict[str, Any] = {f"last_{place}": {} for place in range(1, LAST + 1)}
    for place, kept in enumerate(result["kept"][:LAST], start=1):
        models[f"last_{place}"] = _files(kept["name"], kept["score"])
    models["best"] = _files(BEST, result["best"][result["main_metric"]])
    return {
        "model_name": config.Global.model,
        "label_dict": "label_dict.txt" if config.task == TEXT_RECOGNITION else "",
        "train_log": "train.log",
        "visualdl_log": "",
        "config": "config.yaml",
        "models": models,
    }


def _files(name: str, score: float | None) -> dict[str, Any]:
    weights = {key: f"{name}/{name}{ending}" for key, ending in ENDINGS.items()}
    return {"score": score, **weights, **{key: f"{name}/inference/{file}" for key, file in INFERENCE.items()}}
