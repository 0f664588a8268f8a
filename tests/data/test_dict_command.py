"""`ocrflow data dict build|diff|extend`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrflow.data.dict_command import build_command, diff_command, extend_command
from ocrflow.data.dictionary import read_dictionary, scan_dictionary
from ocrflow.errors import DataError, UsageError


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Three rows of train and one of val."""
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "train.txt").write_text("a.png\tzz b\nb.png\tA\u0410\nc.png\tzAAAAAAAAAA\n")
    (folder / "val.txt").write_text("d.png\t\u4eac\n")
    return folder


def build(dataset: Path, *arguments: object, **options: object) -> Path:
    """The file that `build_command` writes."""
    output = dataset.parent / "new" / "dict.txt"
    build_command([str(dataset)], str(output), *arguments, **options)
    return output


def test_build_writes_paddlex_form_sorted_by_code_point(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = build(dataset)
    assert output.read_bytes().decode() == "A\nb\nz\n\u0410\n\u4eac\n"
    assert read_dictionary(output) == ["A", "b", "z", "\u0410", "\u4eac"]
    printed = capsys.readouterr().out
    assert "5 characters of 4 labels; 7 classes" in printed
    assert f"CYRILLIC CAPITAL LETTER A 1x from {dataset / 'train.txt'}:2" in printed


def test_build_by_frequency(dataset: Path) -> None:
    assert read_dictionary(build(dataset, order="frequency")) == ["A", "z", "b", "\u0410", "\u4eac"]


def test_build_without_rare_characters_names_their_rows(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read_dictionary(build(dataset, min_count=2)) == ["A", "z"]
    assert f"3 rows ({dataset / 'train.txt'}:1, 2, {dataset / 'val.txt'}:1)" in capsys.readouterr().out


def test_build_takes_labels_as_they_are_unless_told(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dataset / "train.txt").write_text("a.png\te\u0301\n")
    assert read_dictionary(build(dataset)) == ["e", "\u0301", "\u4eac"]
    assert f"not in Unicode form NFC: 1 row ({dataset / 'train.txt'}:1)" in capsys.readouterr().out
    assert read_dictionary(build(dataset, nfc=True, force=True)) == ["\u00e9", "\u4eac"]


def test_build_replaces_nothing_unless_told(dataset: Path) -> None:
    output = build(dataset)
    output.write_text("old\n")
    with pytest.raises(UsageError, match="--force"):
        build(dataset)
    assert output.read_text() == "old\n"
    build(dataset, force=True)
    assert output.read_text() != "old\n"
    with pytest.raises(UsageError, match="is a folder"):
        build_command([str(dataset)], str(dataset), force=True)


def test_build_leaves_no_file_when_a_label_is_refused(dataset: Path) -> None:
    (dataset / "train.txt").write_text("a.png\tx\x00\n")
    with pytest.raises(DataError, match=r"train.txt:1: a control character, U\+0000"):
        build(dataset)
    assert not (dataset.parent / "new").exists()


@pytest.mark.parametrize("sources", [[], ["spaces.txt"]])
def test_build_needs_a_character(tmp_path: Path, sources: list[str]) -> None:
    (tmp_path / "spaces.txt").write_text("a.png\t  \n")
    with pytest.raises((UsageError, DataError)):
        build_command([str(tmp_path / name) for name in sources], str(tmp_path / "dict.txt"))
    assert [path.name for path in tmp_path.iterdir()] == ["spaces.txt"]


def test_diff_names_what_changed_and_the_rows_that_cannot_be_learnt(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (dataset / "dict.txt").write_text("A\nb\nz\n\u0410\n\u4eac\n")
    (tmp_path / "b.txt").write_text("b\nA\nx\n\u0410\n")
    diff_command(str(dataset), str(tmp_path / "b.txt"), [str(dataset)])
    printed = capsys.readouterr().out
    assert "added 1: 'x' (U+0078) class 3" in printed
    assert "removed 2: 'z' (U+007A) class 3, '\u4eac' (U+4EAC) class 5" in printed
    assert "moved 2: 'b' 2 -> 1, 'A' 1 -> 2" in printed
    assert "7 -> 6 classes; 5 carried over by character (blank and space included), 1 start untrained" in printed
    assert f"3 rows ({dataset / 'train.txt'}:1, 3, {dataset / 'val.txt'}:1)" in printed
    assert "'z' (U+007A) 3x in 2 rows" in printed


def test_diff_fails_only_when_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in (("a", "x\ny\n"), ("b", "y\nx\n")):
        (tmp_path / name).write_text(content)
    first, second = str(tmp_path / "a"), str(tmp_path / "b")
    diff_command(first, second)
    with pytest.raises(DataError, match="differ"):
        diff_command(first, second, exit_code=True)
    capsys.readouterr()
    diff_command(first, first, exit_code=True)
    assert "equal" in capsys.readouterr().out


def test_diff_with_weights_takes_the_dictionary_that_they_carry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dict.txt").write_text("A\n\u4eac\n")
    diff_command("starter:PP-OCRv6_tiny_rec_latin", str(tmp_path / "dict.txt"))
    assert "133 -> 4 classes; 3 carried over" in capsys.readouterr().out


def test_extend_keeps_the_classes_that_were_there(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.txt").write_text("z\nq\n")
    output = tmp_path / "dict.txt"
    extend_command(str(tmp_path / "old.txt"), [str(dataset)], str(output))
    assert read_dictionary(output) == ["z", "q", "A", "b", "\u0410", "\u4eac"]
    printed = capsys.readouterr().out
    assert "4 -> 8 classes; 4 carried over by character (blank and space included), 4 start untrained" in printed
    assert f"'A' (U+0041) class 3, 11x from {dataset / 'train.txt'}:2" in printed
    assert "warning: 3 occur fewer than 10 times" in printed
    assert (tmp_path / "old.txt").read_text() == "z\nq\n"


def test_extend_of_a_complete_dictionary_writes_it_again(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = build(dataset, order="frequency")
    extend_command(str(first), [str(dataset)], str(dataset.parent / "second.txt"))
    assert (dataset.parent / "second.txt").read_bytes() == first.read_bytes()
    printed = capsys.readouterr().out
    assert "has every character of the labels already" in printed and "all 7 classes stay" in printed


@settings(max_examples=150, deadline=None)
@given(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n "))
def test_what_is_built_is_what_a_dictionary_may_hold(tmp_path_factory: pytest.TempPathFactory, char: str) -> None:
    folder = tmp_path_factory.mktemp("char")
    (folder / "train.txt").write_text(f"a.png\ta{char}b\n", encoding="utf-8", newline="")
    (folder / "want.txt").write_text(f"{char}\n", encoding="utf-8", newline="")
    allowed = all(item.severity == "warning" for item in scan_dictionary(folder / "want.txt").faults)
    try:
        build_command([str(folder / "train.txt")], str(folder / "dict.txt"))
        assert allowed and set(read_dictionary(folder / "dict.txt")) == {"a", "b", char}
    except DataError:
        assert not allowed


def test_a_faulty_dictionary_is_refused(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("z\nz\n")
    with pytest.raises(DataError, match="dict_duplicate"):
        extend_command(str(tmp_path / "old.txt"), [str(dataset)], str(tmp_path / "dict.txt"))
