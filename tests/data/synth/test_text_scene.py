"""The `texts` style: every label lies on ink, inside of the picture, and touches no other."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocrflow.config_file import load_config
from ocrflow.data.synth import synthesize
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.scene_text import TextLine, bounds, ink_for, text_quad
from ocrflow.data.synth.text_scene import text_scene
from ocrflow.stages.base import run_stage


@pytest.mark.parametrize("index", range(8))
def test_labels_are_inside_and_apart(index: int) -> None:
    image, labels = text_scene(Dice(1, 4, index))
    assert labels and 400 <= image.width <= 640
    for text, quad in labels:
        left, top, right, bottom = bounds(quad)
        assert text and left >= 0 and top >= 0 and right < image.width and bottom < image.height
    for (_, first), (_, second) in combinations(labels, 2):
        one, other = bounds(first), bounds(second)
        apart = one[0] > other[2] or other[0] > one[2] or one[1] > other[3] or other[1] > one[3]
        assert apart or min(one[3] - one[1], other[3] - other[1]) > max(one[1], other[1]) - min(one[3], other[3])


def test_ink_fills_its_quad_and_nothing_else() -> None:
    scene = Image.new("RGB", (400, 200), (250, 250, 250))
    dice = Dice(3)
    line = TextLine(dice, "Receipt 2049", 40)
    quad = text_quad((200, 100), 40 * line.aspect, 40, 15)
    line.paint(scene, quad, (0, 0, 0))
    rows, columns = np.nonzero(np.asarray(scene)[:, :, 0] < 128)
    left, top, right, bottom = bounds(quad)
    assert left <= columns.min() < left + 20 and right - 20 < columns.max() <= right
    assert top <= rows.min() < top + 20 and bottom - 20 < rows.max() <= bottom


@pytest.mark.parametrize("grey", [10, 120, 245])
def test_ink_differs_from_what_is_below(grey: int) -> None:
    scene = Image.new("RGB", (50, 50), (grey, grey, grey))
    red, green, blue = ink_for(scene, [(5, 5), (40, 5), (40, 20), (5, 20)], Dice(grey))
    assert abs((299 * red + 587 * green + 114 * blue) // 1000 - grey) >= 70


def test_the_check_finds_nothing_wrong(tmp_path: Path) -> None:
    synthesize(tmp_path / "set", style="texts", num_samples=8, seed=2, workers=1)
    settings = [f"Global.dataset_dir={tmp_path / 'set'}", f"Global.output={tmp_path / 'out'}"]
    result = run_stage("check_dataset", load_config("PP-OCRv6_tiny_det", None, settings))
    assert result["check_pass"] and not result["faults"]
