"""The short table at the end of a run."""

from __future__ import annotations

from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.lists import recorded
from ocrflow.stages.base import result_of
from ocrflow.tasks.tools import tools_of


def print_summary(config: RunConfig) -> None:
    """Print model, data version, rows scored, the scores, where the exported model is, and what was registered.

    Raises:
        UsageError: a stage did not run.
    """
    train, evaluation = result_of(config, "train"), result_of(config, "evaluate")
    export, registered = result_of(config, "export"), _registered(config)
    alias = f" @{registered['alias']}" if registered["alias_set"] else " (no alias: the gate refused)"
    metric, metrics = tools_of(config.task).main_metric, evaluation["metrics"]
    others = ", ".join(f"{name} {value:.4f}" for name, value in metrics.items() if name != metric)
    rows = {
        "model": f"{train['model_name']} ({train['num_processes']} processes, {train['seconds']:.0f} s of training)",
        "data version": f"{registered['data_version']} ({config.Global.dataset_dir})",
        "rows scored": f"{evaluation['rows_scored']} of {evaluation['rows_labelled']} validation rows",
        metric: f"{metrics[metric]:.2%}, {evaluation['wrong']} rows wrong ({others})",
        "before training": f"{train['baseline'][metric]:.2%}",
        "the page": f"{config.Global.output}/report.html",
        "exported model": export["model_dir"],
        "registered": f"{registered['name']} version {registered['version']}{alias}",
        "open the UI": registered["ui_command"],
    }
    _print(config.task, rows)


def print_ocr_summary(config: RunConfig) -> None:
    """Print the models of the pipeline, the images read, the scores, and where its files are.

    Raises:
        UsageError: the stage ocr did not run.
    """
    result = result_of(config, "ocr")
    metrics, texts = result["metrics"], result["texts"]
    models = (result["det_model"], result["rec_model"])
    others = ", ".join(f"{name} {metrics[name]:.4f}" for name in ("precision", "recall"))
    boxes = ", ".join(f"{name} {metrics[name]:.4f}" for name in ("box_precision", "box_recall"))
    cer = f", cer of matched boxes {metrics['cer']:.4f}" if "cer" in metrics else ""
    rows = {
        "models": " + ".join(f"{model['name']} ({model['model_dir']})" for model in models),
        "rows scored": f"{result['rows_scored']} of {result['rows_labelled']} held-back images ({result['rows']})",
        "f1": f"{metrics['f1']:.2%}, {texts['right']} of {texts['labelled']} texts found and read right ({others})",
        "box hmean": f"{metrics['box_hmean']:.2%} ({boxes}{cer})",
        "wrong images": f"{result['wrong']}, see {config.Global.output}/report.html",
        "read with it": f"paddlex --pipeline {result['ocr_yaml']} --input IMAGE --save_path DIR",
    }
    _print("ocr", rows)


def _print(title: str, rows: dict[str, str]) -> None:
    width = max(map(len, rows))
    print(f"\nocrflow: {title}")
    for name, value in rows.items():  # not in a box: a command that is cut or wrapped cannot be copied
        print(f"  {name:<{width}}  {value}")


def _registered(config: RunConfig) -> dict[str, Any]:
    """The result of register. It counts as failed when the gate refused, but there is a version to tell about."""
    refused = recorded(config, "register")
    return refused if refused.get("alias_set") is False else result_of(config, "register")
