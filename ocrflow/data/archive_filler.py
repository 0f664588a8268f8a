"""Filling a folder with an archive's members under the rules that keep each one inside it."""

from __future__ import annotations

import filecmp
import re
import shutil
import unicodedata
from pathlib import Path

from ocrflow.data.archive_members import Member
from ocrflow.errors import DataError


class Filler:
    """Writes members below `root`, having checked each against the rules and against those before it.

    Attributes:
        num_bytes: of the files so far, as the archive states them.
        num_members: files and folders so far.
        files: what a name becomes on a disk that ignores case -> the name.
        folders: the same of the folders.
        made: the folders that are there, by their names.
    """

    def __init__(self, root: Path, archive: Path, max_bytes: int, max_members: int):
        self.root, self.archive = root, archive
        self.max_bytes, self.max_members = max_bytes, max_members
        self.num_bytes = self.num_members = 0
        self.files: dict[str, str] = {}
        self.folders: set[str] = set()
        self.made: set[str] = set()

    def add(self, member: Member) -> None:
        """Write one file or folder.

        Raises:
            DataError: the member breaks a rule; it is named.
        """
        self._count(member)
        parts = self._parts(member.name)
        self._add_folder(parts if member.is_folder else parts[:-1], member.name)
        if not member.is_folder:
            self._add_file(member, parts)

    def _add_folder(self, parts: tuple[str, ...], name: str) -> None:
        """Make the folder and those above it, for the member `name`."""
        if "/".join(parts) in self.made:
            return
        for depth in range(1, len(parts) + 1):
            if (key := _key(parts[:depth])) in self.files:
                raise self._refused(name, f"is a folder where {self.files[key]!r} is a file")
            self.folders.add(key)
        self.root.joinpath(*parts).mkdir(parents=True, exist_ok=True)
        self.made.add("/".join(parts))

    def _count(self, member: Member) -> None:
        self.num_members += 1
        self.num_bytes += member.num_bytes
        if self.num_members > self.max_members:
            raise self._refused(member.name, f"is one too many: expected at most {self.max_members} members")
        if self.num_bytes > self.max_bytes:
            got = f"at most {self.max_bytes} bytes unpacked, got {self.num_bytes} or more"
            raise self._refused(member.name, f"makes the archive too large: expected {got}")

    def _parts(self, name: str) -> tuple[str, ...]:
        if name.startswith(("/", "\\")) or re.match("[A-Za-z]:", name):
            raise self._refused(name, "has an absolute name")
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        if ".." in parts:
            raise self._refused(name, "leads out of its folder with '..'")
        if "\\" in name or "\0" in name:
            raise self._refused(name, "has a backslash or a NUL in its name")
        return parts

    def _add_file(self, member: Member, parts: tuple[str, ...]) -> None:
        if not parts:
            raise self._refused(member.name, "is a file without a name")
        key = _key(parts)
        if key in self.folders:
            raise self._refused(member.name, "is a file where another member is a folder")
        path = self.root.joinpath(*parts)
        if key not in self.files:
            self.files[key] = "/".join(parts)
            self._write(member, path)
            return
        again = self.root.parent / "again"
        self._write(member, again)
        if not filecmp.cmp(self.root / self.files[key], again, shallow=False):
            raise self._refused(
                member.name, f"and {self.files[key]!r} are one name on some disks and differ in content"
            )
        again.replace(path)

    def _write(self, member: Member, path: Path) -> None:
        with member.open() as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 2**20)
            num_bytes = target.tell()
        if num_bytes != member.num_bytes:
            raise self._refused(member.name, f"is damaged: expected {member.num_bytes} bytes, got {num_bytes}")

    def _refused(self, name: str, why: str) -> DataError:
        return DataError(
            f"{self.archive}: member {name!r} {why}; nothing was unpacked",
            "pack it again: only files and folders, with relative names",
        )


def _key(parts: tuple[str, ...]) -> str:
    """What two names share when a disk that ignores case, or composes letters, takes them for one."""
    return unicodedata.normalize("NFC", "/".join(parts)).casefold()
