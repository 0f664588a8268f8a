"""Where a CVAT export lies: a zip, a folder or an XML file, with the pictures in it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from ocrflow.data.images import MAX_BYTES
from ocrflow.data.importers.content import BadContent
from ocrflow.data.importers.name_index import FolderImages, NameIndex, label_files, parts_of

MAX_XML_BYTES = 4 * 2**30
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)


def _folders(subset: str) -> tuple[str, ...]:
    """Where an export has the pictures: of a project, in a folder for each subset."""
    return f"images/{subset}", "images", subset, ""


class Export(Protocol):
    """What the parser needs of an export."""

    xmls: list[str]

    def origin(self, xml: str) -> str:
        """How a message names an XML file."""

    def open(self, xml: str) -> IO[bytes]:
        """An XML file for reading; BadContent when it cannot be read."""

    def picture(self, wanted: str, subset: str, xml: str) -> tuple[str, Path | bytes]:
        """Name and picture that an XML file means; BadContent when there is none."""


class FolderExport:
    """An unpacked export, or several below one folder."""

    def __init__(self, source: Path):
        self._images = FolderImages(source)
        self.xmls = [str(path) for path in label_files(source, ".xml")]

    def origin(self, xml: str) -> str:
        """The path itself."""
        return xml

    def open(self, xml: str) -> IO[bytes]:
        """An XML file for reading."""
        try:
            return Path(xml).open("rb")
        except OSError as error:
            raise BadContent(f"cannot be read: {error.strerror}") from error

    def picture(self, wanted: str, subset: str, xml: str) -> tuple[str, Path | bytes]:
        """The picture's file, looked for by its name."""
        found = self._images.find(wanted, Path(xml), _folders(subset))
        return self._images.name_of(found), found


class ZipExport:
    """An export as it is downloaded; nothing is unpacked to the disk."""

    def __init__(self, source: Path, archive: zipfile.ZipFile):
        self._source, self._archive = source, archive
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        self._index = NameIndex(names)
        self.xmls = [name for name in names if name.lower().endswith(".xml")]

    def origin(self, xml: str) -> str:
        """ZIP/MEMBER."""
        return f"{self._source}/{xml}"

    def open(self, xml: str) -> IO[bytes]:
        """An XML file for reading."""
        try:
            if self._archive.getinfo(xml).file_size > MAX_XML_BYTES:
                raise BadContent("more than 4 GiB of XML")
            return _Guarded(self._archive.open(xml))  # type: ignore[return-value]
        except _ZIP_ERRORS as error:
            raise BadContent(f"cannot be unpacked: {error}") from error

    def picture(self, wanted: str, subset: str, xml: str) -> tuple[str, Path | bytes]:
        """The picture's bytes, looked for by its name."""
        name = self._index.find(wanted, PurePosixPath(xml).parent.as_posix(), _folders(subset))
        size = self._archive.getinfo(name).file_size
        if size > MAX_BYTES:
            raise BadContent(f"{name} has {size / 1e6:.0f} MB, at most {MAX_BYTES / 1e6:.0f} are read")
        try:
            return "/".join(parts_of(name)), self._archive.read(name)
        except _ZIP_ERRORS as error:
            raise BadContent(f"{name} cannot be unpacked: {error}") from error


class _Guarded:
    """A member of a zip whose damage is a BadContent."""

    def __init__(self, stream: IO[bytes]):
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except _ZIP_ERRORS as error:
            raise BadContent(f"cannot be unpacked: {error}") from error

    def __enter__(self) -> _Guarded:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


@contextmanager
def opened(source: Path) -> Iterator[Export]:
    """The export at a path.

    Raises:
        BadContent: a file that is no zip although it is named so.
    """
    if source.is_dir() or source.suffix.lower() != ".zip":
        yield FolderExport(source)
        return
    try:
        archive = zipfile.ZipFile(source)
    except _ZIP_ERRORS as error:
        raise BadContent(f"is no zip: {error}") from error
    with archive:
        yield ZipExport(source, archive)
