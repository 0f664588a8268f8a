"""The stage ocr: finds and reads the texts of held-back images with the stock PaddleX pipeline, and scores them.

Writes `OCR.yaml`, and `ocr/` with PaddleX's JSON of every image and its picture of some, `predictions.jsonl` (one
object an image, in the order of the list; keys in `ocrflow.tasks.ocr.matching`) and `worst.png`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.fingerprint import data_version
from ocrflow.errors import DataError
from ocrflow.files import sha256_of, write_failed, write_jsonl
from ocrflow.inference.model_dir import model_sha256
from ocrflow.progress import track
from ocrflow.provenance import made_of
from ocrflow.tasks.ocr.gallery import worst_of, write_gallery
from ocrflow.tasks.ocr.matching import OcrCounts, compare, counts_of
from ocrflow.tasks.ocr.models import models_of
from ocrflow.tasks.ocr.rows import HeldBack, held_back
from ocrflow.tasks.ocr.settings import OcrSettings, write_ocr_yaml
from ocrflow.tasks.ocr.stock import StockPipeline
from ocrflow.tasks.tools import Prediction, spread

NAMED = 20  # unreadable images named in the message; the result file has all


def run(config: RunConfig) -> dict[str, Any]:
    """Run both models on the rows, end to end.

    Raises:
        UsageError: a model or the list is not set or not there, or a model is of the other task.
        DataError: images cannot be read, no label says what a text says, or the gate: f1 below `Ocr.min_f1`.
        OutsideError: PaddleX cannot run the models, or the output folder cannot be written.
    """
    output = Path(config.Global.output)
    det_dir, rec_dir = models_of(config)
    rows = held_back(config)
    ocr_yaml = output / "OCR.yaml"
    settings = write_ocr_yaml(ocr_yaml, det_dir, rec_dir, score_thresh=config.Ocr.score_thresh)
    engine = None if config.Ocr.engine == "auto" else config.Ocr.engine
    pipeline = StockPipeline(ocr_yaml, config.Global.device, engine)
    partial = output / ".ocr.partial"
    try:
        lines = _lines(pipeline, rows, partial, config.Ocr.pictures)
        counts = sum(map(counts_of, lines), OcrCounts())
        worst = worst_of(lines)
        _write(partial, output / "ocr", lines, worst, _title(settings, lines, counts), rows.root)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    figures = ", ".join(f"{name} {value:.4f}" for name, value in counts.metrics.items())
    print(f"read {len(lines)} of {len(rows.rows)} images with {ocr_yaml}: {figures}; see {output / 'ocr'}")
    result = {
        "metrics": counts.metrics,
        "texts": counts.plain,
        "rows_labelled": len(rows.rows),
        "rows_scored": len(lines),
        "wrong": sum(not line["correct"] for line in lines),
        "worst": [line["image"] for line in worst],
        "rows": str(rows.file),
        "ocr_yaml": str(ocr_yaml),
        "engine": config.Ocr.engine,
        **_models(settings),
    }
    hashes = {"det_sha256": result["det_model"]["sha256"], "rec_sha256": result["rec_model"]["sha256"]}
    data = {"data_version": data_version(Path(config.Global.dataset_dir)), "rows_sha256": sha256_of(rows.file)}
    return _gated(config, result | {"made_of": made_of(config, **data, **hashes)})


def _models(settings: OcrSettings) -> dict[str, Any]:
    both = {"det_model": (settings.det_name, settings.det_dir), "rec_model": (settings.rec_name, settings.rec_dir)}
    return {
        key: {"name": name, "model_dir": str(folder), "sha256": model_sha256(folder)}
        for key, (name, folder) in both.items()
    }


def _lines(pipeline: StockPipeline, rows: HeldBack, folder: Path, pictures: int) -> list[Prediction]:
    """The scored line of every row; PaddleX's files go into `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    lines: list[Prediction] = []
    faults: list[str] = []
    drawn = {row.line for row in spread(rows.rows, pictures)} if pictures else set()
    with track("ocr", len(rows.rows)) as advance:
        for row, boxes in zip(rows.rows, rows.boxes, strict=True):
            try:
                result = pipeline.run(rows.root / row.image)
            except DataError as error:
                faults.append(str(error))
            else:
                place = rows.place_of(row)
                files = result.save(folder / place, row.line in drawn)
                named = {kind: (Path("ocr") / place / name).as_posix() for kind, name in files.items()}
                lines.append(compare(row.image, boxes, result.boxes) | named)
            advance(1, note=f"unreadable {len(faults)}" if faults else "")
    if faults:
        raise _unreadable(faults, rows)
    return lines


def _write(
    partial: Path, folder: Path, lines: list[Prediction], worst: list[Prediction], title: str, root: Path
) -> None:
    """Complete the files of this run, and put them in the place of an earlier run's."""
    write_jsonl(partial / "predictions.jsonl", lines)
    write_gallery(partial / "worst.png", title, root, worst)
    try:
        if folder.exists():
            shutil.rmtree(folder)
        partial.replace(folder)
    except OSError as error:
        raise write_failed(folder, error) from error


def _title(settings: OcrSettings, lines: list[Prediction], counts: OcrCounts) -> str:
    metrics = counts.metrics
    what = "the worst" if any(not line["correct"] for line in lines) else "all right; the least sure"
    names = f"{settings.det_name} + {settings.rec_name}"
    return f"{names}: {len(lines)} images, f1 {metrics['f1']:.4f}, box hmean {metrics['box_hmean']:.4f}: {what}"


def _unreadable(faults: list[str], rows: HeldBack) -> DataError:
    named = "\n".join(f"  {fault}" for fault in faults[:NAMED])
    more = f"\n  and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
    message = f"{rows.file}: {len(faults)} of {len(rows.rows)} images cannot be read, none was scored:\n{named}{more}"
    error = DataError(message, fix="mend the files or remove their rows")
    error.result = {"unreadable": faults}  # type: ignore[attr-defined]
    return error


def _gated(config: RunConfig, result: dict[str, Any]) -> dict[str, Any]:
    f1, minimum = result["metrics"]["f1"], config.Ocr.min_f1
    if f1 >= minimum:
        return result
    worst = Path(config.Global.output) / "ocr" / "worst.png"
    message = f"the gate Ocr.min_f1 = {minimum} refuses the pipeline: f1 is {f1:.4f}; see {worst}"
    error = DataError(message, fix="train the weaker model longer, or lower the gate with -o Ocr.min_f1=...")
    error.result = result  # type: ignore[attr-defined]
    raise error
