"""The columns that only recognition has."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.config import RunConfig
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row
from ocrflow.errors import DataError
from ocrflow.tasks.text_recognition.columns import COLUMNS, columns_of_row


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "dict.txt").write_text("a\nb\n")
    return tmp_path


def config(**train: object) -> RunConfig:
    return RunConfig.model_validate({"Train": train})


def test_the_columns_of_a_row(root: Path) -> None:
    columns = columns_of_row(config(), root)(Row("i.png", "aab cÄ", 1), ImageFacts("m", 96, 48))
    assert list(columns) == list(COLUMNS)
    assert columns == {
        "length": 6,
        "unknown_characters": 2,
        "aspect_per_character": round(2 / 6, 4),
        "time_steps": 40,
        "steps_needed": 7,
        "spare_steps": 33,
    }


def test_a_configured_base_width_counts(root: Path) -> None:
    columns = columns_of_row(config(base_width=96), root)(Row("i.png", "a" * 10, 1), ImageFacts("m", 96, 48))
    assert (columns["time_steps"], columns["steps_needed"], columns["spare_steps"]) == (12, 19, -7)


def test_unknown_sizes_and_empty_labels_are_null(root: Path) -> None:
    column = columns_of_row(config(), root)
    unusable = column(Row("i.png", "ab", 1), ImageFacts(problem="image_missing"))
    assert [unusable[name] for name in ("aspect_per_character", "time_steps", "spare_steps")] == [None] * 3
    assert unusable["length"] == 2
    assert column(Row("i.png", "", 1), ImageFacts("m", 96, 48))["aspect_per_character"] is None


def test_a_faulty_dictionary_is_refused(root: Path) -> None:
    (root / "dict.txt").write_text("ab\n")
    with pytest.raises(DataError, match=r"dict\.txt:1"):
        columns_of_row(config(), root)
