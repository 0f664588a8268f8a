"""Finding the pictures of a source by the names that its labels give them, which may be paths of another machine.

A name from a label is only compared with the names of files that are there, never opened, so it cannot lead out of
the source.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath

from ocrflow.data.image_header import SUFFIXES_OF_FORMAT, TooManyPixels, read_header
from ocrflow.data.importers.content import BadContent, brief, is_text

SUFFIXES = frozenset(suffix for suffixes in SUFFIXES_OF_FORMAT.values() for suffix in suffixes)


def parts_of(name: str) -> list[str]:
    """The parts of a path of any system, without root, drive, "." and "..", in NFC."""
    parts = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")
    return [part for part in parts if part not in ("", ".", "..") and not (len(part) == 2 and part[1] == ":")]


def suffix_of(content: bytes) -> str | None:
    """The suffix, with its dot, of a picture's bytes; None when they are no picture."""
    try:
        header = read_header(content)
    except TooManyPixels:
        return None
    return SUFFIXES_OF_FORMAT.get(header.format, (None,))[0] if header else None


class NameIndex:
    """Relative names of pictures, found by a path or a file name.

    Args:
        names: relative paths with forward slashes; those without an image's suffix are left out.
    """

    def __init__(self, names: Iterable[str]):
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for name in names:
            parts = parts_of(name)
            if not parts or not is_text(name) or PurePosixPath(parts[-1]).suffix.lower() not in SUFFIXES:
                continue
            self._by_name.setdefault(parts[-1].casefold(), []).append(name)
            self._by_stem.setdefault(PurePosixPath(parts[-1]).stem.casefold(), []).append(name)

    def find(self, wanted: str, near: str = "", folders: Sequence[str] = ("", "images")) -> str:
        """The picture that a label means.

        Args:
            wanted: what the label says: a file name or a path, also of another system.
            near: the relative folder of the label file.
            folders: where below `near` the format has its pictures; the first has priority. In other folders, the
                picture counts whose path ends most like `wanted`.

        Raises:
            BadContent: no picture has that file name, or several fit equally well.
        """
        parts = parts_of(wanted)
        last = parts[-1].casefold() if parts else ""
        found, as_stem = self._by_name.get(last, []), False
        if not found and not last.endswith(tuple(SUFFIXES)):
            found, as_stem = self._by_stem.get(last, []), True
        if not found:
            raise BadContent(f"no image {brief(wanted)} in the source folder: copy the images there")
        usual = [_joined(near, folder, wanted) for folder in folders]
        ranks = {name: _rank(_compared(name, as_stem), parts, usual) for name in found}
        best = [name for name in found if ranks[name] == max(ranks.values())]
        if len(best) > 1:
            raise BadContent(f"{brief(wanted)} may be {best[0]} or {best[1]}: use different names or separate folders")
        return best[0]


def _joined(*paths: str) -> list[str]:
    """The parts of a relative path; ".." takes a part away."""
    path = "/".join(("", *paths)).replace("\\", "/")
    return parts_of(os.path.normpath(path))


def _compared(name: str, as_stem: bool) -> list[str]:
    """The parts of a picture's name, the last one without its suffix if the label's has none."""
    return parts_of(name.rpartition(".")[0] if as_stem else name)


def _rank(name: list[str], wanted: list[str], usual: list[list[str]]) -> tuple[int, ...]:
    """How well a picture fits: its place among the usual ones, and how many parts are equal from the end; then the
    same without regard to case."""
    ranks: list[int] = []
    for fold in (str, str.casefold):
        ours, theirs = [fold(part) for part in name], [fold(part) for part in wanted]
        places = [[fold(part) for part in parts] for parts in usual]
        ranks += [-(places.index(ours) if ours in places else len(places)), _same_end(ours, theirs)]
    return tuple(ranks)


def _same_end(name: list[str], wanted: list[str]) -> int:
    pairs = zip(reversed(name), reversed(wanted), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


class FolderImages:
    """The pictures below a folder.

    Args:
        source: the folder, or a file in it.
    """

    def __init__(self, source: Path):
        self.root = source if source.is_dir() else source.parent
        self._index = NameIndex(_files_below(self.root))

    def find(self, wanted: str, beside: Path, folders: Sequence[str] = ("", "images")) -> Path:
        """The picture that a label in the file `beside` means; see NameIndex.find.

        Raises:
            BadContent: there is none, several fit, or it is a link that leads out of the folder.
        """
        near = beside.parent.relative_to(self.root).as_posix()
        path = self.root / self._index.find(wanted, near, folders)
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise BadContent(f"{path} is a link that leads out of the source folder: copy the image in")
        return path

    def name_of(self, path: Path) -> str:
        """The relative path of a picture of the folder, which is the name wanted for it."""
        return path.relative_to(self.root).as_posix()


def _files_below(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders.sort()
        relative = Path(folder).relative_to(root)
        yield from ((relative / name).as_posix() for name in sorted(files))


def label_files(source: Path, suffix: str) -> list[Path]:
    """The source itself, or the files with that suffix anywhere below it, in order of their names."""
    if not source.is_dir():
        return [source]
    return [source / name for name in _files_below(source) if name.lower().endswith(suffix)]
