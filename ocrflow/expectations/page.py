"""The page of a judgement: one HTML file that holds all it shows, so that it looks the same without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrflow.data.images import read_bgr
from ocrflow.data.row_table import RowTable
from ocrflow.errors import DataError
from ocrflow.expectations.judge import Outcome
from ocrflow.expectations.overview import COLOURS, overview
from ocrflow.expectations.records import example, found, statistics, unmet
from ocrflow.expectations.sentence import shown
from ocrflow.expectations.suite import Entry
from ocrflow.files import write_text
from ocrflow.report.page.album import encoded
from ocrflow.report.page.render import render
from ocrflow.report.page.texts import visible

TEMPLATE = "page.html.j2"
CROP, PAGE = (320, 80), (320, 160)  # widest and highest picture in pixels: of a line of text, of anything else


@dataclass(frozen=True)
class Report:
    """All that the page shows.

    Attributes:
        dataset: the dataset as the configuration names it.
        task: e.g. text_recognition.
        table: the rows.
        columns: meaning of each column by name.
        label_is_text: whether people can read labels; else the page leaves them out.
        outcomes: what became of each expectation.
        skipped: entries that were not judged.
        files: the suite's files with their SHA-256.
    """

    dataset: str
    task: str
    table: RowTable
    columns: Mapping[str, str]
    label_is_text: bool
    outcomes: list[Outcome]
    skipped: list[Entry]
    files: list[dict[str, str]]


def write_page(path: Path, report: Report, data_version: str) -> None:
    """Write the page.

    Raises:
        OutsideError: the file cannot be written.
    """
    outcomes = report.outcomes
    failed = [*unmet(outcomes, "error"), *unmet(outcomes, "warning")]
    context = {
        "report": report,
        "name": Path(report.dataset).name or report.dataset,
        "data_version": data_version,
        "numbers": statistics(outcomes, len(report.skipped)),
        "failed": [(outcome, _examples(outcome, report)) for outcome in failed],
        "found": found,
        "overview": overview(report.table.frame, report.columns),
        "colours": COLOURS,
    }
    filters = {"shown": shown, "visible": lambda value: visible(shown(value))}
    write_text(path, render(TEMPLATE, context, filters, Path(__file__).parent))


def _examples(outcome: Outcome, report: Report) -> list[dict[str, Any]]:
    """Rows that do not meet an expectation, each with its picture, and with its label where that is text."""
    items = []
    limits = CROP if report.label_is_text else PAGE
    for index in outcome.examples:
        item = example(index, outcome, report.table)
        label = {"label": report.table.frame.loc[index, "label"]} if report.label_is_text else {}
        values = {name: value for name, value in (label | item["values"]).items() if name not in ("path", "split")}
        items.append(item | {"values": values, "picture": picture(report.table.root / item["image"], limits)})
    return items


def picture(path: Path, limits: tuple[int, int]) -> str | None:
    """The image, shrunk to a width and height of at most `limits`, as a data address; None when it cannot be read."""
    try:
        image_HWC = read_bgr(path)
    except DataError:
        return None
    return encoded(image_HWC, limits)
