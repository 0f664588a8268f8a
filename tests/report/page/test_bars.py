"""Tables of bars."""

from __future__ import annotations

from ocrflow.report.page.bars import Bar, counted, percent, percent_bars


def test_counts_beside_the_longest_of_their_list() -> None:
    table = counted("Length", "characters", ["1", "2", "3", "4"], {"train": [0, 1000, 500, 0], "val": [0, 0, 2, 0]})
    assert [name for name, _, _ in table.rows] == ["2", "3"], "what no list has is left out at the ends"
    assert table.rows[1][1] == [Bar(0.5, "500", 0), Bar(1.0, "2", 1)] and table.rows[0][1][0].shown == "1,000"
    assert (
        counted("Empty", "x", ["1"], {"train": [0]}).rows == [] and counted("None", "x", [], {"train": []}).rows == []
    )


def test_shares() -> None:
    assert [bar.shown for bar in percent_bars([None, 0.5])] == ["-", "50.0 %"]
    assert percent(1.0) == "100.0 %" and percent(0.99999) == "99.9 %", "all means all"
    assert (Bar(3.0, "", 0).percent, Bar(-1.0, "", 0).percent) == ("100.0%", "0.0%")
