"""`ocrflow data fix`: a corrected copy of a dataset, whole or not at all, and what is left to be corrected by hand."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from ocrflow.data.fault_kinds import KINDS
from ocrflow.data.fix import LOG_NAME, FixReport, fix
from ocrflow.data.fix_images import LINKS, Link
from ocrflow.data.fix_lists import DrawnBeforeTurning
from ocrflow.data.fix_rules import RULES
from ocrflow.data.fix_text import require_encoding
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.data.part_folder import part_folder
from ocrflow.data.root import dataset_root
from ocrflow.errors import UsageError
from ocrflow.files import write_failed
from ocrflow.models import TASKS, TEXT_DETECTION, TEXT_RECOGNITION

_ANY_MODEL = {TEXT_RECOGNITION: "PP-OCRv6_tiny_rec", TEXT_DETECTION: "PP-OCRv6_tiny_det"}


def fix_command(
    dataset: str,
    destination: str,
    task: str = TEXT_RECOGNITION,
    link: str = "copy",
    encoding: str | None = None,
) -> None:
    """Write a corrected copy of `dataset` into the new folder `destination`, and say what changed and what is left.

    Everything is written beside it, into `DESTINATION.part`, and renamed at the end: a run that is killed leaves no
    `destination`, and the next run removes its rest. Nothing below `dataset` is changed.

    Args:
        dataset: folder with train.txt, or with one folder that has it.
        destination: a folder that does not exist or is empty, outside of `dataset`.
        task: text_recognition or text_detection.
        link: "copy", "hard" or "symlink": how images that need no change get there.
        encoding: of lists and dict.txt that are not UTF-8, e.g. gb18030.

    Raises:
        UsageError: an argument is wrong.
        DataError: there is no dataset, or a list cannot be read.
        OutsideError: the disk is full or cannot be written.
    """
    _refuse_arguments(task, link, encoding)
    root = dataset_root(Path(dataset)).resolve()
    target = _new_folder(Path(destination), Path(dataset))
    with part_folder(target) as part:
        staged = part / "dataset"
        try:
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir()
            report = fix(root, staged, task, _drawn_before_turning(task), cast(Link, link), encoding)
            staged.replace(target)
        except OSError as error:
            raise write_failed(target, error) from error
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    for line in (*_report_lines(destination, report), *_left_lines(target, destination, task)):
        print(line)


def _refuse_arguments(task: str, link: str, encoding: str | None) -> None:
    if task not in TASKS:
        raise UsageError(f"no task {task!r}", fix=f"--task {' or --task '.join(TASKS)}")
    if link not in LINKS:
        raise UsageError(f"--link {link}: expected {', '.join(LINKS)}", fix="--link copy")
    if encoding is not None:
        require_encoding(encoding)


def _new_folder(destination: Path, dataset: Path) -> Path:
    """The absolute path of the new dataset."""
    target = destination.resolve()
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        fix = f"give another folder, or remove this one: rm -r {shlex.quote(str(destination))}"
        raise UsageError(f"{destination}: expected a new or empty folder; it exists and is not empty", fix=fix)
    if target.is_relative_to(dataset.resolve()):
        raise UsageError(f"{destination} lies in {dataset}, which is never changed", fix="name a folder outside of it")
    return target


def _drawn_before_turning(task: str) -> DrawnBeforeTurning:
    """What check_dataset calls image_exif_mismatch."""
    if task == TEXT_RECOGNITION:
        from ocrflow.tasks.text_recognition.checks import turn_faults

        rows = RowList("train", Path("train.txt"), [])
        return lambda row, image: any(turn_faults(rows, row, image))
    from ocrflow.data.boxes import numbered_boxes
    from ocrflow.tasks.text_detection.polygon_faults import exif_mismatch

    def drawn_before_turning(row: Row, image: ImageFacts) -> bool:
        return exif_mismatch(numbered_boxes(row.text)[0], image) is not None

    return drawn_before_turning


def _report_lines(destination: str, report: FixReport) -> Iterator[str]:
    rows = " + ".join(f"{count} in {file}" for file, count in report.rows.items())
    yield f"{destination}: rows {rows or 'none'}; {report.images} images, {report.rewritten} of them written anew"
    yield f"changes, each of them in {LOG_NAME}:" if report.changes else "nothing was to be changed"
    for rule, count in report.changes.items():
        yield f"  {count:7d}  {rule:<18} {RULES[rule]}"
    if any(rule in report.changes for rule in ("dict_blank", "dict_duplicate")):
        yield "  lines of dict.txt are gone: the characters below them have other classes now"


def _left_lines(target: Path, destination: str, task: str) -> Iterator[str]:
    """What check_dataset finds in the corrected copy."""
    from ocrflow.config import GlobalSection, RunConfig
    from ocrflow.data.fault_log import FaultLog
    from ocrflow.tasks.examine import examine

    model = _ANY_MODEL[task]
    with tempfile.TemporaryDirectory() as folder:
        config = RunConfig(Global=GlobalSection(model=model, dataset_dir=str(target), output=folder))
        with FaultLog(Path(folder), {}) as log:
            examine(config, log)
    counts = log.tally.ordered()
    yield f"left as it is: {log.tally.summary()}" if counts else "left as it is: nothing, check_dataset passes"
    for code, count in counts.items():
        yield f"  {count:7d}  {KINDS[code].severity:<8} {code:<26} {KINDS[code].meaning}"
    if counts:
        yield "  each with its place:"
        yield f"    ocrflow check-dataset -c {model} -o Global.dataset_dir={shlex.quote(destination)}"
