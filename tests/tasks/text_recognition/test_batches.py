"""Samples and batches."""

from __future__ import annotations

import numpy as np

from ocrflow.data.labels import Row
from ocrflow.inference.ctc_decode import CtcCodec
from ocrflow.inference.preprocess import resize_normalize
from ocrflow.tasks.text_recognition.batches import Sample, make_batch, make_samples

CODEC = CtcCodec(list("abc"))


def test_samples():
    rows = [Row("x.png", "a b", 1), Row("y.png", "a", 2)]
    narrow, wide = make_samples(rows, [(48, 50), (96, 300)], CODEC, 96)
    assert narrow == Sample(0, (("x.png", 50),), 96, [1, 4, 2])
    assert wide == Sample(1, (("y.png", 150),), 150, [1])
    assert (narrow.content_width, wide.content_width) == (50, 150)


def test_batch_is_what_the_exported_model_sees():
    """Without augmentation, up to the padding to the widest of the batch."""
    widths, texts = [50, 150, 60], ["a b", "a", "ab"]
    rows = [Row(f"{index}.png", text, index) for index, text in enumerate(texts)]
    samples = make_samples(rows, [(48, width) for width in widths], CODEC, 96)
    pictures = [np.random.default_rng(width).integers(0, 256, (48, width, 3), np.uint8) for width in widths]
    other = Sample(9, (("z.png", 50),), 96, [1] * 4)
    batch = make_batch(samples, pictures, [*samples, other])
    assert batch.images_B3HW.shape == (3, 3, 48, 150) and batch.images_B3HW.dtype == np.float32
    for image, picture in zip(batch.images_B3HW, pictures, strict=True):
        assert np.array_equal(image, resize_normalize(picture, 150))
    assert batch.labels_BL.tolist() == [[1, 4, 2], [1, 0, 0], [1, 2, 0]]
    assert batch.lengths_B.tolist() == [3, 1, 2]
    assert batch.global_size == 4


def test_guided_places_are_counted_over_the_whole_batch():
    samples = [Sample(0, (("a.png", 9),), 96, [1] * length) for length in (3, 25, 26)]
    batch = make_batch(samples[:1], [np.zeros((48, 9, 3), np.uint8)], samples)
    assert batch.global_guided == 4 + 26
