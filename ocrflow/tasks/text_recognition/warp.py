"""Geometric augmentation of text crops: all distortions drawn for an image become one resampling.

Legend: an image has H rows and W columns. `edges_22W` (float32) says for each column of the result where in the image
its top (0) and bottom (1) pixel comes from, as x (0) and y (1) in pixels; those between come from the line between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

Warp = Callable[[np.ndarray, int, np.random.Generator], None]
TOP, BOTTOM, X, Y = 0, 1, 0, 1
FEWEST_NODES, MOST_NODES = 3, 6


def warp(image_HWC: np.ndarray, warps: Sequence[Warp], rng: np.random.Generator) -> np.ndarray:
    """The image (uint8 H x W x 3) with the distortions together; what comes from outside repeats the border."""
    height, width = image_HWC.shape[:2]
    edges_22W = np.zeros((2, 2, width), np.float32)
    edges_22W[:, X] = np.arange(width)
    edges_22W[BOTTOM, Y] = height - 1
    for distort in warps:
        distort(edges_22W, height, rng)
    down_H1 = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x_HW, y_HW = edges_22W[TOP, :, None] + down_H1 * (edges_22W[BOTTOM] - edges_22W[TOP])[:, None]
    return cv2.remap(image_HWC, x_HW, y_HW, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def perspective(edges_22W: np.ndarray, height: int, rng: np.random.Generator) -> None:
    """Move each corner of the text by up to 8 % of the height outwards and in all, 16 % inwards in y."""
    along_W = np.linspace(0, 1, edges_22W.shape[2], dtype=np.float32)
    left_22, right_22 = rng.uniform(-0.08, 0.08, (2, 2, 2)).astype(np.float32) * height
    inwards = rng.uniform(0, 0.08, 4).astype(np.float32) * height
    left_22[:, Y] += (-inwards[0], inwards[1])
    right_22[:, Y] += (-inwards[2], inwards[3])
    edges_22W += left_22[:, :, None] + along_W * (right_22 - left_22)[:, :, None]


def stretch(edges_22W: np.ndarray, height: int, rng: np.random.Generator) -> None:
    """Widen parts of the line and narrow others: 2 to 5 inner borders of equal parts move by up to 0.3 of a part."""
    nodes, part = _nodes(edges_22W.shape[2], rng)
    moved = np.zeros(len(nodes))
    moved[1:-1] = rng.uniform(-0.3, 0.3, len(nodes) - 2) * part
    edges_22W[:, X] += np.interp(np.arange(edges_22W.shape[2]), nodes, moved).astype(np.float32)


def wave(edges_22W: np.ndarray, height: int, rng: np.random.Generator) -> None:
    """Bend the top and the bottom of the line at 2 to 5 places, by up to 8 % of the height."""
    columns_W, (nodes, _) = np.arange(edges_22W.shape[2]), _nodes(edges_22W.shape[2], rng)
    for edge in (TOP, BOTTOM):
        edges_22W[edge, Y] += np.interp(columns_W, nodes, rng.uniform(-0.08, 0.08, len(nodes)) * height)


def shear(edges_22W: np.ndarray, height: int, rng: np.random.Generator) -> None:
    """Slant by up to 0.25 columns a row; narrow by up to 8 % or widen by up to 2 %."""
    slant, scale = rng.uniform(-0.25, 0.25), rng.uniform(1 / 1.02, 1 / 0.92)
    edges_22W[:, X] *= np.float32(scale)
    edges_22W[TOP, X] += np.float32(slant * height / 2)
    edges_22W[BOTTOM, X] -= np.float32(slant * height / 2)


def crop(edges_22W: np.ndarray, height: int, rng: np.random.Generator) -> None:
    """Cut off up to 8 % of the height at the top or at the bottom, and enlarge the rest to the full height."""
    cut = np.float32(rng.uniform(0, 0.08) * height)
    if rng.random() < 0.5:
        edges_22W[TOP, Y] += cut
    else:
        edges_22W[BOTTOM, Y] -= cut


def _nodes(width: int, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """The borders of 3 to 6 equal parts of a line, and the width of a part."""
    count = int(rng.integers(FEWEST_NODES, MOST_NODES + 1))
    return np.linspace(0, width - 1, count + 1), (width - 1) / count
