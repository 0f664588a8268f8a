"""The base width: how wide the input of a recogniser is at least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocrflow.inference.preprocess import input_width
from ocrflow.tasks.text_recognition.checks import DEFAULT_BASE_WIDTH, STRIDE, ctc_steps, ctc_steps_needed

NARROWEST = 96
STEP = 32  # base widths are multiples of this, in pixels
COVERED = 0.5  # share of the training images that fit without an input of their own width


def choose_base_width(setting: int | str, sizes_N2: Sequence[tuple[int, int]], texts: Sequence[str]) -> int:
    """The configured width; for "auto" the narrowest multiple of 32 in 96..320 that suits the training rows.

    It suits them when half of the images fit in, and every label that has enough time steps at the official 320 has
    enough of them still. Narrow crops (licence plates) then cost half of what they cost at 320, in training and in
    PaddleX alike, which reads this width from `inference.yml`.

    Args:
        sizes_N2: height and width of every training image in pixels.
        texts: their labels.
    """
    if setting != "auto":
        return int(setting)
    contents = [input_width(height, width, base_width=0)[1] for height, width in sizes_N2]
    wide_enough = int(np.quantile(contents, COVERED, method="higher"))
    long_enough = max(_needed_by_label(*size, text) for size, text in zip(sizes_N2, texts, strict=True))
    return min(DEFAULT_BASE_WIDTH, max(NARROWEST, -(-max(wide_enough, long_enough) // STEP) * STEP))


def _needed_by_label(height: int, width: int, text: str) -> int:
    """Columns that CTC needs to say the label; 0 when even the official width has too few."""
    needed = ctc_steps_needed(text)
    return needed * STRIDE if needed <= ctc_steps(width, height) else 0
