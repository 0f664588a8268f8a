"""Reading PPOCRLabel's files: `Label.txt` with `fileState.txt`, `rec_gt.txt` with `crop_img/`, and PaddleOCR's lists.

A line of `Label.txt` is `FOLDER/IMAGE<TAB>JSON`, where FOLDER is the folder that the file lies in and JSON a list of
`{"transcription", "points", "difficult"}`; lines of `rec_gt.txt` are `crop_img/IMAGE<TAB>TEXT`. The script
`gen_ocr_train_val_test.py` of the same project divides both into train.txt, val.txt, test.txt with absolute paths;
older ones are named det_gt_train.txt or rec_gt_train.txt. See https://github.com/PFCCLab/PPOCRLabel, README 2.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ocrflow.data.images import SUFFIXES
from ocrflow.data.importers.image_paths import ImagePaths
from ocrflow.data.importers.ppocrlabel_boxes import (
    PLACEHOLDERS,
    looks_like_boxes,
    placeholder_message,
    read_annotations,
)
from ocrflow.data.importers.sample import IGNORED, Item, Notice, Problem, Sample
from ocrflow.data.importers.splits import TEST_LEFT_OUT, named_split, own_split
from ocrflow.data.importers.text_file import read_lines

LABELS, STATES = "Label.txt", "fileState.txt"
_DETECTION = ("det_gt_train.txt", "det_gt_val.txt", "det_gt_test.txt")
_RECOGNITION = ("rec_gt_train.txt", "rec_gt_val.txt", "rec_gt_test.txt")
_DIVIDED = ("train.txt", "val.txt", "test.txt")
_LISTS = ((LABELS,), _DETECTION, ("rec_gt.txt",), _RECOGNITION, _DIVIDED)


def read(source: Path) -> Iterator[Item]:
    """The samples of a list, or of the lists of a folder: those of text detection if there are some.

    Pictures that PPOCRLabel does not show as checked are left out with a notice, if `fileState.txt` names any.
    """
    lists = _lists(source)
    if not lists:
        names = ", ".join(chain.from_iterable(_LISTS))
        yield Problem(str(source), f"none of PPOCRLabel's files is there: {names}")
    found = {named_split(file.stem) for file in lists}
    for file in lists:
        split = own_split(named_split(file.stem), found)
        if split == "test":
            yield Notice(str(file), f"a list that {TEST_LEFT_OUT}")
        else:
            yield from _rows(file, split)


def _lists(source: Path) -> list[Path]:
    """The first group of lists of which there is one."""
    if not source.is_dir():
        return [source]
    groups = ([source / name for name in names if (source / name).is_file()] for names in _LISTS)
    return next((group for group in groups if group), [])


def _rows(file: Path, split: str | None) -> Iterator[Item]:
    rows: list[tuple[int, str, str]] = []
    for line in read_lines(file):
        if isinstance(line, Problem):
            yield line
            continue
        number, text = line
        path, tab, label = text.partition("\t")
        if not tab or not path.strip():
            yield Problem(f"{file}:{number}", f"expected PATH<TAB>LABEL, got {text[:80]!r}")
        else:
            rows.append((number, path, label))
    paths = ImagePaths(file, [path for _, path, _ in rows], parent_first=file.name == LABELS)
    checked = _checked(file)
    detection = _is_detection(file, [label for _, _, label in rows])
    for number, path, label in rows:
        if checked and _key(path) not in checked:
            yield Notice(f"{file}:{number}", f"not checked in PPOCRLabel ({STATES})")
        else:
            yield _sample(f"{file}:{number}", path, label, paths, split, detection)
    if file.name == LABELS:
        yield from _without_labels(file, {_key(path) for _, path, _ in rows})


def _is_detection(file: Path, labels: list[str]) -> bool:
    """Whether the labels are boxes: as the list's name says, else as most of the first ones look."""
    if file.name == LABELS or file.name.startswith(("det_", "rec_")):
        return not file.name.startswith("rec_")
    first = labels[:20]
    return 2 * sum(map(looks_like_boxes, first)) > len(first)


def _checked(file: Path) -> set[str]:
    """The last two parts of the paths that `fileState.txt` beside a Label.txt calls checked."""
    states = file.with_name(STATES)
    if file.name != LABELS or not states.is_file():
        return set()
    lines = [line[1].split("\t") for line in read_lines(states) if not isinstance(line, Problem)]
    return {_key(columns[0]) for columns in lines if len(columns) == 2 and columns[1].strip() == "1"}


def _key(path: str) -> str:
    """The file's name with its folder's, which is how PPOCRLabel finds a picture again."""
    return "/".join(path.strip().replace("\\", "/").split("/")[-2:])


def _without_labels(file: Path, labelled: set[str]) -> Iterator[Notice]:
    names = {key.rpartition("/")[2] for key in labelled}
    for path in sorted(file.parent.iterdir()):
        if path.suffix.lower() in SUFFIXES and path.name not in names:
            yield Notice(str(path), f"a picture without labels in {LABELS}")


def _sample(
    origin: str, path: str, label: str, paths: ImagePaths, split: str | None, detection: bool
) -> Sample | Problem | Notice:
    image = paths.file(path)
    if image is None:
        return Problem(origin, f"expected a path within the data's folder, got {path[:80]!r}")
    if detection:
        try:
            return Sample(paths.name(path), image, read_annotations(label), None, split, origin)
        except ValueError as error:
            return Problem(origin, str(error))
    if label == IGNORED:
        return Notice(origin, "the crop of a region to ignore (###)")
    if label in PLACEHOLDERS:
        return Problem(origin, placeholder_message(label))
    return Sample(paths.name(path), image, None, label, split, origin)
