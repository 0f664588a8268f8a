"""The table of networks."""

from __future__ import annotations

import pytest

from ocrflow.models import TASK_OF_MODEL, TEXT_DETECTION, TEXT_RECOGNITION
from ocrflow.nets.zoo import NETWORKS, Network


def test_names_are_paddlex_names():
    assert NETWORKS
    assert set(NETWORKS) <= set(TASK_OF_MODEL)
    assert all(network.task == TASK_OF_MODEL[name] for name, network in NETWORKS.items())


def test_language_variants_share_the_network():
    assert NETWORKS["th_PP-OCRv5_mobile_rec"] == NETWORKS["PP-OCRv5_mobile_rec"]
    assert NETWORKS["en_PP-OCRv4_mobile_rec"] == NETWORKS["PP-OCRv4_mobile_rec"]


def test_a_recogniser_needs_its_classes():
    with pytest.raises(ValueError, match="tiny_rec_v6: a recogniser needs num_classes"):
        NETWORKS["PP-OCRv6_tiny_rec"]()
    assert NETWORKS["PP-OCRv6_tiny_rec"](5, training_branches=False).state_dict()["head.ctc_head.fc2.bias"].shape == [5]


def test_what_the_function_is_given():
    of_json = "json:dumps"
    with pytest.raises(TypeError):
        Network(of_json, TEXT_RECOGNITION)(5, True)  # called with two arguments by position
    assert Network(of_json, TEXT_DETECTION)(5, False) == "false"
