"""What auto means."""

from __future__ import annotations

import os

import pytest

from ocrflow.tasks.auto import is_guided, on_card, worker_count


@pytest.mark.parametrize(
    ("setting", "on_gpu", "processes", "cores", "expected"),
    [
        ("auto", False, 1, 2, 0),
        ("auto", False, 2, 2, 0),
        ("auto", True, 1, 2, 1),
        ("auto", True, 1, 16, 4),
        ("auto", True, 4, 16, 3),
        ("auto", True, 8, 8, 1),
        (0, True, 1, 16, 0),
        (7, False, 2, 2, 7),
    ],
)
def test_worker_count(monkeypatch, setting, on_gpu, processes, cores, expected):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cores)))
    assert worker_count(setting, on_gpu, processes) == expected


def test_guiding_branches():
    assert is_guided("auto", True) and not is_guided("auto", False)
    assert is_guided(True, False) and not is_guided(False, True)


def test_the_tests_run_on_the_cpu():
    assert not on_card()
