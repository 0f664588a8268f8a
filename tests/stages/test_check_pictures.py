"""The pictures of a check: what a person looks at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocrflow.config import RunConfig
from ocrflow.data.fault_log import FaultLog
from ocrflow.stages.check_pictures import write_pictures
from ocrflow.tasks.examine import examine

Config = Callable[..., RunConfig]


def pictures_of(root: Path, config: RunConfig) -> dict[str, Any]:
    folder = root.parent / "out"
    with FaultLog(folder, {}) as log:
        found = examine(config, log)
    return write_pictures(folder, "check", found)


def test_ten_of_each_split_by_line_and_name(labelled: Path, check_config: Config) -> None:
    result = pictures_of(labelled, check_config())
    lines = [1, 2, 4, 5, 7, 9, 10, 12, 13, 15]
    assert result["attributes"] == {
        "train_sample_paths": [f"check/demo_img/train_{line:04}_{line}.jpg" for line in lines],
        "val_sample_paths": [f"check/demo_img/val_{line:04}_{line + 16}.jpg" for line in (1, 2, 3, 4)],
    }
    assert result["analysis"] == {"histogram": "check/histogram.png"}
    drawn = {path.name for path in (labelled.parent / "out/demo_img").iterdir()}
    assert drawn == {Path(name).name for names in result["attributes"].values() for name in names}


def test_a_sample_is_a_jpeg_with_the_image_and_its_label(labelled: Path, check_config: Config) -> None:
    Image.new("RGB", (120, 64), (250, 20, 30)).save(labelled / "images/1.png")
    name = pictures_of(labelled, check_config())["attributes"]["train_sample_paths"][0]
    with Image.open(labelled.parent / "out/demo_img" / Path(name).name) as picture:
        assert picture.format == "JPEG"
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert np.abs(pixels[12:68, 12:124] - (250, 20, 30)).max() < 12, "red, not blue"
    assert (pixels[80:].max(axis=2) < 100).any(), "a label in black"


def test_an_image_is_shown_as_training_sees_it(labelled: Path, check_config: Config) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (200, 100), (0, 200, 0)).save(labelled / "images/1.png", exif=exif)
    name = pictures_of(labelled, check_config())["attributes"]["train_sample_paths"][0]
    with Image.open(labelled.parent / "out/demo_img" / Path(name).name) as picture:
        assert picture.height > 200 > picture.width


def test_images_of_one_name_do_not_overwrite_each_other(labelled: Path, check_config: Config) -> None:
    rows = []
    for number in range(1, 6):
        (labelled / str(number)).mkdir()
        (labelled / f"images/{number}.png").rename(labelled / f"{number}/same.png")
        rows.append(f"{number}/same.png\tab\n")
    (labelled / "train.txt").write_text("".join(rows))
    names = pictures_of(labelled, check_config())["attributes"]["train_sample_paths"]
    assert len(set(names)) == 5 and names[0] == "check/demo_img/train_0001_same.jpg"


@pytest.mark.parametrize("stem", ["é" * 120, "x" * 250, "a b.c", "车牌"])
def test_long_and_foreign_names(labelled: Path, check_config: Config, stem: str) -> None:
    (labelled / "images/1.png").rename(labelled / f"images/{stem}.png")
    text = (labelled / "train.txt").read_text()
    (labelled / "train.txt").write_text(text.replace("images/1.png", f"images/{stem}.png"))
    name = pictures_of(labelled, check_config())["attributes"]["train_sample_paths"][0]
    assert (labelled.parent / "out/demo_img" / Path(name).name).is_file()
    assert Path(name).name.startswith(f"train_0001_{stem[:60]}")


def test_a_very_long_image(labelled: Path, check_config: Config) -> None:
    """Longer than a JPEG can be."""
    for number, size in ((1, (70_000, 5)), (2, (5, 70_000))):
        Image.effect_noise(size, 50).save(labelled / f"images/{number}.png")
    names = pictures_of(labelled, check_config())["attributes"]["train_sample_paths"]
    for name in names[:2]:
        with Image.open(labelled.parent / "out/demo_img" / Path(name).name) as picture:
            assert max(picture.size) < 2000
