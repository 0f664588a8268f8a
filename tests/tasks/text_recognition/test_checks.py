"""What a recogniser can learn."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.faults import Fault
from ocrflow.data.image_facts import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.inference.preprocess import MAX_WIDTH, input_width
from ocrflow.tasks.text_recognition.checks import (
    LONGEST,
    LabelCheck,
    ctc_steps,
    ctc_steps_needed,
    length_faults,
    time_steps,
    turn_faults,
)

ROWS = RowList("train", Path("train.txt"), [])
WIDE = ImageFacts("0" * 32, 3200, 48)


def row(text: str) -> Row:
    return Row("1.png", text, 1)


def label_faults(text: str, dictionary: str = "ab") -> list[Fault]:
    return list(LabelCheck(list(dictionary)).faults(ROWS, row(text)))


def codes(text: str, dictionary: str = "ab") -> list[str]:
    return [item.code for item in label_faults(text, dictionary)]


def lengths(text: str, image: ImageFacts | None, base_width: int = 320) -> list[str]:
    return [item.code for item in length_faults(ROWS, row(text), image, base_width)]


@pytest.mark.parametrize(("text", "steps"), [("", 0), ("a", 1), ("abc", 3), ("aab", 4), ("aaa", 5), ("1001", 5)])
def test_ctc_needs_a_blank_between_equal_neighbours(text: str, steps: int) -> None:
    assert ctc_steps_needed(text) == steps


@pytest.mark.parametrize(
    ("width", "height", "base", "steps"),
    [
        (10, 48, 320, 40),
        (320, 48, 320, 40),
        (328, 48, 320, 41),
        (325, 48, 320, 41),
        (324, 48, 320, 40),
        (100, 24, 96, 25),
        (9, 9000, 96, 12),
        (100_000, 48, 320, 400),
    ],
)
def test_the_time_steps_of_an_image(width: int, height: int, base: int, steps: int) -> None:
    assert ctc_steps(width, height, base) == steps


def test_time_steps_are_those_of_the_network() -> None:
    """The classifier's output is N x T x classes; T is what the check counts with."""
    import paddle

    from ocrflow.nets.zoo import NETWORKS

    net = NETWORKS["PP-OCRv6_tiny_rec"](5)
    net.eval()
    with paddle.no_grad():
        for width in (96, 97, 100, 101, 104, 105, 325):
            output = net(paddle.zeros([1, 3, 48, width]))
            assert output.shape[1] == time_steps(width), width


def test_a_wider_image_never_has_fewer_steps() -> None:
    for height in (7, 20, 48, 61):
        steps = [ctc_steps(width, height, 96) for width in range(1, 2000)]
        assert steps == sorted(steps)
        assert steps[500] == time_steps(input_width(height, 501, 96)[0])
    assert time_steps(MAX_WIDTH) == LONGEST == 400


@pytest.mark.parametrize("text", ["", " ", "\t", "\u3000", "\u200b", "\u2028", "\ufeff", "\x00"])
def test_blank_labels(text: str) -> None:
    assert codes(text) == ["label_blank"]
    assert codes(text, "ab\u200b\u3000") == ["label_blank"]


def test_unknown_characters_are_named_and_the_space_is_known() -> None:
    assert codes("a a") == []
    (found,) = label_faults("a车é车")
    assert found.code == "label_unknown_character"
    assert "'é' (U+00E9), '车' (U+8F66)" in found.message


def test_very_many_unknown_characters_are_counted() -> None:
    (found,) = label_faults("".join(chr(0x4E00 + number) for number in range(5000)))
    assert "and 4990 more" in found.message and len(found.message) < 500


def test_without_a_dictionary_nothing_is_unknown() -> None:
    assert codes("a车", "") == []
    assert codes("a\x07", "") == ["label_control_character"]


@pytest.mark.parametrize("char", ["\x00", "\x07", "\r", "\x7f", "\x85", "\u2028", "\ufeff"])
def test_control_characters(char: str) -> None:
    assert codes(f"a{char}b") == ["label_control_character"]
    assert codes(f"a{char}b", f"ab{char}") == ["label_control_character"]


def test_joiners_that_the_dictionary_has_are_text() -> None:
    assert codes("a\u200db", "ab\u200d") == []
    assert codes("a\u200db") == ["label_unknown_character"]


def test_decomposed_labels_are_told() -> None:
    assert codes("e\u0301", "e\u0301") == ["label_not_nfc"]
    assert codes("é", "é") == []
    assert codes("e\u0301", "é") == ["label_unknown_character", "label_not_nfc"]


@pytest.mark.parametrize(("text", "odd"), [(" a", True), ("a ", True), ("a b", False), ("a\u3000", True)])
def test_white_space_at_the_ends(text: str, odd: bool) -> None:
    assert codes(text, "ab\u3000") == (["label_edge_space"] if odd else [])


@pytest.mark.parametrize(("text", "odd"), [("###", True), ("*", True), ("####", False), ("a*", False)])
def test_the_marks_of_text_detection(text: str, odd: bool) -> None:
    assert codes(text, "ab#*") == (["label_ignore_mark"] if odd else [])


def test_a_label_that_just_fits_passes_and_one_more_fails() -> None:
    narrow = ImageFacts("0" * 32, 100, 48)
    assert lengths("ab" * 12, narrow, 192) == []
    assert lengths("ab" * 12 + "a", narrow, 192) == ["label_ctc_impossible"]
    assert lengths("ab" * 11 + "aa", narrow, 192) == ["label_ctc_impossible"]
    (found,) = length_faults(ROWS, row("ab" * 12 + "a"), narrow, 192)
    assert found.message == "25 characters need 25 time steps, '1.png' of 100 x 48 pixels has 24"


def test_a_label_that_no_input_has_room_for() -> None:
    assert lengths("ab" * 200, WIDE) == ["label_over_25"]
    assert lengths("ab" * 200 + "a", WIDE) == ["label_too_long"]
    assert lengths("ab" * 200 + "a", None) == ["label_too_long"]
    assert lengths("a" * 201, WIDE) == ["label_too_long"]


def test_a_label_that_paddlex_would_drop() -> None:
    assert lengths("ab" * 12 + "a", WIDE) == []
    assert lengths("ab" * 13, WIDE) == ["label_over_25"]
    assert lengths("ab" * 13, None) == ["label_over_25"]


def test_unusable_images_have_no_length() -> None:
    assert lengths("ab" * 12, ImageFacts(problem="image_empty")) == []
    assert lengths("a" * 60, ImageFacts(problem="image_empty")) == ["label_over_25"]


def test_one_character_fits_everywhere() -> None:
    assert lengths("a", ImageFacts("0" * 32, 4, 4), 8) == lengths("", WIDE) == []


@pytest.mark.parametrize(
    ("width", "height", "orientation", "text", "told"),
    [
        (24, 80, 6, "abc", True),
        (24, 80, 5, "abc", True),
        (24, 80, 8, "abc", True),
        (24, 80, 3, "abc", False),
        (24, 80, 1, "abc", False),
        (24, 48, 6, "abc", False),
        (80, 24, 6, "abc", False),
        (24, 80, 6, "ab", False),
    ],
)
def test_text_that_exif_turns_upright(width: int, height: int, orientation: int, text: str, told: bool) -> None:
    image = ImageFacts("0" * 32, width, height, orientation=orientation)
    found = [item.code for item in turn_faults(ROWS, row(text), image)]
    assert found == (["image_exif_mismatch"] if told else [])
    assert not list(turn_faults(ROWS, row(text), None))
    assert not list(turn_faults(ROWS, row(text), ImageFacts(problem="image_empty", orientation=6)))
