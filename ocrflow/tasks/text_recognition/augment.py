"""Augmentation of text crops while training: geometry, light, sharpness, sensor.

The kinds are those of PP-OCR's recognition recipe (`RecAug`: perspective, crop, blur, noise, colour, reverse).
Every function takes an image uint8 H x W x 3 and a generator, and returns an image of the same size.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

Augmentation = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def augment(image_HWC: np.ndarray, probability: float, rng: np.random.Generator) -> np.ndarray:
    """Apply each augmentation with `probability` (inversion with a tenth of it), in a fixed order."""
    draws = rng.random(len(AUGMENTATIONS))
    for draw, (share, function) in zip(draws, AUGMENTATIONS, strict=True):
        if draw < share * probability:
            image_HWC = function(image_HWC, rng)
    return image_HWC


def perspective(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move each corner by up to 8 % of the height, which also shifts, scales and tilts the text."""
    height, width = image_HWC.shape[:2]
    corners_42 = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved_42 = corners_42 + rng.uniform(-0.08, 0.08, (4, 2)).astype(np.float32) * height
    return _warp(image_HWC, cv2.getPerspectiveTransform(moved_42, corners_42))


def shear(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slant by up to 0.25 columns a row; narrow by up to 8 % or widen by up to 2 %."""
    height = image_HWC.shape[0]
    slant, scale = rng.uniform(-0.25, 0.25), rng.uniform(0.92, 1.02)
    return _warp(image_HWC, np.array([[scale, slant, -slant * height / 2], [0, 1, 0], [0, 0, 1]], np.float64))


def _warp(image_HWC: np.ndarray, matrix_33: np.ndarray) -> np.ndarray:
    size = (image_HWC.shape[1], image_HWC.shape[0])
    return cv2.warpPerspective(image_HWC, matrix_33, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def colour(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Contrast 0.6..1.4 around the mean, brightness +-40, and +-15 % a channel."""
    gain_3 = rng.uniform(0.6, 1.4) * rng.uniform(0.85, 1.15, 3)
    mean_3 = image_HWC.mean(axis=(0, 1))
    table_256x3 = (np.arange(256)[:, None] - mean_3) * gain_3 + mean_3 + rng.uniform(-40, 40)
    table = np.clip(table_256x3, 0, 255).astype(np.uint8)
    return cv2.LUT(image_HWC, table.reshape(1, 256, 3))


def grey(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """All channels equal."""
    return cv2.cvtColor(cv2.cvtColor(image_HWC, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def blur(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Out of focus (Gaussian, sigma up to 3 % of the height) or moving (a horizontal or vertical line)."""
    height = image_HWC.shape[0]
    if rng.random() < 0.5:
        return cv2.GaussianBlur(image_HWC, (0, 0), max(0.3, rng.uniform(0, 0.03) * height))
    length = max(2, int(rng.uniform(0.02, 0.08) * height) + 1)
    size = (length, 1) if rng.random() < 0.7 else (1, length)
    return cv2.blur(image_HWC, size)


def small(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As if photographed from afar: down to 14..30 rows and back."""
    height, width = image_HWC.shape[:2]
    factor = min(1.0, rng.uniform(14, 30) / height)
    few_size = max(1, round(width * factor)), max(1, round(height * factor))
    few = cv2.resize(image_HWC, few_size, interpolation=cv2.INTER_AREA)
    return cv2.resize(few, (width, height), interpolation=cv2.INTER_LINEAR)


def noise(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sensor noise, standard deviation 2..16 grey values."""
    grain = rng.standard_normal(image_HWC.shape, np.float32) * rng.uniform(2, 16)
    return np.clip(image_HWC + grain, 0, 255).astype(np.uint8)


def jpeg(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Compression artefacts, quality 20..80."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 81))]
    return cv2.imdecode(cv2.imencode(".jpg", image_HWC, quality)[1], cv2.IMREAD_COLOR)


def shadow(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A linear change of light across the image, down to 40 % at one side."""
    width = image_HWC.shape[1]
    light_W1 = np.linspace(1.0, rng.uniform(0.4, 1.0), width, dtype=np.float32)[:, None]
    return (image_HWC * (light_W1 if rng.random() < 0.5 else light_W1[::-1])).astype(np.uint8)


def invert(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light text becomes dark text."""
    return 255 - image_HWC


AUGMENTATIONS: tuple[tuple[float, Augmentation], ...] = (
    (1.0, perspective),
    (0.6, shear),
    (1.0, colour),
    (0.3, shadow),
    (0.2, grey),
    (0.6, small),
    (0.6, blur),
    (0.6, noise),
    (0.3, jpeg),
    (0.1, invert),
)
