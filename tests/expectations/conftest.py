"""A small table of recognition rows, and suites for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow.config import RunConfig
from ocrflow.data.row_table import COLUMNS, RowTable, read_row_table
from ocrflow.expectations.suite import Entry
from ocrflow.expectations.suite_file import Item
from ocrflow.tasks.text_recognition.columns import COLUMNS as OF_RECOGNITION
from ocrflow.tasks.text_recognition.columns import columns_of_row

NAMES = [*COLUMNS, *OF_RECOGNITION]


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> RowTable:
    """Eight rows of train with labels of 1 to 8 characters and four of val; the image of val.txt:2 is gone."""
    root = tmp_path_factory.mktemp("rows")
    (root / "images").mkdir()
    for number in range(1, 13):
        cv2.imwrite(str(root / f"images/{number}.png"), np.full((24, 20 * number, 3), 10 * number, np.uint8))
    (root / "train.txt").write_text("".join(f"images/{length}.png\t{'a' * length}\n" for length in range(1, 9)))
    (root / "val.txt").write_text("images/9.png\tb\nimages/gone.png\tb<i>\nimages/11.png\t中 文\nimages/12.png\tb\n")
    (root / "dict.txt").write_text("a\nb\n文\n")
    config = RunConfig.model_validate({"Global": {"dataset_dir": str(root), "output": str(root / "none")}})
    return read_row_table(config, root, columns_of_row(config, root))


@pytest.fixture(scope="session")
def expect() -> Callable[..., Entry]:
    """A function that makes an entry, as a suite file would."""

    def make(expectation: str, name: str = "", severity: Any = "error", why: str = "", **arguments: Any) -> Entry:
        places = {key: f"mine.yaml:{line}" for line, key in enumerate(("expectation", *arguments), 2)}
        item = Item({"expectation": expectation, **arguments}, "mine.yaml:1", places)
        return Entry(name or expectation, expectation, arguments, severity, why, False, item)

    return make


@pytest.fixture(scope="session")
def names() -> list[str]:
    """The columns of the table."""
    return NAMES


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whoever opens a connection or asks for an address fails, and is in this list."""
    import socket

    tried: list[Any] = []

    def refuse(*arguments: Any, **more: Any) -> Any:
        tried.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried
