"""The page: it names every expectation, shows failing rows, and loads nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow.data.row_table import COLUMNS, RowTable
from ocrflow.expectations.build import build
from ocrflow.expectations.judge import judge
from ocrflow.expectations.page import CROP, Report, picture, write_page
from ocrflow.expectations.suite import Entry
from ocrflow.tasks.text_recognition.columns import COLUMNS as OF_RECOGNITION

Expect = Callable[..., Entry]
BETWEEN = "expect_column_values_to_be_between"


class Reader(HTMLParser):
    """Collects the tags with their attributes, and the text."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page_of(folder: Path, table: RowTable, names: list[str], entries: list[Entry], **more: Any) -> tuple[str, Reader]:
    outcomes, _ = judge(table.frame, entries, build(entries, names))
    files = [{"file": "mine.yaml", "sha256": "0123456789abcdef" * 4}]
    values = {"dataset": "sets/über <all>", "label_is_text": True, "skipped": [], "files": files} | more
    report = Report(task="text_recognition", table=table, columns=COLUMNS | OF_RECOGNITION, outcomes=outcomes, **values)
    write_page(folder / "index.html", report, "ab12.dir")
    html = (folder / "index.html").read_text(encoding="utf-8")
    return html, Reader(html)


@pytest.fixture
def entries(expect: Expect) -> list[Entry]:
    return [
        expect(BETWEEN, "short <labels>", why="they are & must", column="length", max_value=2),
        expect("expect_column_values_to_match_regex", "letters", "warning", column="label", regex="^[ab]+$"),
        expect(BETWEEN, "height", column="height", min_value=10),
    ]


def test_every_expectation_is_on_the_page(
    tmp_path: Path, table: RowTable, names: list[str], entries: list[Entry], expect: Expect
) -> None:
    skipped = [expect(BETWEEN, "later", column="length", max_value=3)]
    _, page = page_of(tmp_path, table, names, entries, skipped=skipped)
    for entry in [*entries, *skipped]:
        assert entry.name in page.text
    for words in (
        "length values must be at most 2.",
        "they are & must",
        "not in 8 of 12 rows",
        "in all 12 rows",
        BETWEEN,
    ):
        assert words in page.text
    assert "Expectations: über <all>" in page.text and "ab12.dir" in page.text and "0123456789abcdef" in page.text
    for column, meaning in (COLUMNS | OF_RECOGNITION).items():
        assert column in page.text and meaning in page.text


def test_rows_that_do_not_meet_one_are_shown(
    tmp_path: Path, table: RowTable, names: list[str], entries: list[Entry]
) -> None:
    html, page = page_of(tmp_path, table, names, entries)
    assert "train.txt:3" in page.text and "val.txt:2" in page.text and "b<i>" in page.text and "中 文" in page.text
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) == 5 + 1, "that of val.txt:2 is gone"
    assert html.index("short &lt;labels&gt;") < html.index("All expectations"), "what is not met comes first"


def test_nothing_is_loaded(tmp_path: Path, table: RowTable, names: list[str], entries: list[Entry]) -> None:
    html, page = page_of(tmp_path, table, names, entries)
    assert {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "base", "video"} == set()
    sources = [
        value for _, attributes in page.tags for key, value in attributes.items() if key in ("src", "href", "srcset")
    ]
    assert sources and all(value and value.startswith("data:image/jpeg;base64,") for value in sources)
    assert not re.search(r"(?i)https?:|//[a-z0-9-]+\.[a-z]|url\(|@import", re.sub(r"base64,[\w+/=]+", "", html))
    policy = next(attributes["content"] for tag, attributes in page.tags if "http-equiv" in attributes)
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_the_verdict(tmp_path: Path, table: RowTable, names: list[str], entries: list[Entry]) -> None:
    texts = [page_of(tmp_path, table, names, some)[1].text for some in (entries, entries[1:], entries[2:])]
    heads = [text.partition("rows of train")[0] for text in texts]
    assert "not met" in heads[0] and "met, with warnings" in heads[1] and re.search(r"they are\. met 8", heads[2])
    assert ["Not met" in text for text in texts] == [True, True, False]


def test_labels_that_are_no_text_are_left_out(
    tmp_path: Path, table: RowTable, names: list[str], entries: list[Entry]
) -> None:
    _, page = page_of(tmp_path, table, names, entries[:1], label_is_text=False)
    assert "aaa" not in page.text.partition("All expectations")[0]


def test_control_characters_are_made_visible(tmp_path: Path, table: RowTable, names: list[str], expect: Expect) -> None:
    entry = expect("expect_column_values_to_match_regex", "bell\x07", column="label", regex="\x00|[ab]")
    html, page = page_of(tmp_path, table, names, [entry])
    assert "bell␇" in page.text and "␀|[ab]" in page.text and not re.search("[\x00-\x09\x0b-\x1f]", html)


def test_pictures_are_shrunk_to_the_limits(tmp_path: Path) -> None:
    image_HWC = np.full((200, 1600, 3), (10, 20, 200), np.uint8)
    cv2.imwrite(str(tmp_path / "wide.png"), image_HWC)
    address = picture(tmp_path / "wide.png", CROP)
    assert address
    content = np.frombuffer(base64.b64decode(address.partition("base64,")[2]), np.uint8)
    shrunk_HWC = cv2.imdecode(content, cv2.IMREAD_COLOR)
    assert shrunk_HWC.shape == (40, 320, 3) and abs(shrunk_HWC.astype(int) - (10, 20, 200)).max() < 8
    assert picture(tmp_path / "gone.png", CROP) is None


def test_two_runs_write_the_same_page(tmp_path: Path, table: RowTable, names: list[str], entries: list[Entry]) -> None:
    assert page_of(tmp_path, table, names, entries)[0] == page_of(tmp_path, table, names, entries)[0]
