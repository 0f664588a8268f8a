"""The tables of an evaluation as charts."""

from __future__ import annotations

from ocrflow.report.page.reading_tables import MOST_CHARACTERS, calibration_table, character_table, length_table
from ocrflow.tasks.text_recognition.tables import tables_of

ROWS = [("AB", "AB", 0.95), ("AB", "A8", 0.55), ("A", "A", 0.99), ("B C", "BC", 0.9)]
TABLES = tables_of(ROWS, known=["A", "B"]).plain


def test_by_length() -> None:
    rows = [(name, bars[0].shown, note) for name, bars, note in length_table(TABLES).rows]
    assert rows == [("1", "100.0 %", "1 of 1"), ("2", "50.0 %", "1 of 2"), ("3", "100.0 %", "1 of 1")]


def test_by_score() -> None:
    table = calibration_table(TABLES)
    assert [(name, bars[0].shown, note) for name, bars, note in table.rows] == [
        ("0.5-0.6", "0.0 %", "1 rows"),
        ("0.8-0.9", "100.0 %", "1 rows"),
        ("0.9-1.0", "100.0 %", "2 rows"),
    ]
    assert "From a score of 0.9000 on, 99.0 % of the rows are right: 3 rows (75.0 %)." in table.note
    never = calibration_table(tables_of([("A", "B", 0.9)]).plain)
    assert never.note.endswith("No score is high enough for 99.0 % right rows.")


def test_by_character() -> None:
    rows = {name: note for name, _, note in character_table(TABLES).rows}
    assert rows == {"B": "1 of 3\n1× as 8", "␣": "1 of 1\nnot in dict.txt"}
    many = tables_of([(chr(0x4E00 + number), "x", 0.5) for number in range(100)]).plain
    assert len(character_table(many).rows) == MOST_CHARACTERS and "76 more" in character_table(many).note


def test_no_tables() -> None:
    assert length_table({}).rows == calibration_table({}).rows == character_table({}).rows == []
    assert calibration_table({}).note == ""
