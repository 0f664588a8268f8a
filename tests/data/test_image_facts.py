"""The facts of an image as one value."""

from __future__ import annotations

import pickle

import pytest

from ocrflow.data.image_facts import ImageFacts


def test_they_cross_a_process_border_unchanged() -> None:
    facts = ImageFacts("0" * 32, 80, 24, None, "", bytes(range(32)), 6, (("image_suffix", "车"),))
    assert pickle.loads(pickle.dumps(facts)) == facts


def test_they_do_not_change() -> None:
    with pytest.raises(AttributeError):
        ImageFacts().width = 3  # type: ignore[misc]
