"""Images from many sources in their order: read and decoded ahead in threads, in memory that does not grow.

At most `AHEAD` images wait, none of more than 12 megapixels; larger ones, and the pages of a PDF, are decoded one at a
time when their turn has come. A batch is closed when it has `MOST_PIXELS`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import NamedTuple, TypeVar

import numpy as np

from ocrflow.errors import DataError
from ocrflow.inference.sources import Opened, Source

AHEAD = 8
THREADS = 4
MOST_PIXELS = 48_000_000

AnswerT = TypeVar("AnswerT")


class Picture(NamedTuple):
    """One image, or one page.

    Attributes:
        source: where it is from.
        page: its number from 1; None for a plain image.
        image: uint8 H x W x 3 BGR, or why it cannot be read.
        ends: whether it is the last of its source.
    """

    source: Source
    page: int | None
    image: np.ndarray | DataError
    ends: bool = True


def pictures(sources: Iterable[Source]) -> Generator[Picture, None, None]:
    """Every image of every source; one that cannot be read carries the reason. Sources are taken as they are needed."""
    waiting: deque[tuple[Source, Future[Opened]]] = deque()
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="read")
    try:
        for source in sources:
            waiting.append((source, pool.submit(source.open)))
            if len(waiting) >= AHEAD:
                yield from _of(*waiting.popleft())
        while waiting:
            yield from _of(*waiting.popleft())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _of(source: Source, opening: Future[Opened]) -> Iterator[Picture]:
    try:
        opened = opening.result()
        if isinstance(opened, np.ndarray):
            yield Picture(source, None, opened)
            return
        for page in opened():
            yield Picture(source, page.number, page.image, page.number in (None, page.of))
    except DataError as error:
        yield Picture(source, None, error)


def batches(found: Iterable[Picture], most: int) -> Iterator[list[Picture]]:
    """The pictures in batches of at most `most` and `MOST_PIXELS`; a larger one is a batch of its own."""
    batch: list[Picture] = []
    pixels = 0
    for picture in found:
        size = picture.image.shape[0] * picture.image.shape[1] if isinstance(picture.image, np.ndarray) else 0
        if batch and (pixels + size > MOST_PIXELS or len(batch) == most):
            yield batch
            batch, pixels = [], 0
        batch.append(picture)
        pixels += size
    if batch:
        yield batch


def answered(
    predict: Callable[[Sequence[np.ndarray]], Sequence[AnswerT]], sources: Iterable[Source], most: int
) -> Generator[tuple[Picture, AnswerT | DataError], None, None]:
    """Each picture with what `predict` says of it, or with the reason why it cannot be read.

    Args:
        predict: the answers to some images, in their order.
        most: images that `predict` gets at a time.
    """
    with closing(pictures(sources)) as found:
        for batch in batches(found, most):
            answers = iter(predict([picture.image for picture in batch if isinstance(picture.image, np.ndarray)]))
            for picture in batch:
                yield picture, picture.image if isinstance(picture.image, DataError) else next(answers)
            batch.clear()  # or the next batch is collected while this one is held
