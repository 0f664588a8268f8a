"""The dictionary."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.dictionary import read_dictionary, scan_dictionary
from ocrflow.errors import DataError


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "dict.txt"
    path.write_text(text, newline="")
    return path


def test_file_order_decides(tmp_path: Path) -> None:
    assert read_dictionary(write(tmp_path, "b\na\n\u3000\n车\n\u200d")) == ["b", "a", "\u3000", "车", "\u200d"]


def test_the_space_is_left_out_and_told(tmp_path: Path) -> None:
    scanned = scan_dictionary(write(tmp_path, "a\n \nb\n"))
    assert scanned.characters == ["a", "b"]
    assert [(item.code, item.line, item.severity) for item in scanned.faults] == [("dict_space", 2, "warning")]


def test_crlf_is_no_part_of_a_character(tmp_path: Path) -> None:
    assert read_dictionary(write(tmp_path, "a\r\nb\r\n")) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a\nb\na\n", "dict_duplicate", 3),
        ("a\nbc\n", "dict_multi_character", 2),
        ("a\n\nb\n", "dict_blank_entry", 2),
        ("a\n\ufffd\n", "dict_misencoded", 2),
        ("a\n\ufeff\n", "dict_misencoded", 2),
        ("a\n\x07\n", "dict_misencoded", 2),
        ("a\n\x85\n", "dict_misencoded", 2),
        ("a\n\u2028\n", "dict_misencoded", 2),
        ("a\n\u0378\n", "dict_misencoded", 2),
        ("", "dict_empty", None),
        ("\ufeffa\n", "file_bom", 1),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, code: str, line: int | None) -> None:
    path = write(tmp_path, text)
    assert [(item.code, item.line) for item in scan_dictionary(path).faults] == [(code, line)]
    with pytest.raises(DataError, match=code):
        read_dictionary(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"dict\.txt: no such file"):
        read_dictionary(tmp_path / "dict.txt")


def test_a_character_that_has_another_form_in_nfc_is_kept_and_told(tmp_path: Path) -> None:
    scanned = scan_dictionary(write(tmp_path, "a\n\u212b\n\uf900\n"))
    assert scanned.characters == ["a", "\u212b", "\uf900"]
    assert [(item.code, item.line, item.severity) for item in scanned.faults] == [
        ("dict_not_nfc", 2, "warning"),
        ("dict_not_nfc", 3, "warning"),
    ]
    assert "(U+212B) is 'Å' in NFC" in scanned.faults[0].message


def test_a_decomposed_entry_is_told_what_it_is_composed(tmp_path: Path) -> None:
    (item,) = scan_dictionary(write(tmp_path, "a\ne\u0301\n")).faults
    assert item.code == "dict_multi_character"
    assert "in NFC it is the one character 'é'" in item.message


def test_a_dictionary_with_only_a_space_is_empty(tmp_path: Path) -> None:
    scanned = scan_dictionary(write(tmp_path, " \n"))
    assert [item.code for item in scanned.faults] == ["dict_space", "dict_empty"]
