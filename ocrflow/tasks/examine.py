"""Looking at a whole dataset once: everything that is wrong with it, and what its result needs.

The lists are read twice, row by row: first for the names of the images, then, when all images were looked at, for
everything else. Kept in memory are the facts of each image and a few bytes a row, never the rows.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ocrflow.config import RunConfig
from ocrflow.data.copies import Copies
from ocrflow.data.fault_log import FaultLog
from ocrflow.data.faults import Fault, fault
from ocrflow.data.fingerprint import files_under, md5s_of, version_of
from ocrflow.data.image_faults import forget_names, image_faults, orphan_faults, path_problem
from ocrflow.data.image_pool import inspect_all
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList, is_optional, stream_rows
from ocrflow.data.root import LIST_OF_SPLIT, find_root
from ocrflow.data.split_in_place import refuse_unfinished
from ocrflow.errors import DataError
from ocrflow.tasks.check import DatasetCheck, check_of

SAMPLES = 10
_WITHOUT_NAMES = {"list_missing", "file_unreadable", "file_not_utf8"}  # images may be named where nothing was read


@dataclass
class Examination:
    """What was found beside the faults.

    Attributes:
        root: the dataset's root; None when there is none.
        check: the task's checks, which have seen all rows.
        rows: number of rows that could be read in each split.
        samples: up to ten rows of each split, evenly spread.
        files: all files below `Global.dataset_dir` by relative path.
        data_version: hash over all files; None when some cannot be read.
    """

    root: Path | None = None
    check: DatasetCheck | None = None
    rows: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[Row]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    data_version: str | None = None


def examine(config: RunConfig, log: FaultLog) -> Examination:
    """Check all of a dataset; nothing is raised for faulty data and nothing below the dataset is written.

    Raises:
        DataError: an in-place split of the dataset is unfinished.
    """
    dataset_dir = Path(config.Global.dataset_dir)
    root, faults = find_root(dataset_dir)
    log.extend(faults)
    if root is None:
        return Examination()
    refuse_unfinished(root)
    forget_names()
    found = Examination(root, check_of(config, root))
    lists = [RowList(split, root / name, []) for split, name in LIST_OF_SPLIT.items()]
    names = _names(lists, found, log, config.CheckDataset.split.enable)
    paths = {name: root / name for name in names if not path_problem(name)}
    facts = inspect_all(paths, "check_dataset")
    del paths
    _look_at_rows(config, found, lists, facts, log)
    _version(dataset_dir, found, facts, log)
    below = "" if root == dataset_dir else f"{root.relative_to(dataset_dir).as_posix()}/"
    in_root = (name[len(below) :] for name in found.files if name.startswith(below))
    if not log.tally.counts.keys() & _WITHOUT_NAMES:
        log.extend(orphan_faults({posixpath.normpath(name) for name in names}, in_root, root))
    return found


def _names(lists: list[RowList], found: Examination, log: FaultLog, will_split: bool) -> dict[str, None]:
    """The images of all rows, each once; the faults of the lists' form are logged."""
    names: dict[str, None] = {}
    for rows in lists:
        found.rows[rows.split] = 0
        for item in stream_rows(rows.file, rows.split):
            if isinstance(item, Row):
                found.rows[rows.split] += 1
                names[item.image] = None
            elif not is_optional(item, will_split):
                log.add(item)
    return names


def _look_at_rows(
    config: RunConfig, found: Examination, lists: list[RowList], facts: Mapping[str, ImageFacts], log: FaultLog
) -> None:
    """All checks that look at rows, their images and their labels."""
    check, root = found.check, found.root
    assert check and root
    copies = Copies(config.CheckDataset.split.enable)
    log.extend(check.opening_faults())
    for rows in lists:
        count = found.rows[rows.split]
        wanted = {index * count // SAMPLES for index in range(SAMPLES)} if count > SAMPLES else set(range(count))
        chosen = found.samples[rows.split] = []
        for index, row in enumerate(_rows(rows)):
            image = facts.get(row.image)
            log.extend(image_faults(rows, row, image, root))
            log.extend(check.row_faults(rows, row, image))
            log.extend(copies.row_faults(rows, row, image))
            if index in wanted:
                chosen.append(row)
    log.extend(check.closing_faults(lists))
    log.extend(copies.near_faults(lists[1], facts, root))


def _rows(rows: RowList) -> Iterator[Row]:
    return (item for item in stream_rows(rows.file, rows.split) if isinstance(item, Row))


def _version(dataset_dir: Path, found: Examination, facts: Mapping[str, ImageFacts], log: FaultLog) -> None:
    """All files and their common hash; the images' own hashes are known already."""
    assert found.root
    below = found.root.relative_to(dataset_dir).as_posix()
    known = {posixpath.normpath(posixpath.join(below, name)): fact.md5 for name, fact in facts.items() if fact.md5}
    try:
        found.files = files_under(dataset_dir)
        found.data_version = version_of(md5s_of(found.files, known))
    except DataError as error:
        log.add(_unreadable(error, dataset_dir))


def _unreadable(error: DataError, dataset_dir: Path) -> Fault:
    return fault("dataset_unreadable", str(error), dataset_dir)
