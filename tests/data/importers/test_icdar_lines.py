from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.importers.icdar_lines import is_box_line, parse_boxes_file, parse_word
from ocrflow.data.importers.sample import Annotation

QUAD = ((377.0, 117.0), (463.0, 117.0), (465.0, 130.0), (378.0, 130.0))
RECTANGLE = ((38.0, 43.0), (920.0, 43.0), (920.0, 215.0), (38.0, 215.0))


def annotations(tmp_path: Path, *lines: str) -> tuple[Annotation, ...]:
    file = tmp_path / "gt_img_1.txt"
    file.write_bytes(b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in lines).encode())
    found, problems = parse_boxes_file(file)
    assert not problems
    return found


def test_2015_with_commas_in_the_text_and_regions_to_ignore(tmp_path: Path) -> None:
    first, second, third = annotations(
        tmp_path,
        "377,117,463,117,465,130,378,130,Genaxis Theatre",
        "377,117,463,117,465,130,378,130,###",
        "377,117,463,117,465,130,378,130,NO 290, JALAN AIR PANAS,",
    )
    assert first == Annotation("Genaxis Theatre", QUAD)
    assert second.ignored
    assert third.text == "NO 290, JALAN AIR PANAS,"


@pytest.mark.parametrize("text", ["1,000.00", '1" BALL VALVE', '"quoted"', ": USER", "1,234,567,890", ""])
def test_2015_texts_are_taken_as_they_are(text: str, tmp_path: Path) -> None:
    assert annotations(tmp_path, f"377,117,463,117,465,130,378,130,{text}")[0].text == text


@pytest.mark.parametrize(
    "line", ['38, 43, 920, 215, "Tiredness"', '38 43 920 215 "Tiredness"', "38,43,920,215,Tiredness"]
)
def test_2013_rectangles_with_commas_or_spaces(line: str, tmp_path: Path) -> None:
    assert annotations(tmp_path, line) == (Annotation("Tiredness", RECTANGLE),)


def test_2013_backslashes_escape(tmp_path: Path) -> None:
    assert annotations(tmp_path, r'38, 43, 920, 215, "a \"b\" \\ c, d"')[0].text == r'a "b" \ c, d'


def test_mlt_lines_have_a_script(tmp_path: Path) -> None:
    found = annotations(
        tmp_path,
        "377,117,463,117,465,130,378,130,Latin,Hello, world",
        "377,117,463,117,465,130,378,130,None,###",
        "377,117,463,117,465,130,378,130,Chinese,輸入",
    )
    assert [item.text for item in found] == ["Hello, world", "###", "輸入"]


def test_a_script_name_in_some_texts_only_belongs_to_the_text(tmp_path: Path) -> None:
    found = annotations(
        tmp_path, "377,117,463,117,465,130,378,130,Mixed,grill", "377,117,463,117,465,130,378,130,Chips"
    )
    assert [item.text for item in found] == ["Mixed,grill", "Chips"]


@pytest.mark.parametrize(
    "line",
    [
        "377,117,463,117,465,130,378,130",
        "377,117,463,117,465,130,x,130,A",
        "377,117,463,117,x,130,378,130,A",
        "377,117,463,117,465,130,nan,130,A",
        "1e999,117,463,117,465,130,378,130,A",
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,A",
        "only text",
        "1 2 3 4 unquoted",
    ],
)
def test_other_lines_are_problems_with_their_number(line: str, tmp_path: Path) -> None:
    file = tmp_path / "gt_a.txt"
    file.write_text(f"377,117,463,117,465,130,378,130,A\n{line}\n")
    found, problems = parse_boxes_file(file)
    assert len(found) == 1
    assert [problem.origin for problem in problems] == [f"{file}:2"]


@pytest.mark.parametrize("line", ["377,117,463,117,465,130,378,130", "see the web page", "", '{"company": "A"}'])
def test_what_is_no_region_at_all(line: str) -> None:
    assert not is_box_line(line)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('word_1.png, "Genaxis Theatre"', ("word_1.png", "Genaxis Theatre")),
        (r'word_4.png, "62-,\"03"', ("word_4.png", '62-,"03')),
        ('sub/word_4.JPG,"x"', ("sub/word_4.JPG", "x")),
        ("word_4.png", None),
        ('38, 43, 920, 215, "a.png"', None),
    ],
)
def test_lists_of_word_pictures(line: str, word: tuple[str, str] | None) -> None:
    assert parse_word(line) == word
