"""The batches of a recogniser's training, made ahead."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from ocrflow.tasks.loader import SampleLoader
from ocrflow.tasks.text_recognition.batches import Batch, Sample, make_batch
from ocrflow.tasks.text_recognition.recipe import Job, Recipe


class Loader:
    """Makes the batches of all epochs.

    Args:
        recipe: how a picture is made.
        workers: processes that make pictures; 0: the thread that makes the batches does.
    """

    def __init__(self, recipe: Recipe, workers: int):
        self.recipe = recipe
        self.samples = SampleLoader(recipe, workers)

    def batches(
        self, plan: Sequence[Sequence[Sample]], epoch: int, rank: int = 0, ranks: int = 1
    ) -> Generator[Batch, None, None]:
        """This rank's part of every global batch of the plan, in order.

        Closing the generator ends the thread, and the workers if they are busy.

        Raises:
            DataError: an image cannot be read; names it.
            OutsideError: a worker was ended.
        """
        parts = [batch[rank::ranks] for batch in plan]
        jobs = [[Job(epoch, sample.index, sample.pieces) for sample in part] for part in parts]

        def batch_of(place: int, pictures: list[np.ndarray]) -> Batch:
            return make_batch(parts[place], pictures, plan[place])

        return self.samples.batches(jobs, batch_of)

    def close(self) -> None:
        """End the workers; the next epoch would start new ones."""
        self.samples.close()
