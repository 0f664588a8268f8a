"""The stage evaluate: scores every labelled val row with the exported model, and shows the worst answers.

Writes `evaluate/predictions.jsonl` (one object a row, in the order of the val list) and `evaluate/worst.png`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.lists import Lists, lists_of
from ocrflow.errors import DataError
from ocrflow.files import write_jsonl
from ocrflow.inference.model_dir import exported_folder, model_sha256
from ocrflow.progress import track
from ocrflow.provenance import made_of
from ocrflow.stages.base import result_of
from ocrflow.tasks.tools import ExportedModel, Prediction, Scorer, tools_of

ENGINE = "paddle"  # what PaddleX runs the model with by default, whatever else is installed or exported
NAMED = 20  # unreadable images named in the message; the result file has all


def run(config: RunConfig) -> dict[str, Any]:
    """Score the val rows.

    Raises:
        UsageError: no exported model where `Evaluate.weight_path` points.
        DataError: images cannot be read, or a row was not scored.
    """
    lists = lists_of(config)
    tools = tools_of(config.task)
    model = tools.open_model(_model_dir(config), config.Evaluate.batch_size, config.Global.device, ENGINE)
    scorer = tools.scorer(model, lists)
    scorer.warn()
    predictions = _predictions(model, scorer, lists)
    scores = scorer.score(predictions)
    folder = Path(config.Global.output) / "evaluate"
    write_jsonl(folder / "predictions.jsonl", predictions)
    scorer.write_tables(folder, predictions)
    scorer.draw_worst(folder / "worst.png", scores)
    figures = ", ".join(f"{name} {value:.4f}" for name, value in scores.metrics.items())
    counts = f"evaluated {len(predictions)} of {len(lists.val)} rows with {model.model_dir}"
    print(f"{counts}: {figures}, {scores.wrong} wrong rows, see {folder / 'worst.png'}")
    return {
        "metrics": scores.metrics,
        "rows_labelled": len(lists.val),
        "rows_scored": len(predictions),
        **scores.details,
        **_beside_training(config, scores.metrics),
        "model_dir": str(model.model_dir),
        "model_sha256": (sha256 := model_sha256(model.model_dir)),
        "wrong": scores.wrong,
        "worst": scores.worst,
        "made_of": made_of(config, model_sha256=sha256, **lists.hashes),
    }


def _model_dir(config: RunConfig) -> Path:
    weight_path = config.Evaluate.weight_path
    if weight_path is None:
        result_of(config, "train")  # a broken-off training may have left the model of an earlier one
        return Path(config.Global.output) / "best_accuracy" / "inference"
    return exported_folder(Path(weight_path))


def _beside_training(config: RunConfig, metrics: dict[str, float]) -> dict[str, Any]:
    """What the training measured of its best weights, and how far the exported model is from it."""
    if config.Evaluate.weight_path is not None:
        return {}
    best = result_of(config, "train").get("best", {})
    trained = {name: best[name] for name in metrics if name in best}
    difference = {name: metrics[name] - value for name, value in trained.items()}
    return {"parity": {"trained": trained, "difference": difference}}


def _predictions(model: ExportedModel, scorer: Scorer, lists: Lists) -> list[Prediction]:
    predictions: list[Prediction] = []
    faults: list[str] = []
    paths = [lists.root / row.image for row in lists.val]
    with track("evaluate", len(paths)) as advance:
        for row, answer in zip(lists.val, model.predict_files(paths), strict=False):
            if isinstance(answer, DataError):
                faults.append(str(answer))
            else:
                predictions.append(scorer.prediction(row, answer))
            advance(1, note=f"unreadable {len(faults)}" if faults else "")
    if faults:
        raise _unreadable(faults, lists)
    if len(predictions) != len(lists.val) or not predictions:
        raise DataError(
            f"{lists.val_file}: {len(lists.val)} labelled rows, {len(predictions)} scored; expected all, at least 1"
        )
    return predictions


def _unreadable(faults: list[str], lists: Lists) -> DataError:
    named = "\n".join(f"  {fault}" for fault in faults[:NAMED])
    more = f"\n  and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
    error = DataError(
        f"{lists.val_file}: {len(faults)} of {len(lists.val)} images cannot be read, none was scored:\n{named}{more}",
        fix="mend the files or remove their rows, then ocrflow check-dataset -c CONFIG",
    )
    error.result = {"unreadable": faults}  # type: ignore[attr-defined]
    return error
