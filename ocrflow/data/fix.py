"""A corrected copy of a dataset: lists, dictionary and images, everything in a new folder with a log of every change.

The order of work: read the lists and find their images, look at all images, decide which are written anew, correct the
labels, remove repetitions, write. Nothing is changed or written in the original dataset.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from ocrflow.data.boxes import parse_boxes
from ocrflow.data.fix_dictionary import corrected_entries
from ocrflow.data.fix_images import Link
from ocrflow.data.fix_lists import DrawnBeforeTurning, Entry, Facts, LabelFixer, entries_of, without_repetitions
from ocrflow.data.fix_paths import ImageFinder
from ocrflow.data.fix_rules import FixLog
from ocrflow.data.fix_text import read_text, write_lines
from ocrflow.data.fix_writer import ImageWriter
from ocrflow.data.image_pool import inspect_all
from ocrflow.data.root import DICT_NAME, LIST_OF_SPLIT
from ocrflow.errors import UsageError
from ocrflow.files import write_failed, write_jsonl
from ocrflow.models import TEXT_DETECTION, TEXT_RECOGNITION

LOG_NAME = "fix_log.jsonl"
_LOOKED_AT = 100  # rows that tell a list of detection from one of recognition


@dataclass(frozen=True)
class FixReport:
    """What was done.

    Attributes:
        rows: rows written of each list.
        images: number of images in the new folder.
        rewritten: how many of them were written anew.
        changes: how many changes each rule made.
    """

    rows: dict[str, int]
    images: int
    rewritten: int
    changes: dict[str, int]


def fix(
    root: Path,
    folder: Path,
    task: str,
    drawn_before_turning: DrawnBeforeTurning,
    link: Link = "copy",
    encoding: str | None = None,
) -> FixReport:
    """Write a corrected copy of the dataset in `root` into the empty `folder`.

    Args:
        root: the folder with train.txt.
        folder: an empty folder.
        task: text_recognition or text_detection.
        drawn_before_turning: decides for a row whose image EXIF turns.
        link: how images that need no change get into the new folder.
        encoding: of lists and dictionary that are not UTF-8; None leaves their rows as they are.

    Raises:
        UsageError: the labels are of the other task, or there is no such encoding.
        DataError: a list cannot be read.
        OutsideError: the disk refuses.
    """
    log = FixLog()
    lists = _read_lists(root, encoding, log)
    if task == TEXT_RECOGNITION:
        _refuse_boxes(lists)
    dictionary = read_text(root / DICT_NAME, encoding, log)
    sources = {entry.source: None for entries in lists.values() for entry in entries if entry.source}
    by_path = inspect_all({str(source): source for source in sources}, "data fix")
    facts = {Path(path): found for path, found in by_path.items()}
    images = ImageWriter(facts, drawn_before_turning, log)
    for file, entries in lists.items():
        lists[file] = _corrected(file, entries, task, images, facts)
    try:
        written = images.write(lists, folder, task, link)
        for file, entries in lists.items():
            write_lines(folder / file, (entry.text() for entry in entries))
        if dictionary is not None:
            write_lines(folder / DICT_NAME, corrected_entries(dictionary, log))
        write_jsonl(folder / LOG_NAME, [asdict(item) for item in log.changes])
    except OSError as error:
        raise write_failed(folder, error) from error
    rows = {file: sum(entry.found is not None for entry in entries) for file, entries in lists.items()}
    return FixReport(rows, sum(written.values()), written["new"], log.counts())


def _read_lists(root: Path, encoding: str | None, log: FixLog) -> dict[str, list[Entry]]:
    """The entries of each list that there is, by its name."""
    finder = ImageFinder(root)
    lists = {}
    for file in LIST_OF_SPLIT.values():
        lines = read_text(root / file, encoding, log)
        if lines is not None:
            lists[file] = entries_of(lines, file, finder, log)
    return lists


def _refuse_boxes(lists: dict[str, list[Entry]]) -> None:
    """Raise UsageError when the labels are those of detection."""
    for file, entries in lists.items():
        if any(entry.label and parse_boxes(entry.label)[0] for entry in entries[:_LOOKED_AT]):
            raise UsageError(f"{file}: its labels are boxes of text detection", fix=f"--task {TEXT_DETECTION}")


def _corrected(file: str, entries: list[Entry], task: str, images: ImageWriter, facts: Facts) -> list[Entry]:
    """The entries of one list with corrected labels, without repetitions."""
    labels = LabelFixer(file, facts, images.drawn_before_turning, images.log)
    for entry in entries:
        if task == TEXT_RECOGNITION:
            labels.text(entry)
        else:
            labels.values(entry)
            labels.polygons(entry, images.turns(entry.source))
    return without_repetitions(entries, file, facts, images.log)
