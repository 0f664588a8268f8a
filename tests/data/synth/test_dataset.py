"""The synthetic data sets: layout, determinism, all or nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocrflow.data.synth import synthesize
from ocrflow.data.synth.plate_lettering import LETTERINGS
from ocrflow.data.synth.plate_texts import PLATE_CHARACTERS
from ocrflow.data.synth.strokes import stroke_glyph
from ocrflow.errors import UsageError

GOLDEN = "64310b9ef32405ca73894a016852e43ce9c01a4b4683cd643da3f77536ef82eb"


def _files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def _rows(root: Path, name: str) -> list[list[str]]:
    text = (root / name).read_bytes().decode("utf-8")
    assert text.endswith("\n") and "\r" not in text
    return [line.split("\t") for line in text[:-1].split("\n")]


@pytest.mark.parametrize("style", ["plates", "lines"])
def test_layout_labels_and_images(tmp_path: Path, style: str) -> None:
    out = tmp_path / "set"
    result = synthesize(out, style=style, num_samples=20, seed=3, val_percent=15, workers=1)
    train, val = _rows(out, "train.txt"), _rows(out, "val.txt")
    assert (result.train_rows, result.val_rows) == (len(train), len(val)) == (17, 3)
    assert sorted(name for name, _ in train + val) == [f"images/{index:06d}.jpg" for index in range(20)]
    dictionary = (out / "dict.txt").read_bytes().decode("utf-8")[:-1].split("\n")
    assert dictionary == sorted(set(dictionary)) and len(dictionary) == result.num_characters
    assert set("".join(text for _, text in train + val)) <= set(dictionary) | {" "}
    for name, _ in train + val:
        with Image.open(out / name) as image:
            assert 32 <= image.height <= 64 and image.width >= 24
            assert len(set(image.convert("L").tobytes())) >= 15, name
    assert {path.name for path in out.iterdir()} == {"images", "train.txt", "val.txt", "dict.txt"}
    assert list(tmp_path.iterdir()) == [out]


def test_plates_are_unique_and_have_33_characters(tmp_path: Path) -> None:
    result = synthesize(tmp_path / "set", style="plates", num_samples=80, seed=5, val_percent=50, workers=1)
    texts = [text for name in ("train.txt", "val.txt") for _, text in _rows(tmp_path / "set", name)]
    assert len(set(texts)) == 80
    assert all(5 <= len(text) <= 8 for text in texts)
    assert result.num_characters == 33


@pytest.mark.parametrize("style", ["plates", "lines"])
def test_bytes_depend_on_the_seed_and_not_on_the_workers(tmp_path: Path, style: str) -> None:
    for name, seed, workers in (("one", 7, 1), ("two", 7, 2), ("other", 8, 1)):
        synthesize(tmp_path / name, style=style, num_samples=66, seed=seed, workers=workers)
    assert _files(tmp_path / "one") == _files(tmp_path / "two")
    same = [name for name, data in _files(tmp_path / "other").items() if data == _files(tmp_path / "one")[name]]
    assert same == ["dict.txt"]


def test_a_larger_set_begins_with_the_smaller_one(tmp_path: Path) -> None:
    for size in (4, 6):
        synthesize(tmp_path / str(size), style="lines", num_samples=size, seed=2, workers=1)
    small, large = _files(tmp_path / "4"), _files(tmp_path / "6")
    assert all(large[name] == small[name] for name in small if name.startswith("images/"))


def test_refuses_a_directory_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="not empty"):
        synthesize(tmp_path / "set", style="lines", num_samples=4, seed=1, workers=1)
    assert _files(tmp_path) == {"set/mine.txt": b"keep"}


def test_accepts_an_empty_directory(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    synthesize(tmp_path / "set", style="lines", num_samples=2, seed=1, workers=1)
    assert len(_rows(tmp_path / "set", "val.txt")) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_generation_leaves_nothing(tmp_path: Path, workers: int) -> None:
    calls: list[int] = []

    def interrupt(done: int) -> None:
        calls.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthesize(tmp_path / "set", style="lines", num_samples=200, seed=1, workers=workers, progress=interrupt)
    assert calls == [32]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"style": "plate"}, "style: expected one of plates, lines, scenes, texts; got 'plate'"),
        ({"num_samples": 1}, "num_samples: expected 2"),
        ({"seed": -1}, "seed: expected 0"),
        ({"val_percent": 100}, "val_percent: expected 1 to 99"),
        ({"workers": 0}, "workers: expected 1"),
    ],
)
def test_wrong_arguments_are_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"style": "lines", "num_samples": 4, "seed": 1, "workers": 1} | change
    with pytest.raises(UsageError, match=message):
        synthesize(tmp_path / "set", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_golden_bytes(tmp_path: Path) -> None:
    digest = hashlib.sha256()
    for style in ("plates", "lines"):
        synthesize(tmp_path / style, style=style, num_samples=6, seed=1, workers=1)
    for name, data in _files(tmp_path).items():
        digest.update(name.encode() + b"\0" + data)
    for lettering in LETTERINGS:
        for char in PLATE_CHARACTERS:
            digest.update(stroke_glyph(char, lettering).tobytes())
    assert digest.hexdigest() == GOLDEN, (
        "The generator writes other bytes than before: the tracked hash of the demo data changes with it. "
        "If that is meant, pin the new digest here, generate the demo data again and track it; "
        "if not, look for a changed version of pillow, numpy or a font package."
    )
