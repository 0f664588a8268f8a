"""The page of a task or of the OCR pipeline: what the stages left in an output folder, as one HTML file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import DataError
from ocrflow.files import write_text
from ocrflow.models import TEXT_DETECTION, TEXT_RECOGNITION
from ocrflow.report.page import detection, facts, pipeline, recognition
from ocrflow.report.page.album import Album
from ocrflow.report.page.bars import BarTable, percent
from ocrflow.report.page.box_tables import fit, threshold_curves, tilt_table
from ocrflow.report.page.labels import image_root, label_charts
from ocrflow.report.page.parts import Part, read_part, read_tables, tolerant
from ocrflow.report.page.reading_tables import calibration_table, character_table, length_table
from ocrflow.report.page.render import render
from ocrflow.report.page.texts import breakable, shortened, sign, visible

PAGE = "report.html"
MAIN = {TEXT_RECOGNITION: "acc", TEXT_DETECTION: "hmean"}  # the metric at the top of the page
EMPTY = BarTable("", "", (), [])
MOST_BYTES = 10_000_000  # of the page
ALBUM_BYTES = (7_000_000, 3_000_000, 500_000, 0)  # of its pictures: the next one when the page comes out too large

Context = dict[str, Any]
FILTERS: dict[str, Callable[..., Any]] = {
    "visible": visible,
    "shortened": shortened,
    "percent": percent,
    "sign": sign,
    "breakable": breakable,
}


@dataclass(frozen=True)
class Draft:
    """A page before its pictures: its template, what that needs, and what makes the rest of it with an album."""

    template: str
    context: Context
    with_pictures: Callable[[Album], Context]


@dataclass(frozen=True)
class Written:
    """What the page came to.

    Attributes:
        bytes, images: its size, and pictures in it.
        unreadable: images that could not be read.
        missing: stages whose results are not in it, each with the reason.
    """

    bytes: int
    images: int
    unreadable: int
    missing: dict[str, str]


def write_page(path: Path, config: RunConfig) -> Written:
    """Write the page of `Global.output`; a part that is missing or damaged says so on the page.

    Raises:
        DataError: the page cannot be kept below `MOST_BYTES`. OutsideError: the file cannot be written.
    """
    output = Path(config.Global.output)
    draft = (_pipeline_draft if _is_pipeline(config, output) else _task_draft)(config, output)
    missing = {stage: part.reason for stage, part in draft.context["parts"].items() if not part.done}
    size = 0
    for limit in ALBUM_BYTES:
        album = Album(limit)
        html = render(draft.template, draft.context | draft.with_pictures(album), FILTERS)
        size = len(html.encode("utf-8"))
        if size < MOST_BYTES:
            write_text(path, html)
            return Written(size, album.count, album.unreadable, missing)
    raise DataError(f"{path}: {size:,} bytes without any picture, expected less than {MOST_BYTES:,}")


def _is_pipeline(config: RunConfig, output: Path) -> bool:
    """Whether the page is of the stage ocr: its models are configured, or nothing else ran in the folder."""
    others = (read_part(output, stage) for stage in facts.STAGES)
    return config.Ocr.det_model is not None or (not read_part(output, "ocr").absent and all(p.absent for p in others))


def _task_draft(config: RunConfig, output: Path) -> Draft:
    parts = facts.parts_of(output)
    scores = facts.scores_of(parts)
    context = _shared(config, parts) | {
        "made": facts.made_by(config, parts),
        "warnings": facts.warnings_of(parts),
        "scores": scores,
        "main": next((score for score in scores if score.name == MAIN[config.task]), facts.Score(MAIN[config.task])),
        "interval": facts.interval_of(parts),
        "parity": facts.parity_of(parts),
        "curves": facts.training_curves(output),
        "label_charts": label_charts(config),
        "configuration": facts.configuration(output),
    }
    file, tables = output / "evaluate" / "predictions.jsonl", read_tables(output / "evaluate" / "tables.json")
    root = image_root(Path(config.Global.dataset_dir))
    if config.task == TEXT_RECOGNITION:
        readings = recognition.Readings(file)
        context |= {
            "lengths": tolerant(length_table, EMPTY)(tables),
            "calibration": tolerant(calibration_table, EMPTY)(tables),
        }
        context |= {"characters": tolerant(character_table, EMPTY)(tables)}
        return Draft(
            "recognition.html.j2", context, lambda album: recognition.recognition_context(readings, root, album)
        )
    findings = detection.Findings(file)
    context |= {
        "tilts": tolerant(tilt_table, None)(tables),
        "fit": tolerant(fit, "")(tables),
        "thresholds": tolerant(threshold_curves, None)(tables),
    }
    return Draft("detection.html.j2", context, lambda album: detection.detection_context(findings, root, album))


def _pipeline_draft(config: RunConfig, output: Path) -> Draft:
    part = read_part(output, "ocr")
    readings = pipeline.Readings(output / "ocr" / "predictions.jsonl")
    root = image_root(Path(config.Global.dataset_dir))
    context = _shared(config, {"ocr": part}) | {
        "metrics": part.get("metrics"),
        "made": pipeline.made_by(part.value, config),
    }
    return Draft("pipeline.html.j2", context, lambda album: pipeline.pipeline_context(readings, root, album))


def _shared(config: RunConfig, parts: dict[str, Part]) -> Context:
    """What every page has."""
    name = Path(config.Global.dataset_dir).name or config.Global.dataset_dir
    return {"task": config.task.replace("_", " "), "name": name, "output": config.Global.output, "parts": parts}
