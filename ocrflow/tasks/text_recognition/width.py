"""The base width: how wide the input of a recogniser is at least."""

from __future__ import annotations

import numpy as np

from ocrflow.inference.preprocess import input_width

OFFICIAL = 320  # PaddleX's [3, 48, 320]
NARROWEST = 96
STEP = 32  # base widths are multiples of this, in pixels
COVERED = 0.99  # share of the training images that fit without an input of their own width


def choose_base_width(setting: int | str, sizes_N2: list[tuple[int, int]]) -> int:
    """The configured width, or for "auto" the narrowest multiple of 32 in 96..320 that 99 % of the images fit in.

    Narrow crops (licence plates) then cost half of what they cost at the official 320, in training and in PaddleX alike,
    which reads this width from `inference.yml`.

    Args:
        sizes_N2: height and width of every training image in pixels.
    """
    if setting != "auto":
        return int(setting)
    contents = [input_width(height, width, base_width=0)[1] for height, width in sizes_N2]
    needed = float(np.quantile(contents, COVERED, method="higher"))
    return int(min(OFFICIAL, max(NARROWEST, -(-needed // STEP) * STEP)))
