"""Encoding labels and decoding network outputs."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from ocrflow.errors import DataError
from ocrflow.inference.ctc_decode import CtcCodec, Reading

CODEC = CtcCodec(["a", "b", "é"])


def test_classes_are_blank_dictionary_space():
    assert CODEC.num_classes == 5
    assert CODEC.encode("é ab") == [3, 4, 1, 2]
    assert CODEC.encode("") == []


def test_unknown_characters_are_named():
    with pytest.raises(DataError, match=r"'X' \(U\+0058\), '✓' \(U\+2713\)"):
        CODEC.encode("aX✓X")


def test_repeats_then_blanks_are_dropped_and_the_score_is_their_mean():
    best_NT = np.array([[0, 1, 1, 0, 1, 4, 2], [0, 0, 0, 0, 0, 0, 0]])
    prob_NT = np.array([[0.9, 0.5, 0.1, 0.9, 0.75, 1.0, 0.75], [1.0] * 7])
    assert CODEC.decode_steps(best_NT, prob_NT) == [Reading("aa b", 0.75), Reading("", 0.0)]


def test_decodes_what_it_encodes():
    classes = CODEC.encode("a é")
    probs_NTK = np.eye(CODEC.num_classes)[[[classes[0], 0, classes[1], classes[2], classes[2]]]]
    assert CODEC.decode(probs_NTK) == [Reading("a é", 1.0)]


def test_equals_paddlex():
    processors = importlib.import_module("paddlex.inference.models.text_recognition.processors")
    rng = np.random.default_rng(4)
    dictionary = list("abcdefgé€")
    probs_NTK = rng.dirichlet(np.full(len(dictionary) + 2, 0.2), (50, 30)).astype(np.float32)
    probs_NTK[:, :, 0] *= rng.uniform(0, 6, (50, 1))  # from hardly a blank to almost only blanks
    probs_NTK[7] = np.eye(len(dictionary) + 2)[0]
    readings = CtcCodec(dictionary).decode(probs_NTK)
    texts, scores = processors.CTCLabelDecode(list(dictionary))([probs_NTK])
    assert [reading.text for reading in readings] == texts
    assert [reading.score for reading in readings] == scores
    assert texts[7] == ""
    assert len(set(texts)) > 40
