"""The stage evaluate: scores every labelled val row with the exported model, and shows the worst readings.

Writes `evaluate/predictions.jsonl` (one object a row, in the order of the val list) and `evaluate/worst.png`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocrflow.config import RunConfig
from ocrflow.data.images import read_bgr
from ocrflow.data.labels import Row
from ocrflow.data.lists import Lists, lists_of
from ocrflow.errors import DataError
from ocrflow.files import write_jsonl
from ocrflow.inference.ctc_decode import Reading
from ocrflow.inference.model_dir import exported_folder, model_sha256
from ocrflow.inference.recognizer import Recognizer
from ocrflow.progress import track
from ocrflow.provenance import made_of
from ocrflow.report.gallery import Tile, write_gallery
from ocrflow.stages.base import result_of
from ocrflow.tasks.text_recognition.metric import Metrics, is_correct, score

WORST = 20  # rows in the gallery and in the result
NAMED = 20  # unreadable images named in the message; the result file has all

Prediction = dict[str, Any]  # image, label, text, score, correct


def run(config: RunConfig) -> dict[str, Any]:
    """Score the val rows.

    Raises:
        UsageError: no exported model where `Evaluate.weight_path` points.
        DataError: images cannot be read, or a row was not scored.
    """
    lists = lists_of(config)
    recognizer = Recognizer(_model_dir(config), config.Evaluate.batch_size, config.Global.device)
    unknown_rows = _warn_of_unknown_characters(recognizer, lists.val)
    predictions = _predictions(recognizer, lists)
    metrics = score((row["label"], row["text"]) for row in predictions)
    worst = worst_of(predictions)
    folder = Path(config.Global.output) / "evaluate"
    write_jsonl(folder / "predictions.jsonl", predictions)
    _write_gallery(folder / "worst.png", recognizer, lists.root, worst, metrics)
    wrong = sum(not row["correct"] for row in predictions)
    print(_summary(recognizer.model_dir, metrics, len(lists.val), wrong, folder / "worst.png"))
    return {
        "metrics": {"acc": metrics.acc, "norm_edit_dis": metrics.norm_edit_dis, "cer": metrics.cer},
        "rows_labelled": len(lists.val),
        "rows_scored": metrics.rows,
        "rows_exact": round(metrics.exact * metrics.rows),
        "rows_with_unknown_characters": unknown_rows,
        "model_dir": str(recognizer.model_dir),
        "model_sha256": (sha256 := model_sha256(recognizer.model_dir)),
        "wrong": wrong,
        "worst": worst,
        "made_of": made_of(config, model_sha256=sha256, **lists.hashes),
    }


def worst_of(predictions: list[Prediction]) -> list[Prediction]:
    """Up to `WORST` rows: the wrong ones, most of the text wrong first; if none is wrong, those of lowest score."""
    wrong = [row for row in predictions if not row["correct"]]
    if not wrong:
        return sorted(predictions, key=lambda row: row["score"])[:WORST]
    return sorted(wrong, key=lambda row: (-Levenshtein.normalized_distance(row["label"], row["text"]), -row["score"]))[
        :WORST
    ]


def _model_dir(config: RunConfig) -> Path:
    weight_path = config.Evaluate.weight_path
    if weight_path is None:
        result_of(config, "train")  # a broken-off training may have left the model of an earlier one
        return Path(config.Global.output) / "best_accuracy" / "inference"
    return exported_folder(Path(weight_path))


def _predictions(recognizer: Recognizer, lists: Lists) -> list[Prediction]:
    predictions: list[Prediction] = []
    faults: list[str] = []
    paths = [lists.root / row.image for row in lists.val]
    with track("evaluate", len(paths)) as advance:
        for row, reading in zip(lists.val, recognizer.predict_files(paths), strict=False):
            if isinstance(reading, Reading):
                predictions.append(_prediction(row, reading))
            else:
                faults.append(str(reading))
            advance(1, note=f"unreadable {len(faults)}" if faults else "")
    if faults:
        raise _unreadable(faults, lists)
    if len(predictions) != len(lists.val) or not predictions:
        raise DataError(
            f"{lists.val_file}: {len(lists.val)} labelled rows, {len(predictions)} scored; expected all, at least 1"
        )
    return predictions


def _prediction(row: Row, reading: Reading) -> Prediction:
    correct = is_correct(row.text, reading.text)
    return {"image": row.image, "label": row.text, "text": reading.text, "score": reading.score, "correct": correct}


def _unreadable(faults: list[str], lists: Lists) -> DataError:
    named = "\n".join(f"  {fault}" for fault in faults[:NAMED])
    more = f"\n  and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
    error = DataError(
        f"{lists.val_file}: {len(faults)} of {len(lists.val)} images cannot be read, none was scored:\n{named}{more}",
        fix="mend the files or remove their rows, then ocrflow check-dataset -c CONFIG",
    )
    error.result = {"unreadable": faults}  # type: ignore[attr-defined]
    return error


def _warn_of_unknown_characters(recognizer: Recognizer, rows: list[Row]) -> int:
    known = {*recognizer.codec.characters}
    unknown_of_row = [set(row.text) - known for row in rows]
    unknown = sorted(set().union(*unknown_of_row))
    count = sum(map(bool, unknown_of_row))
    if count:
        named = ", ".join(map(repr, unknown[:10])) + (", ..." if len(unknown) > 10 else "")
        print(f"warning: {count} of {len(rows)} labels cannot be read right: the model's dictionary lacks {named}")
    return count


def _write_gallery(path: Path, recognizer: Recognizer, root: Path, worst: list[Prediction], metrics: Metrics) -> None:
    tiles = [
        Tile(read_bgr(root / row["image"]), row["label"], row["text"], row["score"], row["image"]) for row in worst
    ]
    what = f"the {len(tiles)} worst" if not worst[0]["correct"] else f"no wrong row; the {len(tiles)} of lowest score"
    model = recognizer.info.model_name or recognizer.model_dir.name
    write_gallery(path, f"{model}: {metrics.rows} rows, acc {metrics.acc:.4f}: {what}", tiles)


def _summary(model_dir: Path, metrics: Metrics, rows: int, wrong: int, picture: Path) -> str:
    figures = f"acc {metrics.acc:.4f}, norm_edit_dis {metrics.norm_edit_dis:.4f}, cer {metrics.cer:.4f}"
    return f"evaluated {metrics.rows} of {rows} rows with {model_dir}: {figures}, {wrong} wrong rows, see {picture}"
