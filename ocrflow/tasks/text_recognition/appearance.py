"""Augmentation of how text crops look: light, sharpness, sensor, compression.

Every function takes an image uint8 H x W x 3 and a generator, and returns an image of the same size. The strengths are
meant for about 48 rows.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

_GREY_3 = np.array([0.114, 0.587, 0.299])  # luma of blue, green, red
_GRAIN_ROWS, _GRAIN_COLUMNS, _GRAIN_SEED = 256, 1024, 7


def colour(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Contrast 0.6..1.4 around the mean, brightness +-40, +-15 % a channel, saturation 0 (grey) to 1.4."""
    saturation = max(0.0, rng.uniform(-0.2, 1.4))
    gain_3 = rng.uniform(0.6, 1.4) * rng.uniform(0.85, 1.15, 3)
    mixed_33 = (1 - saturation) * _GREY_3[None] + saturation * np.eye(3)
    matrix_34 = np.empty((3, 4))
    matrix_34[:, :3] = gain_3[:, None] * mixed_33
    mean_3 = mixed_33 @ cv2.mean(image_HWC)[:3]
    matrix_34[:, 3] = mean_3 * (1 - gain_3) + rng.uniform(-40, 40)
    return cv2.transform(image_HWC, matrix_34)


def shadow(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A change of light across the image, down to 40 % at one side."""
    dark = rng.integers(102, 256)
    light_12 = np.array([[255, dark] if rng.random() < 0.5 else [dark, 255]], np.uint8)
    light_HWC = cv2.resize(cv2.merge([light_12] * 3), image_HWC.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(image_HWC, light_HWC, scale=1 / 255)


def small(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As if photographed from afar: down to 14..30 rows and back."""
    height, width = image_HWC.shape[:2]
    factor = min(1.0, rng.uniform(14, 30) / height)
    few_size = max(1, round(width * factor)), max(1, round(height * factor))
    few = cv2.resize(image_HWC, few_size, interpolation=cv2.INTER_AREA)
    return cv2.resize(few, (width, height), interpolation=cv2.INTER_LINEAR)


def blur(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Out of focus (Gaussian, sigma 0.3..1.5 pixels) or moving (2..4 pixels, along or across the line)."""
    if rng.random() < 0.5:
        return cv2.GaussianBlur(image_HWC, (0, 0), rng.uniform(0.3, 1.5))
    length = int(rng.integers(2, 5))
    return cv2.blur(image_HWC, (length, 1) if rng.random() < 0.7 else (1, length))


def noise(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sensor noise, standard deviation 2..16 grey values: a random piece of one large picture of noise."""
    height, width = image_HWC.shape[:2]
    grain = _grain()
    if height > _GRAIN_ROWS or width > _GRAIN_COLUMNS:
        grain = np.tile(grain, (-(-height // _GRAIN_ROWS), -(-width // _GRAIN_COLUMNS), 1))
    y = int(rng.integers(grain.shape[0] - height + 1))
    x = int(rng.integers(grain.shape[1] - width + 1))
    piece = grain[y : y + height, x : x + width]
    return cv2.addWeighted(image_HWC, 1.0, piece, rng.uniform(2, 16), 0.0, dtype=cv2.CV_8U)


@cache
def _grain() -> np.ndarray:
    """Standard normal noise, float32, equal in every process."""
    rng = np.random.default_rng(_GRAIN_SEED)
    return rng.standard_normal((_GRAIN_ROWS, _GRAIN_COLUMNS, 3), np.float32)


def jpeg(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Compression artefacts, quality 20..80."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 81))]
    return cv2.imdecode(cv2.imencode(".jpg", image_HWC, quality)[1], cv2.IMREAD_COLOR)


def invert(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light text becomes dark text."""
    return cv2.bitwise_not(image_HWC)
