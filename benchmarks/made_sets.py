"""Datasets for measuring: good ones, of noise that compresses as photos do, the same on every run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
VAL_SHARE = 10  # every tenth row
_BOXES = 8


def make_crops(root: Path, count: int) -> None:
    """A recognition dataset: PNG crops of about 6 KB, 32 to 40 pixels high, with the label drawn on soft grey."""
    rng = np.random.default_rng(1)
    (root / "images").mkdir(parents=True)
    rows = []
    for number in range(count):
        height, width = int(rng.integers(32, 41)), int(rng.integers(100, 141))
        text = "".join(rng.choice(list(CHARACTERS), 7))
        image = np.ascontiguousarray(np.broadcast_to(_patches(rng, height, width, 12)[:, :, :1], (height, width, 3)))
        cv2.putText(image, text, (4, height - 9), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 2)
        rows.append(_written(root, f"images/{number:05d}.png", image, text))
    _write_lists(root, rows)
    (root / "dict.txt").write_text("\n".join(CHARACTERS) + "\n")


def make_photos(root: Path, count: int) -> None:
    """A detection dataset: noisy JPEGs of 1280 x 720 pixels and about 250 KB, eight boxes each."""
    rng = np.random.default_rng(2)
    (root / "images").mkdir(parents=True)
    noise = rng.normal(0, 7, (1440, 2560, 3)).astype(np.int16)
    rows = []
    for number in range(count):
        y, x = int(rng.integers(0, 720)), int(rng.integers(0, 1280))
        soft = _patches(rng, 720, 1280, 40).astype(np.int16)
        image = np.clip(soft + noise[y : y + 720, x : x + 1280], 0, 255).astype(np.uint8)
        rows.append(_written(root, f"images/{number:05d}.jpg", image, json.dumps(_boxes(rng))))
    _write_lists(root, rows)


def make_rows(root: Path, count: int, images: int = 1000) -> None:
    """A recognition dataset of very many rows that share few images; each image has one label."""
    make_crops(root, images)
    for name in ("train.txt", "val.txt"):
        lines = (root / name).read_text().splitlines(keepends=True)
        wanted = count // VAL_SHARE if name == "val.txt" else count - count // VAL_SHARE
        with (root / name).open("w") as file:
            for start in range(0, wanted, len(lines)):
                file.writelines(lines[: wanted - start])


def _patches(rng: np.random.Generator, height: int, width: int, size: int) -> np.ndarray:
    """Soft patches of about `size` pixels, uint8 H x W x 3."""
    small = rng.integers(60, 256, (height // size + 1, width // size + 1, 3), dtype=np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def _boxes(rng: np.random.Generator) -> list[dict[str, Any]]:
    boxes = []
    for number in range(_BOXES):
        x, width, height = int(rng.integers(5, 900)), int(rng.integers(60, 350)), int(rng.integers(20, 60))
        y = 10 + 85 * number
        points = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
        boxes.append({"transcription": f"word {number}", "points": points})
    return boxes


def _written(root: Path, name: str, image: np.ndarray, label: str) -> str:
    cv2.imwrite(str(root / name), image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    return f"{name}\t{label}\n"


def _write_lists(root: Path, rows: list[str]) -> None:
    (root / "train.txt").write_text("".join(row for number, row in enumerate(rows) if number % VAL_SHARE))
    (root / "val.txt").write_text("".join(rows[::VAL_SHARE]))
