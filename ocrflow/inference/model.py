"""A model or a pipeline that is ready to answer whatever is given to it, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import numpy as np

from ocrflow.errors import DataError
from ocrflow.inference.answers import Answer
from ocrflow.inference.detector import Detector
from ocrflow.inference.inputs import Input, sources_of
from ocrflow.inference.reading import Picture, answered
from ocrflow.inference.recognizer import Recognizer
from ocrflow.inference.sources import Source


class Model:
    """A model or a pipeline that is ready.

    Args:
        task: text_recognition, text_detection or ocr.
        parts: what runs, by its task: `Recognizer`, `Detector`.
        answers: what is said of some images, in their order.
        answer: name, page and what was said of an image as an answer.
        most: images in memory at a time, besides those that are read ahead.
    """

    def __init__(
        self,
        task: str,
        parts: dict[str, Recognizer | Detector],
        answers: Callable[[Sequence[np.ndarray]], Sequence[Any]],
        answer: Callable[[str, int | None, Any], Answer],
        most: int,
    ):
        self.task, self.parts = task, parts
        self._answers, self._answer, self._most = answers, answer, most

    def predict(
        self,
        inputs: Input | Iterable[Input],
        *,
        allow_urls: bool = False,
        on_error: Callable[[DataError], object] | None = None,
    ) -> Iterator[Answer]:
        """The answer to every image, in order, as soon as its batch is done.

        Args:
            inputs: a path, a folder, a glob, a list file (.txt), a PDF, a uint8 H x W x 3 BGR array, or any number of
                these in a list or a generator.
            allow_urls: whether http(s) addresses are fetched.
            on_error: called with the error of each image or page that cannot be read.

        Raises:
            UsageError: an input of another kind, or one without images.
            DataError: at the end, when all others were answered: names all that cannot be read. Not with `on_error`.
        """
        errors: list[DataError] = []
        with closing(self.stream(sources_of(inputs, allow_urls=allow_urls))) as stream:
            for _, answer in stream:
                if isinstance(answer, DataError):
                    (on_error or errors.append)(answer)
                else:
                    yield answer
        if errors:
            raise unreadable(errors)

    def stream(self, sources: Iterable[Source]) -> Generator[tuple[Picture, Answer | DataError], None, None]:
        """Each image of each source with its answer, or with the reason why it cannot be read."""
        with closing(answered(self._answers, sources, self._most)) as found:
            for picture, said in found:
                bad = isinstance(said, DataError)
                yield picture, said if bad else self._answer(picture.source.name, picture.page, said)


def unreadable(errors: Sequence[DataError], of: int | None = None) -> DataError:
    """One error that names all images that cannot be read."""
    named = "\n".join(f"  {error.args[0]}" for error in errors)
    share = f"{len(errors)} of {of}" if of is not None else f"{len(errors)}"
    return DataError(f"{share} images cannot be read; the others were:\n{named}")
