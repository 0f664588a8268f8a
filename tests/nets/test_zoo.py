"""The table of networks."""

from __future__ import annotations

from ocrflow.models import TASK_OF_MODEL
from ocrflow.nets.zoo import NETWORKS


def test_names_are_paddlex_names():
    assert NETWORKS
    assert set(NETWORKS) <= set(TASK_OF_MODEL)


def test_networks_know_their_class_tensors():
    for make in NETWORKS.values():
        net = make(5)
        assert net.class_tensors <= set(net.state_dict())
