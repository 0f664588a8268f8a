"""`ocrflow data import`: the labels of another tool or data set become a PaddleX dataset, whole or not at all."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from ocrflow.data.importers.registry import Read, reader
from ocrflow.data.importers.sample import Item, Problem
from ocrflow.data.importers.summary import problems_text, summary
from ocrflow.data.importers.writer import Options, Report, write_dataset
from ocrflow.data.part_folder import part_folder
from ocrflow.errors import DataError, UsageError
from ocrflow.files import write_failed


def import_command(
    format_name: str,
    sources: list[str],
    destination: str,
    crop: bool,
    val_percent: int,
    seed: int,
    skip_faulty: bool,
) -> None:
    """Write the samples of all `sources` into the new folder `destination` and say what it holds.

    Everything is written beside it, into `DESTINATION.part`, and renamed at the end: a run that is killed leaves no
    `destination`, and the next run removes its rest.

    Args:
        format_name: key of `registry.FORMATS`.
        sources: files or folders, merged in this order.
        destination: a folder that does not exist or is empty.
        crop: cut text-recognition samples out of text-detection labels.
        val_percent: share of val, 1 to 99, of pictures that the sources do not divide themselves.
        seed: another seed, another division.
        skip_faulty: leave samples out that have a problem, and list them in `import_skipped.jsonl`.

    Raises:
        UsageError: an argument is wrong, or the sources are of different kinds.
        DataError: samples have problems, or there is none; nothing was written.
        OutsideError: the disk is full or cannot be written.
    """
    read = reader(format_name)
    if not 1 <= val_percent <= 99:
        raise UsageError(f"--val-percent: expected 1 to 99, got {val_percent}", fix="--val-percent 20")
    target = _new_folder(destination, sources)
    options = Options(crop, val_percent, seed, skip_faulty)
    with part_folder(target) as part:
        staged = part / "dataset"
        try:
            shutil.rmtree(staged, ignore_errors=True)
            report = write_dataset(_all_items(read, sources), staged, options)
            _refuse(report, sources, skip_faulty)
            staged.replace(target)
        except OSError as error:
            raise write_failed(target, error) from error
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    print(summary(report, destination))


def _new_folder(destination: str, sources: list[str]) -> Path:
    """The absolute path of the new dataset."""
    target = Path(destination).resolve()
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        fix = f"give another folder, or remove this one: rm -r {shlex.quote(destination)}"
        raise UsageError(f"{destination}: expected a new or empty folder; it exists and is not empty", fix=fix)
    for source in sources:
        path = Path(source)
        if not path.exists():
            raise UsageError(f"{source}: no such file or folder", fix="name what the labelling tool exported")
        if path.is_dir() and target.is_relative_to(path.resolve()):
            message = f"{destination} lies in the source {source}, which an import never changes"
            raise UsageError(message, fix="name a folder outside of it")
    return target


def _all_items(read: Read, sources: list[str]) -> Iterator[Item]:
    for source in sources:
        try:
            yield from read(Path(source))
        except OSError as error:
            yield Problem(error.filename or source, error.strerror or str(error))


def _refuse(report: Report, sources: list[str], skip_faulty: bool) -> None:
    if report.problems and not skip_faulty:
        fix = "correct them; or leave these samples out with --skip-faulty, which lists them in import_skipped.jsonl"
        raise DataError(f"nothing was imported\n{problems_text(report)}", fix=fix)
    if not report.counts["train"] + report.counts["val"]:
        found = f"\n{problems_text(report)}" if report.problems else ""
        message = f"no sample to import in {', '.join(sources)}{found}"
        raise DataError(message, fix="docs/import.md says what each format looks like; is --from right?")
