"""Reading the ground truth of the ICDAR robust reading competitions (https://rrc.cvc.uab.es): a text file a picture.

`gt_NAME.txt`, or `NAME.txt` (SROIE; some copies have `NAME.csv`), beside the pictures or in a sibling folder; what the
lines look like stands in `icdar_lines`. Lists of word pictures (`gt.txt`: `word_1.png, "TEXT"`) are read too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ocrflow.data.images import SUFFIXES
from ocrflow.data.importers.icdar_lines import is_box_line, parse_boxes_file, parse_word
from ocrflow.data.importers.sample import Item, Notice, Problem, Sample
from ocrflow.data.importers.splits import TEST_LEFT_OUT, named_split, own_split
from ocrflow.data.importers.text_file import read_lines

_LABEL_SUFFIXES = frozenset((".txt", ".csv"))
_PREFIX = "gt_"


def read(source: Path) -> Iterator[Item]:
    """The samples of a folder with label files and pictures, or of one label file.

    Where folders are named train and test or val, that is the division. A picture of which one line cannot be read is
    left out whole, since a text without its box would be taught as background.
    """
    root = source if source.is_dir() else source.parent
    pictures = _Pictures(root)
    files = _label_files(source)
    names = {file: _split_name(file, root) for file in files}
    used: set[Path] = set()
    count = 0
    for file in files:
        split = own_split(names[file], set(names.values()))
        for item in _read_file(file, pictures, None if split == "test" else split):
            count += 1
            if isinstance(item, Sample) and isinstance(item.image, Path):
                used.add(item.image)
            is_test = split == "test" and isinstance(item, Sample)
            yield Notice(item.origin, TEST_LEFT_OUT) if is_test else item
    if not count:
        yield Problem(str(source), "no ground truth: expected gt_NAME.txt, or NAME.txt beside the picture NAME")
    elif source.is_dir():
        yield from (Notice(str(path), "a picture without ground truth") for path in pictures.all if path not in used)


def _label_files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    return sorted(path for path in source.rglob("*") if path.suffix.lower() in _LABEL_SUFFIXES and path.is_file())


def _split_name(file: Path, root: Path) -> str | None:
    """The split that the file's own name or a folder above it, up to the source's, is named after."""
    parts = [file.stem, *reversed(file.parent.relative_to(root).parts)]
    return next((split for split in map(named_split, parts) if split), None)


class _Pictures:
    """The pictures of a source by name and by stem."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.all = sorted(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        for path in self.all:
            self._by_name[path.stem].append(path)
            self._by_name[path.name].append(path)

    def of(self, label_file: Path, name: str) -> list[Path]:
        """The candidates with this name or stem: in the file's folder, else of a folder of the same split, else all."""
        found = self._by_name.get(name, [])
        beside = [path for path in found if path.parent == label_file.parent]
        split = _split_name(label_file, self.root)
        same = [path for path in found if _split_name(path, self.root) == split]
        return beside or (same if len(same) == 1 else found)


def _read_file(file: Path, pictures: _Pictures, split: str | None) -> Iterator[Sample | Problem]:
    """The samples of one file; nothing when it is no label file."""
    first = next((line[1] for line in read_lines(file) if not isinstance(line, Problem)), None)
    if first is not None and parse_word(first):
        yield from _words(file, pictures, split)
        return
    name = file.stem.removeprefix(_PREFIX)
    is_label = file.stem.startswith(_PREFIX) or (first is not None and is_box_line(first))
    found = pictures.of(file, name)
    if not is_label and (not found or (first or "").lstrip().startswith("{")):
        return  # a readme, or SROIE's key information
    image = _only(found, f"{name}.*")
    if isinstance(image, str):
        yield Problem(str(file), image)
        return
    annotations, problems = parse_boxes_file(file)
    yield from problems
    if not problems:
        yield Sample(image.relative_to(pictures.root).as_posix(), image, annotations, None, split, str(file))


def _words(file: Path, pictures: _Pictures, split: str | None) -> Iterator[Sample | Problem]:
    for line in read_lines(file):
        if isinstance(line, Problem):
            yield line
            continue
        number, text = line
        origin = f"{file}:{number}"
        word = parse_word(text)
        image = _only(pictures.of(file, word[0]), word[0]) if word else 'expected NAME.png, "TEXT"'
        if isinstance(image, str) or not word:
            yield Problem(origin, f"{image}; line: {text[:80]!r}")
        else:
            yield Sample(image.relative_to(pictures.root).as_posix(), image, None, word[1], split, origin)


def _only(found: list[Path], wanted: str) -> Path | str:
    """The one picture, or what is wrong."""
    if len(found) == 1:
        return found[0]
    if not found:
        return f"no picture {wanted}"
    return f"several pictures {wanted}: {', '.join(map(str, found[:3]))}; import their folders one by one"
