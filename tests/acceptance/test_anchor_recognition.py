"""Every recognition defect that PaddleX's checker was measured on, and those it never looks for: each told in place."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import anchor_cases_folders as folders
import anchor_cases_images as images
import anchor_cases_lists as lists
import pytest
from anchor_cases import ORPHAN, Case, at, good, relabelled, row_three, stored, whole
from anchor_images import exif_rotated
from anchor_judge import assert_pictures, assert_told, judge
from anchor_toy import CHARACTERS, DICT, EVERY_ROW, RECOGNITION, TRAIN, VAL, Toy, encoded

BOM = lists.BOM
NAMES = "京沪浙川"


def dictionary(toy: Toy, *more: str) -> None:
    """Adds lines to the dictionary, which has 94 of its own."""
    (toy.root / DICT).write_text("\n".join([*CHARACTERS, *more]) + "\n", encoding="utf-8")


def wide(toy: Toy, label: str) -> None:
    """Gives row 3 a label and an image that is wide enough for it."""
    toy.store(TRAIN, 3, encoded(toy.picture(TRAIN, 3).resize((1600, 40))))
    toy.relabel(TRAIN, 3, label)


def all_labels(toy: Toy, length: int, start: int = 48) -> None:
    """Gives every row a label of the same length; no two are equal."""
    for row, (file, line) in enumerate(EVERY_ROW):
        toy.relabel(file, line, (chr(start + row) * length)[:length])


def chinese(toy: Toy) -> None:
    """Names of provinces in dictionary and labels."""
    dictionary(toy, *NAMES)
    toy.relabel(TRAIN, 3, "京A沪B")
    toy.relabel(VAL, 2, "浙川")


def composed(toy: Toy, file: str, line: int) -> None:
    """A label of a letter and a combining accent, both in the dictionary."""
    dictionary(toy, "\u0301")
    toy.relabel(file, line, "cafe\u0301")


LABELS = [
    *at("empty label", "label_blank", relabelled("")),
    *at("label of spaces", "label_blank", relabelled("   ")),
    row_three("label of ideographic spaces", "label_blank", relabelled("\u3000\u3000")),
    *at("not in the dictionary", "label_unknown_character", relabelled("A车1")),
    row_three("no character in the dictionary", "label_unknown_character", relabelled("车牌")),
    row_three("26 characters", "label_over_25", relabelled("abcdefghijklmnopqrstuvwxyz")),
    Case("150 characters in a wide image", lambda t: wide(t, "1234567890" * 15), (("label_over_25", TRAIN, 3),)),
    *at("150 characters", "label_ctc_impossible", relabelled("1234567890" * 15), may=frozenset({"label_over_25"})),
    *at("21 equal characters", "label_ctc_impossible", relabelled("W" * 21)),
    row_three("500 characters", "label_too_long", relabelled("1234567890" * 50), frozenset({"label_over_25"})),
    *at("### as a label", "label_ignore_mark", relabelled("###")),
    row_three("* as a label", "label_ignore_mark", relabelled("*")),
    *[
        row_three(f"U+{ord(char):04X} in a label", "label_control_character", relabelled(f"A{char}B"))
        for char in "\x00\x07\x1b\x7f\x85\u2028\u2029"
    ],
    row_three("U+2028 at the end", "label_control_character", relabelled("AB\u2028"), frozenset({"label_edge_space"})),
    *at("not NFC", "label_not_nfc", composed),
    row_three(
        "not NFC, not in the dictionary", "label_unknown_character", relabelled("e\u0301"), frozenset({"label_not_nfc"})
    ),
    row_three("space before the label", "label_edge_space", relabelled(" AB")),
    row_three("space after the label", "label_edge_space", relabelled("AB ")),
    row_three(
        "a JSON list of images", "path_image_list", lambda t, f, n: t.repath(f, n, f'["{t.row(f, n)[0]}"]'), ORPHAN
    ),
    row_three(
        "turned upright by EXIF",
        "image_exif_rotated",
        stored(lambda i: exif_rotated(i.rotate(90, expand=True)), ".jpg"),
    ),
    row_three("turned by half by EXIF", "image_exif_rotated", stored(lambda i: exif_rotated(i, 3), ".jpg")),
    row_three(
        "laid on its side by EXIF",
        "image_exif_mismatch",
        stored(exif_rotated, ".jpg"),
        frozenset({"image_exif_rotated"}),
    ),
]

DICTIONARY = [
    whole("dictionary missing", lambda t: (t.root / DICT).unlink(), "dict_missing", DICT),
    whole("dictionary empty", lambda t: t.change(DICT, lambda _: b""), "dict_empty", DICT),
    whole("dictionary with a duplicate", lambda t: dictionary(t, "é", "A"), "dict_duplicate", DICT, 96),
    whole("dictionary with a blank line", lambda t: dictionary(t, "é", "", "è"), "dict_blank_entry", DICT, 96),
    whole("two letters in a line", lambda t: dictionary(t, "é", "th"), "dict_multi_character", DICT, 96),
    whole("dictionary with a space", lambda t: dictionary(t, " "), "dict_space", DICT, 95),
    whole("dictionary with a BOM", lambda t: t.change(DICT, lambda b: BOM + b), "file_bom", DICT, 1),
    whole("dictionary with CRLF", lambda t: t.change(DICT, lists.crlf), "file_crlf", DICT, 1),
    whole("dictionary in GBK", lambda t: t.change(DICT, lambda b: b + b"\xb3\xb5\n"), "file_not_utf8", DICT, 95),
    whole("dictionary in UTF-16", lists.recoded(DICT, "utf-16"), "file_not_utf8", DICT, 1),
    *[
        whole(
            f"U+{ord(char):04X} in the dictionary", lambda t, c=char: dictionary(t, "é", c), "dict_misencoded", DICT, 96
        )
        for char in "\ufffd\x81\uffff\x07"
    ],
    whole("an entry not NFC", lambda t: dictionary(t, "é", "\u212b"), "dict_not_nfc", DICT, 96),
]

GOOD = [
    good("all labels of 7 characters", lambda t: all_labels(t, 7)),
    good("all labels of one character", lambda t: all_labels(t, 1)),
    good("a label of 25 characters", lambda t: t.relabel(TRAIN, 3, "abcdefghijklmnopqrstuvwxy")),
    good("a label with spaces", lambda t: t.relabel(TRAIN, 3, "A B  C")),
    good("Chinese labels", chinese),
    good("no folder of the name images", lambda t: t.rename_images("crops")),
    good("a dictionary without a newline at the end", lambda t: t.change(DICT, bytes.rstrip)),
]

COMMON = [
    *images.BROKEN,
    *images.ONE_FORMAT,
    *lists.LINES,
    *lists.PATHS,
    *folders.COPIES,
    *folders.FOLDERS,
    *folders.GOOD,
]
CASES = [*COMMON, *LABELS, *DICTIONARY, *GOOD]


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_defect_is_told_in_its_place(case: Case, tmp_path: Path) -> None:
    toy = Toy(tmp_path / "data", RECOGNITION)
    case.damage(toy)
    verdict = judge(toy, tmp_path / "output", *case.overrides)
    assert_told(case, toy, verdict)
    if verdict.error is None:
        assert_pictures(verdict)
        assert verdict.result["dataset_type"] == "MSTextRecDataset"


def test_the_table_means_what_it_says() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert not unicodedata.is_normalized("NFC", "\u212b")
