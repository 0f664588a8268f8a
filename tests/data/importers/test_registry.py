from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.importers.registry import FORMATS, reader
from ocrflow.data.importers.sample import Problem
from ocrflow.errors import UsageError


def test_the_eight_formats() -> None:
    assert set(FORMATS) == {"ppocrlabel", "labelstudio", "cvat", "icdar", "coco-text", "ccpd", "labelme", "lmdb"}


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="coco_text") as error:
        reader("coco_text")
    assert error.value.fix == "--from coco-text"


@pytest.mark.parametrize("name", FORMATS)
def test_every_reader_meets_a_file_of_noise_with_problems_only(name: str, tmp_path: Path) -> None:
    source = tmp_path / "noise.bin"
    source.write_bytes(bytes(range(256)) * 3)
    items = list(reader(name)(source))
    assert items
    assert all(isinstance(item, Problem) for item in items)


@pytest.mark.parametrize("name", FORMATS)
def test_every_reader_meets_an_empty_folder_with_problems_at_most(name: str, tmp_path: Path) -> None:
    assert all(isinstance(item, Problem) for item in reader(name)(tmp_path))


def test_the_page_describes_every_format() -> None:
    page = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")
    assert all(f"[`{name}`](#{name})" in page and f"\n## {name}\n" in page for name in FORMATS)
