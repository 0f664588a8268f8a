"""Putting images in place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from ocrflow.data.fix_lists import entries_of
from ocrflow.data.fix_paths import ImageFinder
from ocrflow.data.fix_rules import FixLog
from ocrflow.data.fix_writer import ImageWriter
from ocrflow.data.images import inspect
from ocrflow.models import TEXT_RECOGNITION


def test_an_image_of_several_rows_is_put_in_place_once(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "sub").mkdir()
    lines = ["a.png\tx", "./a.png\ty", "sub/../a.png\tz", "none.png\tx", "empty.png\tx"]
    entries = entries_of(enumerate(lines, 1), "train.txt", ImageFinder(tmp_path), FixLog())
    facts = {entry.source: inspect(entry.source) for entry in entries if entry.source}
    log = FixLog()
    writer = ImageWriter(facts, lambda row, image: False, log)
    written = writer.write({"train.txt": entries}, tmp_path / "new", TEXT_RECOGNITION, "hard")
    assert written == {"as it was": 2} and log.changes == []
    assert sorted(path.name for path in (tmp_path / "new").rglob("*")) == ["a.png", "empty.png", "sub"]
    assert all((tmp_path / "new" / line.partition("\t")[0]).is_file() for line in lines if "none" not in line)
