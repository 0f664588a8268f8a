"""Which rows must not be parted: rows of the same image, of nearly the same image, and of the same source.

A group has a key that decides where it goes. The key changes as little as possible when rows are added: it is the
source's name where paths have one, else the smallest MD5 of the group's images.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocrflow.data.clusters import Clusters, join_alike
from ocrflow.data.fingerprint import md5s_of
from ocrflow.data.image_pool import inspect_all
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row
from ocrflow.errors import DataError, UsageError

_SHOWN = 3


@dataclass(frozen=True)
class Groups:
    """The groups of some rows.

    Attributes:
        of_row: number of each row's group.
        keys: what decides where a group goes, by its number.
        images: how many different images there are, by their bytes.
        near_clusters: how many clusters of two and more nearly equal images were found; None when not looked for.
        unmatched_rows: rows whose path the pattern does not match; None without a pattern.
    """

    of_row: list[int]
    keys: list[str]
    images: int
    near_clusters: int | None
    unmatched_rows: int | None

    def sizes(self) -> list[int]:
        """Rows of each group."""
        count = Counter(self.of_row)
        return [count[number] for number in range(len(self.keys))]


def compiled(pattern: str) -> re.Pattern[str]:
    """`CheckDataset.split.group_pattern` as an expression.

    Raises:
        UsageError: it is no regular expression; says where.
    """
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        position = getattr(error, "pos", None)
        where = "" if position is None else f" at position {position}: {pattern[:position]} >>> {pattern[position:]}"
        message = f"CheckDataset.split.group_pattern={pattern!r}: {getattr(error, 'msg', error)}{where}"
        raise UsageError(message, fix=r"-o 'CheckDataset.split.group_pattern=/(page\d+)_'") from error


def source_of_path(pattern: re.Pattern[str], image: str) -> str:
    """What an image path says of its source: the pattern's first group, or all it matches; empty when it does not."""
    found = pattern.search(image)
    return (found.group(1 if pattern.groups else 0) or "") if found else ""


def group_rows(root: Path, rows: Sequence[Row], pattern: re.Pattern[str] | None, near: bool) -> Groups:
    """The groups of `rows`.

    Args:
        root: folder that the rows' image paths are relative to.
        rows: all labelled rows.
        pattern: gives the source of an image path; rows of one source stay together.
        near: whether nearly equal images stay together too.

    Raises:
        DataError: an image cannot be read.
        UsageError: the pattern matches no path.
    """
    number_of, md5s, hashes = _different(_facts(root, rows, near))
    clusters = Clusters(len(md5s))
    if near:
        join_alike(clusters, root, _first_image(number_of, len(md5s)), hashes)
    near_clusters = sum(size > 1 for size in clusters.sizes().values()) if near else None
    source_of = {image: source_of_path(pattern, image) for image in number_of} if pattern else {}
    unmatched = sum(not source_of[row.image] for row in rows) if pattern else None
    if pattern and unmatched == len(rows):
        what = f"CheckDataset.split.group_pattern={pattern.pattern!r}"
        fix = "correct it, or leave it out: -o CheckDataset.split.group_pattern=null"
        raise UsageError(f"{what} matches no image path, such as {rows[0].image!r}", fix=fix)
    _join_sources(clusters, source_of, number_of)
    keys = _keys(clusters, md5s, source_of, number_of)
    of_cluster = {cluster: number for number, cluster in enumerate(keys)}
    of_row = [of_cluster[clusters.first_of(number_of[row.image])] for row in rows]
    return Groups(of_row, list(keys.values()), len(md5s), near_clusters, unmatched)


def _facts(root: Path, rows: Sequence[Row], near: bool) -> dict[str, ImageFacts]:
    """MD5 of each image, and its difference hash where it is needed."""
    paths = {row.image: root / row.image for row in rows}
    if not near:
        return {image: ImageFacts(md5) for image, md5 in md5s_of(paths).items()}
    facts = inspect_all(paths, "split")
    unread = [image for image, fact in facts.items() if not fact.md5]
    if unread:
        shown = "; ".join(f"{str(paths[image])!r}: {facts[image].message}" for image in unread[:_SHOWN])
        more = f"; and {len(unread) - _SHOWN} more" if len(unread) > _SHOWN else ""
        raise DataError(f"cannot read {shown}{more}", fix="ocrflow check-dataset -c CONFIG names all faults")
    return facts


def _different(facts: Mapping[str, ImageFacts]) -> tuple[dict[str, int], list[str], list[bytes]]:
    """The number of each image among those of different bytes, and by that number MD5 and difference hash."""
    numbers: dict[str, int] = {}
    number_of = {image: numbers.setdefault(fact.md5, len(numbers)) for image, fact in facts.items()}
    hashes = [b""] * len(numbers)
    for image, number in number_of.items():
        hashes[number] = facts[image].dhash
    return number_of, list(numbers), hashes


def _first_image(number_of: Mapping[str, int], number: int) -> list[str]:
    """One image path by number."""
    images = [""] * number
    for image, at in number_of.items():
        images[at] = images[at] or image
    return images


def _join_sources(clusters: Clusters, source_of: Mapping[str, str], number_of: Mapping[str, int]) -> None:
    first: dict[str, int] = {}
    for image, source in source_of.items():
        if source:
            clusters.join(first.setdefault(source, number_of[image]), number_of[image])


def _keys(
    clusters: Clusters, md5s: Sequence[str], source_of: Mapping[str, str], number_of: Mapping[str, int]
) -> dict[int, str]:
    """The key of each cluster by its smallest item: the smallest source, else the smallest MD5."""
    keys: dict[int, str] = {}
    for number, md5 in enumerate(md5s):
        cluster = clusters.first_of(number)
        keys[cluster] = min(keys.get(cluster, md5), md5)
    sources: dict[int, str] = {}
    for image, source in source_of.items():
        if source:
            cluster = clusters.first_of(number_of[image])
            sources[cluster] = min(sources.get(cluster, source), source)
    return keys | {cluster: f"source {source}" for cluster, source in sources.items()}
