"""Line charts."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from ocrflow.report.page.curves import HEIGHT, WIDTH, curves


def test_lines_stay_inside_and_are_named() -> None:
    chart = curves(
        "Scores", "<epoch>", {"acc": [(0, 0.2), (1, None), (2, 0.9)], "none": [], "wild": [(1, float("nan"))]}
    )
    assert chart is not None and chart.names == ("acc",)
    svg = ElementTree.fromstring(str(chart.svg))
    assert len(svg.findall("circle")) == 2, "a point that is no number is left out"
    lines = [path.get("d") or "" for path in svg.findall("path") if "line" in (path.get("class") or "")]
    places = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", lines[0])]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places) and places[0][1] > places[1][1]
    assert "<epoch>" in [text.text for text in svg.findall("text")]


def test_nothing_to_draw() -> None:
    assert curves("Loss", "epoch", {"loss": [(1, None), (2, float("inf"))]}) is None


def test_one_point_and_very_many() -> None:
    assert curves("Loss", "epoch", {"loss": [(1, 0.0)]})
    chart = curves("Loss", "epoch", {"loss": [(x, x % 7) for x in range(100_000)]})
    assert chart is not None and len(chart.svg) < 10_000
