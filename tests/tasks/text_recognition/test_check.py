"""What check_dataset asks of text recognition."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest
from PIL import Image

from ocrflow.config import RunConfig
from ocrflow.data.image_facts import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.tasks.check import check_of
from ocrflow.tasks.text_recognition.check import RecognitionCheck

LISTS = [RowList(split, Path(f"{split}.txt"), []) for split in ("train", "val")]
GOOD = ImageFacts("0" * 32, 80, 24)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "dict.txt").write_text("a\nb\nxy\n皖\n")
    return tmp_path


def check(root: Path, **train: object) -> RecognitionCheck:
    config = RunConfig.model_validate({"Global": {"dataset_dir": str(root)}, "Train": train})
    return RecognitionCheck(config, root)


def row_faults(checked: RecognitionCheck, text: str, image: ImageFacts | None = GOOD, split: int = 0) -> list[str]:
    return [item.code for item in checked.row_faults(LISTS[split], Row("1.png", text, 1), image)]


def test_it_is_the_check_of_a_recognition_model(root: Path) -> None:
    config = RunConfig.model_validate({"Global": {"dataset_dir": str(root)}})
    found = check_of(config, root)
    assert isinstance(found, RecognitionCheck) and found.dataset_type == "MSTextRecDataset"


def test_the_dictionary_is_looked_at_first(root: Path) -> None:
    checked = check(root)
    assert [(item.code, item.line) for item in checked.opening_faults()] == [("dict_multi_character", 3)]
    assert checked.dictionary == ["a", "b", "皖"] and checked.summary() == "3 characters"
    assert list(checked.closing_faults(LISTS)) == []


def test_without_a_dictionary_labels_are_checked_all_the_same(tmp_path: Path) -> None:
    checked = check(tmp_path)
    assert [item.code for item in checked.opening_faults()] == ["dict_missing"]
    assert row_faults(checked, "车") == [] and row_faults(checked, "") == ["label_blank"]


def test_all_faults_of_a_row(root: Path) -> None:
    assert row_faults(check(root), "ab") == []
    assert row_faults(check(root), "c") == ["label_unknown_character"]
    assert row_faults(check(root), "c" * 500, None) == ["label_unknown_character", "label_too_long"]
    turned = ImageFacts("0" * 32, 24, 80, orientation=6)
    assert row_faults(check(root), "abc", turned) == ["label_unknown_character", "image_exif_mismatch"]


@pytest.mark.parametrize(("base_width", "codes"), [("auto", []), (320, []), (96, ["label_ctc_impossible"])])
def test_the_base_width_decides_how_long_a_label_may_be(root: Path, base_width: object, codes: list[str]) -> None:
    assert row_faults(check(root, base_width=base_width), "ab" * 12) == ([] if base_width != 96 else codes)


def test_labels_are_counted_by_split(root: Path) -> None:
    checked = check(root)
    for text, split in (("ab", 0), ("皖b", 0), ("", 0), ("bbb", 1)):
        row_faults(checked, text, None, split)
    assert checked.lengths == {"train": {2: 2, 0: 1}, "val": {3: 1}}
    assert checked.characters == {"a": 1, "b": 5, "皖": 1}


def test_pictures(root: Path) -> None:
    checked = check(root)
    row_faults(checked, "ab皖")
    checked.write_histogram(root / "histogram.png")
    assert cv2.imread(str(root / "histogram.png")).shape == (800, 1300, 3)
    picture = checked.draw_sample(Image.new("RGB", (80, 24)), Row("1.png", "皖ab", 1))
    assert picture.height > 64 and picture.getpixel((20, 20)) == (0, 0, 0)
