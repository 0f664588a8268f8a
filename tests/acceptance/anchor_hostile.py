"""Datasets that would cost a careless reader its memory, its time or its life."""

from __future__ import annotations

import math
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from anchor_toy import TRAIN, Toy, box, encoded

Damage = Callable[[Toy], object]


def image(content: Callable[[], bytes]) -> Damage:
    """Other bytes for the image of row 3."""
    return lambda toy: toy.image(TRAIN, 3).write_bytes(content())


def points(make: Callable[[], list[list[float]]]) -> Damage:
    """Other points for the box of row 3."""
    return lambda toy: toy.rebox(TRAIN, 3, [box(10, 10, 8, 8) | {"points": make()}])


def circle(count: int) -> list[list[float]]:
    """A polygon of many points, clockwise as the eye sees it."""
    angles = (2 * math.pi * index / count for index in range(count))
    return [[80 + 40 * math.cos(angle), 48 + 40 * math.sin(angle)] for angle in angles]


def star(count: int) -> list[list[float]]:
    """A polygon whose sides cross nearly all others; for an even count."""
    around = circle(count)
    return [around[index * (count // 2 - 1) % count] for index in range(count)]


def sparse(file: str, size: int) -> Damage:
    """A file of zeros that takes no room on the disk."""

    def damage(toy: Toy) -> None:
        (toy.root / file).unlink()
        with (toy.root / file).open("wb") as opened:
            opened.truncate(size)

    return damage


def replaced(file: str, make: Callable[[Path], object]) -> Damage:
    """Something else than a file in the place of a file."""

    def damage(toy: Toy) -> None:
        (toy.root / file).unlink()
        make(toy.root / file)

    return damage


def text_bomb(toy: Toy) -> None:
    """A PNG with a comment of 400 MB."""
    data = b"Comment\0\0" + zlib.compress(bytes(400_000_000), 9)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    content = encoded(toy.picture(TRAIN, 3))
    toy.image(TRAIN, 3).write_bytes(content[:33] + chunk + content[33:])


def not_a_number(literal: str) -> Damage:
    """A coordinate that Python's JSON takes and no image has."""
    return lambda toy: toy.relabel(TRAIN, 3, toy.row(TRAIN, 3)[1].replace("[20,", f"[{literal},", 1))


def many_boxes(toy: Toy) -> None:
    """20,000 boxes in one image."""
    boxes = [box(x * 0.5, y * 0.5, 6.5, 5.5) for x in range(200) for y in range(100)]
    toy.rebox(TRAIN, 3, boxes)


def no_permission(toy: Toy) -> None:
    """An image that its owner may not read."""
    toy.image(TRAIN, 3).chmod(0)


def read_only(toy: Toy) -> None:
    """Nothing in the dataset may be written."""
    for path in [*toy.root.rglob("*"), toy.root]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def folder_loop(toy: Toy) -> None:
    """Folders that hold themselves."""
    (toy.root / "images/again").symlink_to(toy.root)
    (toy.root / "images/self").symlink_to(toy.root / "images/self")


def two_loops(toy: Toy) -> None:
    """Two ways back to the top from each folder: 2^40 paths."""
    for name in ("one", "other"):
        (toy.root / "images" / name).symlink_to(toy.root)


def strange_names(toy: Toy) -> None:
    """Images beside the lists whose names are not UTF-8, or hold a line feed and an escape sequence."""
    content = toy.image(TRAIN, 1).read_bytes()
    for name in (b"\xff\xfe.png", b"a\nb.png", b"\x1b[31mred.png"):
        Path(os.fsdecode(os.fsencode(toy.root / "images") + b"/" + name)).write_bytes(content)
