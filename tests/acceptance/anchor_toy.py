"""A small good dataset of either task, of 12 train and 4 val rows, with the handles by which a case damages it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

TRAIN, VAL, DICT = "train.txt", "val.txt", "dict.txt"
RECOGNITION, DETECTION = "text_recognition", "text_detection"
MODELS = {RECOGNITION: "PP-OCRv6_tiny_rec", DETECTION: "PP-OCRv6_tiny_det"}
SIZES = {RECOGNITION: (160, 40), DETECTION: (160, 96)}  # width and height in pixels
LENGTHS = {TRAIN: 12, VAL: 4}
EVERY_ROW = [(file, line) for file, length in LENGTHS.items() for line in range(1, length + 1)]
CHARACTERS = [chr(code) for code in range(33, 127)]


@lru_cache
def picture(task: str, number: int) -> Image.Image:
    """An RGB image of soft patches that no other number resembles."""
    width, height = SIZES[task]
    patches = np.random.default_rng(number).integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    return Image.fromarray(cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC))


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The bytes of an image file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@lru_cache
def picture_png(task: str, number: int) -> bytes:
    """`picture` as a PNG file."""
    return encoded(picture(task, number))


def box(x: float, y: float, width: float = 50, height: float = 20, text: str = "word") -> dict[str, Any]:
    """An upright box with its corners clockwise from the top left."""
    points = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
    return {"transcription": text, "points": points}


def label(task: str, number: int) -> str:
    """The label of an image: 4 to 8 characters, or two boxes."""
    if task == RECOGNITION:
        return f"K{number} " + "A7bcd9"[: 1 + number % 5]
    return json.dumps([box(10 + number, 10, text=f"w{number}"), box(20, 50 + number % 9, 100 - number, 24, "second")])


class Toy:
    """The dataset below `root`; lines count from 1."""

    def __init__(self, root: Path, task: str) -> None:
        self.root, self.task = root, task
        (root / "images").mkdir(parents=True)
        for file, length in LENGTHS.items():
            first = 1 if file == TRAIN else 1 + LENGTHS[TRAIN]
            rows = [(f"images/{file[0]}{line:02d}.png", first + line - 1) for line in range(1, length + 1)]
            (root / file).write_text("".join(f"{path}\t{label(task, number)}\n" for path, number in rows))
            for path, number in rows:
                (root / path).write_bytes(picture_png(task, number))
        if task == RECOGNITION:
            (root / DICT).write_text("\n".join(CHARACTERS) + "\n")

    def lines(self, file: str) -> list[bytes]:
        """The lines of a file with their ends."""
        return (self.root / file).read_bytes().splitlines(keepends=True)

    def put(self, file: str, line: int, content: str | bytes) -> None:
        """Replace one line by `content`, to which a line end is added."""
        lines = self.lines(file)
        lines[line - 1] = (content if isinstance(content, bytes) else content.encode()) + b"\n"
        (self.root / file).write_bytes(b"".join(lines))

    def insert(self, file: str, line: int, content: str) -> None:
        """Make `content` the line of this number."""
        lines = self.lines(file)
        lines.insert(line - 1, content.encode() + b"\n")
        (self.root / file).write_bytes(b"".join(lines))

    def change(self, file: str, how: Callable[[bytes], bytes]) -> None:
        """Rewrite all bytes of a file."""
        (self.root / file).write_bytes(how((self.root / file).read_bytes()))

    def row(self, file: str, line: int) -> tuple[str, str]:
        """Path and label of a row."""
        path, text = self.lines(file)[line - 1].decode().rstrip("\n").split("\t")
        return path, text

    def relabel(self, file: str, line: int, text: str) -> None:
        """Give a row another label."""
        self.put(file, line, f"{self.row(file, line)[0]}\t{text}")

    def repath(self, file: str, line: int, path: str) -> None:
        """Give a row another path; its image stays where it is."""
        self.put(file, line, f"{path}\t{self.row(file, line)[1]}")

    def move(self, file: str, line: int, path: str) -> None:
        """Move a row's image and name it in the row by its new path."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        self.image(file, line).rename(self.root / path)
        self.repath(file, line, path)

    def rename_images(self, name: str) -> None:
        """Give the folder of the images another name."""
        (self.root / "images").rename(self.root / name)
        for file in LENGTHS:
            self.change(file, lambda content: content.replace(b"images/", f"{name}/".encode()))

    def image(self, file: str, line: int) -> Path:
        """The image file of a row."""
        return self.root / self.row(file, line)[0]

    def picture(self, file: str, line: int) -> Image.Image:
        """What the image of a row showed at first."""
        return picture(self.task, line if file == TRAIN else line + LENGTHS[TRAIN])

    def store(self, file: str, line: int, content: bytes, suffix: str = ".png") -> None:
        """Replace the image of a row, and its suffix in the row."""
        path = self.row(file, line)[0]
        self.image(file, line).write_bytes(content)
        if suffix != ".png":
            self.move(file, line, path.removesuffix(".png") + suffix)

    def boxes(self, file: str, line: int) -> list[dict[str, Any]]:
        """The boxes of a row."""
        return json.loads(self.row(file, line)[1])

    def rebox(self, file: str, line: int, boxes: Any) -> None:
        """Give a row other boxes, or any other JSON value."""
        self.relabel(file, line, json.dumps(boxes, ensure_ascii=False))
