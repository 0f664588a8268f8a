"""Finding nearly equal images by their hashes, and confirming them by their pixels."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.data.near import HASH_BYTES, alike, difference_hash, near_pairs
from ocrflow.data.same_picture import same_picture
from ocrflow.errors import DataError


def plate(text: str, seed: int = 0) -> np.ndarray:
    """A plate of 48 rows with uneven light and grain; plates of one seed differ in their text only."""
    generator = np.random.default_rng(seed)
    width = 24 + 26 * len(text)
    light = cv2.resize(generator.uniform(120, 220, (3, 5)).astype(np.float32), (width, 48))
    image = np.repeat(light[:, :, None], 3, axis=2) + generator.normal(0, 4, (48, width, 1))
    image = np.ascontiguousarray(image.clip(0, 255).astype(np.uint8))
    cv2.putText(image, text, (10, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (25, 25, 25), 3, cv2.LINE_AA)
    return image


def moved(image: np.ndarray, right: int, down: int) -> np.ndarray:
    matrix = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def scaled(image: np.ndarray, factor: float) -> np.ndarray:
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def encoded(image: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 50])[1], cv2.IMREAD_COLOR)


COPIES = {
    "encoded": encoded,
    "smaller": lambda image: scaled(image, 0.9),
    "larger": lambda image: scaled(image, 1.1),
    "brighter": lambda image: cv2.add(image, (10, 10, 10, 0)),
    "moved right": lambda image: moved(image, 1, 0),
    "moved down": lambda image: moved(image, 0, 1),
}


def texts(number: int) -> list[str]:
    generator = np.random.default_rng(5)
    return ["".join(generator.choice(list("ABCDEFGHKLMNPRSTUVWXYZ23456789"), 7)) for _ in range(number)]


def hashes_of(images: list[np.ndarray]) -> np.ndarray:
    content = b"".join(difference_hash(image) for image in images)
    return np.frombuffer(content, np.uint8).reshape(-1, HASH_BYTES)


def bits(first: bytes, second: bytes) -> int:
    return (int.from_bytes(first) ^ int.from_bytes(second)).bit_count()


@pytest.mark.parametrize("copy", COPIES)
def test_copies_are_found_and_confirmed(copy: str) -> None:
    plates = [plate(text, seed) for seed, text in enumerate(texts(60))]
    copies = [COPIES[copy](image) for image in plates]
    found = {tuple(pair) for pair in near_pairs(hashes_of(plates + copies)).tolist()}
    assert sum((at, at + 60) in found for at in range(60)) >= 57
    assert sum(same_picture(*pair) for pair in zip(plates, copies, strict=True)) >= 57


def test_other_text_of_one_style_is_not_alike() -> None:
    plates = [plate(text) for text in texts(40)]
    assert not any(same_picture(*pair) for pair in itertools.combinations(plates, 2))


@pytest.mark.parametrize("other", ["AB12348", "AB12845", "XB12345", "AB1234"])
def test_one_other_character_is_enough(other: str) -> None:
    assert not same_picture(plate("AB12345"), plate(other))


def test_small_and_large_images() -> None:
    tiny = scaled(plate("7"), 0.2)
    assert tiny.shape[0] < 12 and same_picture(tiny, moved(tiny, 1, 0))
    page = np.full((900, 700, 3), 235, np.uint8)
    for line, text in enumerate(texts(30)):
        cv2.putText(page, text, (60, 40 + 28 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (20, 20, 20), 2, cv2.LINE_AA)
    assert same_picture(page, scaled(page, 0.9)) and same_picture(page, moved(encoded(page), 1, 1))
    other = page.copy()
    cv2.rectangle(other, (55, 40 + 28 * 9), (200, 40 + 28 * 11), (235, 235, 235), -1)
    assert not same_picture(page, other)


def test_blank_images_are_not_alike() -> None:
    assert not same_picture(np.full((30, 90, 3), 90, np.uint8), np.full((30, 90, 3), 90, np.uint8))


def test_another_shape_is_not_alike() -> None:
    assert not same_picture(plate("AB12345"), cv2.resize(plate("AB12345"), (120, 48)))


def test_files_are_compared(tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("a.png", "b.jpg", "c.png")]
    for name, image in zip(names, (plate("AB12345"), plate("AB12345"), plate("AB12346")), strict=True):
        cv2.imwrite(str(name), image)
    assert alike(names[0], names[1]) and not alike(names[0], names[2])
    with pytest.raises(DataError, match=r"none\.png"):
        alike(names[0], tmp_path / "none.png")


def test_brightness_does_not_change_a_hash_and_noise_of_a_flat_area_sets_no_bit() -> None:
    image = plate("AB12345")
    assert bits(difference_hash(image), difference_hash(cv2.add(image, (20, 20, 20, 0)))) <= 6
    grain = np.random.default_rng(1).normal(200, 2, (720, 1280, 3)).astype(np.uint8)
    assert difference_hash(grain) == bytes(HASH_BYTES)


def test_a_hash_does_not_change_between_versions() -> None:
    """Hashes are kept in a cache: another algorithm needs another cache."""
    blocks = np.random.default_rng(3).integers(0, 2, (16, 17)).astype(np.uint8) * 200
    image = np.repeat(np.kron(blocks, np.ones((8, 8), np.uint8))[:, :, None], 3, axis=2)
    assert difference_hash(image).hex() == "17b03d7d0e853d848e233941302365fc18f70f3003412f008500a44687a0b9ef"


def test_all_pairs_of_few_bits_are_found() -> None:
    generator = np.random.default_rng(2)
    first = generator.integers(0, 256, (500, HASH_BYTES), np.uint8)
    flips = np.zeros((500, 256), np.uint8)
    for row in flips:
        row[generator.choice(256, 10, replace=False)] = 1
    both = np.concatenate([first, first ^ np.packbits(flips, axis=1)])
    assert near_pairs(both, within=10).tolist() == [[at, at + 500] for at in range(500)]
    assert len(near_pairs(both, within=9)) == 0


def test_few_hashes() -> None:
    assert near_pairs(np.empty((0, 32), np.uint8)).shape == near_pairs(np.zeros((1, 32), np.uint8)).shape == (0, 2)
    assert near_pairs(np.zeros((2, 32), np.uint8)).tolist() == [[0, 1]]
    assert near_pairs(np.array([[0] * 32, [255] * 32], np.uint8)).tolist() == []
    assert near_pairs(np.array([[0] * 32, [1] + [0] * 31], np.uint8)).tolist() == [[0, 1]]


def test_equal_hashes_are_chained() -> None:
    hashes = np.zeros((50_000, 32), np.uint8)
    hashes[7::10] = 255
    pairs = near_pairs(hashes)
    assert len(pairs) == 50_000 - 2 and (pairs[:, 0] < pairs[:, 1]).all()
    assert [0, 1] in pairs[:3].tolist() and [6, 8] in pairs[:9].tolist() and [7, 17] in pairs[:9].tolist()


def test_hostile_hashes_cost_no_more_time_or_pairs() -> None:
    """30,000 unequal hashes within 15 bits of each other: 450 million pairs."""
    hashes = np.zeros((30_000, 32), np.uint8)
    hashes[:, 13:15] = np.arange(30_000, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
    start_s = time.process_time()
    pairs = near_pairs(hashes)
    assert time.process_time() - start_s < 10
    assert 29_999 <= len(pairs) <= 60_000 and len(np.unique(pairs)) == 30_000
