"""Finding images that are nearly the same: a copy that was re-encoded, scaled, brightened or moved by a pixel.

A difference hash (D. Looks: "Kind of Like That", 2013: is a cell brighter than the one left of it?) finds candidates
without comparing all images with all; the pixels of a candidate pair decide. Images of one style that show different
text are not alike, also when they differ in one character only.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

HASH_BYTES = 32
WITHIN = 46
_COLUMNS, _ROWS = 17, 16
_SAMPLED_ROWS = 96
_BLUR = 1.0
_CONTRAST, _NOISE = 0.25, 0.75
_ORDER = np.random.default_rng(17).permutation(8 * HASH_BYTES)
_KEY_BYTES = 8
_NEIGHBOURS = 8
_PAIRS_PER_HASH = 2


def difference_hash(image_HWC: np.ndarray) -> bytes:
    """256 bits about where the image becomes brighter from left to right.

    The image (of a high one 96 to 191 of its rows) is averaged to 16 rows of 17 grey cells, which are blurred, so that
    a shift by a pixel flips few bits. A bit is set where the step to the right exceeds noise and a quarter of the
    steps' deviation: flat areas and brightness do not count. The bits are shuffled, always alike, so that each byte
    sees all of the image.

    Args:
        image_HWC: uint8, H x W x 3, BGR.
    """
    rows = image_HWC[:: max(1, len(image_HWC) // _SAMPLED_ROWS)]
    cells = cv2.resize(rows, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(cv2.cvtColor(cells, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), _BLUR)
    steps = (grey[:, 1:] - grey[:, :-1]).ravel()[_ORDER]
    deviation = float(cv2.meanStdDev(steps)[1][0, 0])
    return np.packbits(steps > max(_CONTRAST * deviation, _NOISE)).tobytes()


def near_pairs(hashes_N32: np.ndarray, within: int = WITHIN) -> np.ndarray:
    """Pairs of hashes that differ in at most `within` of 256 bits, int64 M x 2, first < second, sorted.

    The hashes are sorted 32 times, each time beginning with another byte; those that begin alike are compared with
    their next neighbours in that order. Time is N log N and memory linear, whatever the hashes are:

    - equal hashes are chained, first to second to third, and stand for one in the search;
    - of very many unequal hashes that begin alike each is compared with its 8 next neighbours in sorted order only;
    - when more than 2 pairs a hash are found, the closest of them are returned.

    Otherwise pairs of at most 10 differing bits are always found, and of more bits the fewer the more differ.

    Args:
        hashes_N32: uint8, N x 32.
        within: most bits that may differ.
    """
    if len(hashes_N32) < 2:
        return np.empty((0, 2), np.int64)
    hashes_N4 = np.ascontiguousarray(hashes_N32).view(np.uint64)
    order = np.lexsort(hashes_N4.T)
    equal = (hashes_N4[order[1:]] == hashes_N4[order[:-1]]).all(axis=1)
    chains = np.stack([order[:-1][equal], order[1:][equal]], axis=1)
    alone = np.sort(order[np.concatenate([[True], ~equal])])
    pairs = np.concatenate([chains, alone[_unequal_pairs(hashes_N32[alone], within)]]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _unequal_pairs(hashes_N32: np.ndarray, within: int) -> np.ndarray:
    """The pairs among hashes of which no two are equal."""
    number = len(hashes_N32)
    hashes_N4 = np.ascontiguousarray(hashes_N32).view(np.uint64)
    turned = np.concatenate([hashes_N32, hashes_N32[:, : _KEY_BYTES - 1]], axis=1)
    prefix_bits = int(np.clip(np.log2(number), 4, 24))
    codes = np.empty(0, np.int64)
    for byte in range(HASH_BYTES):
        key = np.ascontiguousarray(turned[:, byte : byte + _KEY_BYTES]).view(">u8").ravel().astype(np.uint64)
        found = _neighbours(hashes_N4, key, prefix_bits, within)
        codes = _closest(hashes_N4, _each_once(np.concatenate([codes, *found])))
    return np.stack(np.divmod(codes, number), axis=1)


def _neighbours(hashes_N4: np.ndarray, key: np.ndarray, prefix_bits: int, within: int) -> list[np.ndarray]:
    """Codes `first * N + second` of the close pairs among neighbours in the order of `key`."""
    number = len(key)
    order = np.argsort(key, kind="stable")
    prefix = key[order] >> np.uint64(8 * _KEY_BYTES - prefix_bits)
    codes: list[np.ndarray] = []
    for step in range(1, min(_NEIGHBOURS, number - 1) + 1):
        at = np.flatnonzero(prefix[step:] == prefix[:-step])
        if not at.size or sum(map(len, codes)) > number:
            break
        left, right = order[at], order[at + step]
        close = _differing_bits(hashes_N4, left, right) <= within
        left, right = left[close], right[close]
        codes.append(np.minimum(left, right) * number + np.maximum(left, right))
    return codes


def _each_once(codes: np.ndarray) -> np.ndarray:
    """The codes sorted; several times faster than np.unique."""
    codes.sort()
    return codes[np.concatenate([[True], codes[1:] != codes[:-1]])] if len(codes) else codes


def _differing_bits(hashes_N4: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.bitwise_count(hashes_N4[left] ^ hashes_N4[right]).sum(axis=1, dtype=np.uint16)


def _closest(hashes_N4: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The sorted codes, or the closest of them when they are too many."""
    limit = _PAIRS_PER_HASH * len(hashes_N4)
    if len(codes) <= limit:
        return codes
    bits = _differing_bits(hashes_N4, *np.divmod(codes, len(hashes_N4)))
    return np.sort(codes[np.argsort(bits, kind="stable")[:limit]])


def alike(first: Path, second: Path) -> bool:
    """Whether two image files show the same picture (see `same_picture`).

    Raises:
        DataError: a file cannot be read as an image.
    """
    from ocrflow.data.images import read_bgr
    from ocrflow.data.same_picture import same_picture

    return same_picture(read_bgr(first), read_bgr(second))
