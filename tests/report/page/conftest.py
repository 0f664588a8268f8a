"""What the tests of the pages share."""

from __future__ import annotations

import base64
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow.config import RunConfig
from ocrflow.files import write_json, write_jsonl

VOID = {"meta", "img", "wbr", "br"}


class Page(HTMLParser):
    """A page as a browser reads it: its tags with their attributes, its text, and its pictures as bytes."""

    def __init__(self, html: str):
        super().__init__()
        self.html = html
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], "every tag is closed"
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self._open):
            self.words.append(data)

    def of(self, tag: str, name: str | None = None) -> list[dict[str, str | None]]:
        """The attributes of all tags of a name, and of a class."""
        return [
            a for found, a in self.tags if found == tag and (name is None or name in (a.get("class") or "").split())
        ]

    @property
    def pictures(self) -> list[np.ndarray]:
        """All pictures, decoded."""
        addresses = [a["src"] for a in self.of("img")] + [a["href"] for a in self.of("image")]
        return [cv2.imdecode(np.frombuffer(_bytes(address), np.uint8), cv2.IMREAD_COLOR) for address in addresses]

    def assert_alone(self) -> None:
        """It runs nothing, asks for nothing, and every picture in it can be shown."""
        assert not self.of("script") and not self.of("link") and not self.of("iframe")
        assert not [name for _, attributes in self.tags for name in attributes if name.startswith("on")]
        addresses = [a[name] or "" for _, a in self.tags for name in ("src", "href", "srcset", "data") if name in a]
        assert all(address.startswith("data:image/") for address in addresses)
        assert "url(" not in self.html and "@import" not in self.html
        assert all(picture is not None and picture.size for picture in self.pictures)
        assert len(self.html.encode("utf-8")) < 10_000_000


def _bytes(address: str | None) -> bytes:
    assert address is not None
    head, _, data = address.partition(",")
    assert head == "data:image/jpeg;base64"
    return base64.b64decode(data, validate=True)


@pytest.fixture
def page_of() -> Callable[[str], Page]:
    """A function that parses a page."""
    return Page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`set/` with eight images of 200 x 100 pixels, and an empty `out/`."""
    rng = np.random.default_rng(3)
    (tmp_path / "out").mkdir()
    (tmp_path / "set" / "images").mkdir(parents=True)
    (tmp_path / "set" / "train.txt").write_text("")
    for number in range(8):
        image = rng.integers(0, 256, (100, 200, 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / "set" / "images" / f"{number}.jpg"), image)
    return tmp_path


@pytest.fixture
def config_of(folder: Path) -> Callable[..., RunConfig]:
    """A function that gives the configuration of a model on `set/` into `out/`."""

    def config(model: str = "PP-OCRv6_tiny_rec", **sections: Any) -> RunConfig:
        common = {"model": model, "dataset_dir": str(folder / "set"), "output": str(folder / "out")}
        return RunConfig.model_validate({"Global": common, **sections})

    return config


@pytest.fixture
def leave(folder: Path) -> Callable[..., None]:
    """A function that writes the result of a stage, and lines of predictions, into `out/`."""

    def write(stage: str, result: dict[str, Any], lines: list[dict[str, Any]] | None = None) -> None:
        write_json(folder / "out" / f"{stage}_result.json", {"done_flag": True, **result})
        if lines is not None:
            write_jsonl(folder / "out" / stage / "predictions.jsonl", lines)

    return write
