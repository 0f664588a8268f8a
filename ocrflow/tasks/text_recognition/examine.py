"""Looking at a whole recognition dataset once: everything that is wrong with it, and what its result needs."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ocrflow.config import RunConfig
from ocrflow.data.dictionary import scan_dictionary
from ocrflow.data.faults import Fault, fault
from ocrflow.data.fingerprint import files_under, md5s_of, version_of
from ocrflow.data.image_faults import image_faults, image_paths, leak_faults, orphan_faults
from ocrflow.data.image_pool import inspect_all
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import RowList, scan_lists
from ocrflow.data.root import DICT_NAME, find_root
from ocrflow.errors import DataError
from ocrflow.tasks.text_recognition.checks import DEFAULT_BASE_WIDTH, copy_faults, label_faults, length_faults

DATASET_TYPE = "MSTextRecDataset"


@dataclass(frozen=True)
class Examination:
    """What was found.

    Attributes:
        root: the dataset's root; None when there is none.
        lists: the rows that could be read, train before val.
        dictionary: the characters that could be read.
        files: all files below `Global.dataset_dir` by relative path.
        data_version: hash over all files; None when some cannot be read.
        faults: everything that is wrong.
    """

    root: Path | None
    lists: list[RowList]
    dictionary: list[str]
    files: dict[str, Path]
    data_version: str | None
    faults: list[Fault]


def examine(config: RunConfig) -> Examination:
    """Check all of a dataset; nothing is raised for faulty data and nothing below the dataset is written."""
    dataset_dir = Path(config.Global.dataset_dir)
    root, faults = find_root(dataset_dir)
    if root is None:
        return Examination(None, [], [], {}, None, faults)
    will_split = config.CheckDataset.split.enable
    lists, faults = scan_lists(root, will_split)
    dictionary, dict_faults = scan_dictionary(root / DICT_NAME)
    facts = inspect_all(image_paths(lists, root), "check_dataset")
    files, version = _versioned(dataset_dir, root, facts, faults)
    in_root = {path.relative_to(root).as_posix(): path for path in files.values() if path.is_relative_to(root)}
    faults += dict_faults
    faults += chain.from_iterable(_row_faults(rows, dictionary, facts, config) for rows in lists)
    faults += copy_faults(lists, facts)
    if not will_split:
        faults += leak_faults(lists[0], lists[1], facts)
    faults += orphan_faults(lists, in_root, root)
    return Examination(root, lists, dictionary, files, version, faults)


def _row_faults(
    rows: RowList, dictionary: list[str], facts: Mapping[str, ImageFacts], config: RunConfig
) -> chain[Fault]:
    base_width = config.Train.base_width if isinstance(config.Train.base_width, int) else DEFAULT_BASE_WIDTH
    return chain(image_faults(rows, facts), label_faults(rows, dictionary), length_faults(rows, facts, base_width))


def _versioned(
    dataset_dir: Path, root: Path, facts: Mapping[str, ImageFacts], faults: list[Fault]
) -> tuple[dict[str, Path], str | None]:
    """All files and their common hash; the images' own hashes are known already."""
    below = root.relative_to(dataset_dir).as_posix()
    known = {posixpath.normpath(posixpath.join(below, name)): fact.md5 for name, fact in facts.items() if fact.md5}
    try:
        files = files_under(dataset_dir)
    except DataError as error:
        faults.append(fault("dataset_unreadable", str(error), dataset_dir))
        return {}, None
    try:
        return files, version_of(md5s_of(files, known))
    except DataError as error:
        faults.append(fault("dataset_unreadable", str(error), dataset_dir))
        return files, None
