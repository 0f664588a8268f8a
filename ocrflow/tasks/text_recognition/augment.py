"""Augmentation of text crops while training: geometry, then light, sharpness and sensor.

The kinds are those of PP-OCR's recognition recipe (`RecAug`: warp, crop, blur, colour, jitter, noise, reverse) and some
that photographs of text need: shadow, low resolution, JPEG. docs/recipes.md compares both.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ocrflow.tasks.text_recognition import appearance, warp

Appearance = Callable[[np.ndarray, np.random.Generator], np.ndarray]

# Each with its probability at strength 1.
WARPS: tuple[tuple[float, warp.Warp], ...] = (
    (1.0, warp.perspective),
    (0.6, warp.stretch),
    (0.4, warp.wave),
    (0.6, warp.shear),
    (0.6, warp.crop),
)
APPEARANCES: tuple[tuple[float, Appearance], ...] = (
    (1.0, appearance.colour),
    (0.3, appearance.shadow),
    (0.6, appearance.small),
    (0.6, appearance.blur),
    (0.6, appearance.noise),
    (0.3, appearance.jpeg),
    (0.15, appearance.invert),
)


def augment(image_HWC: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """A changed copy of a text crop, or the crop itself when no augmentation was drawn.

    Args:
        image_HWC: uint8 H x W x 3 of the size that the network sees; the effects are meant for about 48 rows.
        strength: 0..1, factor on the probability of every augmentation.

    Returns:
        uint8 of the same shape.
    """
    draws = iter(rng.random(len(WARPS) + len(APPEARANCES)).tolist())
    warps = [function for share, function in WARPS if next(draws) < share * strength]
    if warps:
        image_HWC = warp.warp(image_HWC, warps, rng)
    for share, function in APPEARANCES:
        if next(draws) < share * strength:
            image_HWC = function(image_HWC, rng)
    return image_HWC
