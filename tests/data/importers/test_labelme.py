"""labelme's JSON files, as labelme 5 to 7 write them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrflow.data.importers.labelme import read
from ocrflow.data.importers.sample import Annotation, Problem, Sample

Paint = Callable[..., Path]
QUAD = ((10.0, 5.0), (50.0, 6.0), (49.0, 20.0), (9.0, 19.0))


def shape(label: str, points: Any, shape_type: str = "polygon", **more: Any) -> dict[str, Any]:
    fixed = {"label": label, "points": [list(point) for point in points], "group_id": None, "description": ""}
    return {**fixed, "shape_type": shape_type, "flags": {}, "mask": None, **more}


def write(
    path: Path, *shapes: Any, image: str = "a.png", width: int | None = 60, height: int | None = 40, data: Any = None
) -> Path:
    content = {"version": "5.7.0", "flags": {}, "shapes": list(shapes), "imagePath": image, "imageData": data}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**content, "imageHeight": height, "imageWidth": width}, ensure_ascii=False, indent=2))
    return path


def only(source: Path) -> Sample:
    (item,) = read(source)
    assert isinstance(item, Sample)
    return item


def test_a_polygon_and_a_rectangle_of_any_two_corners(tmp_path: Path, paint: Paint) -> None:
    picture = paint(tmp_path / "a.png")
    path = write(tmp_path / "a.json", shape("京A1", QUAD), shape("b", [(30, 35), (20, 25)], "rectangle"))
    box = ((20.0, 25.0), (30.0, 25.0), (30.0, 35.0), (20.0, 35.0))
    annotations = (Annotation("京A1", QUAD), Annotation("b", box))
    assert list(read(tmp_path)) == [Sample("a.png", picture, annotations, None, None, str(path))]


def test_a_quadrilateral_clicked_from_another_corner_starts_at_its_top_left(tmp_path: Path, paint: Paint) -> None:
    paint(tmp_path / "a.png")
    write(tmp_path / "a.json", shape("x", (QUAD[2], QUAD[1], QUAD[0], QUAD[3])))
    assert (only(tmp_path).annotations or ())[0].points == QUAD


@pytest.mark.parametrize("kind", ["oriented_rectangle", "rotation", "rectangle"])
def test_rectangles_of_four_corners_keep_their_order(tmp_path: Path, paint: Paint, kind: str) -> None:
    paint(tmp_path / "a.png")
    write(tmp_path / "a.json", shape("x", QUAD[1:] + QUAD[:1], kind))
    assert (only(tmp_path).annotations or ())[0].points == QUAD[1:] + QUAD[:1]


@pytest.mark.parametrize(
    ("label", "more", "text"),
    [
        ("abc", {}, "abc"),
        ("text", {"description": "abc"}, "abc"),
        ("abc", {"description": None}, "abc"),
        ("abc", {"description": "  "}, "abc"),
        ("ignore", {}, "ignore"),
        ("ignore", {"description": "abc"}, "###"),
        ("###", {}, "###"),
        ("abc", {"flags": {"difficult": True}}, "###"),
        ("abc", {"flags": {"difficult": False, "blurred": True}}, "abc"),
    ],
)
def test_the_text_is_the_description_when_filled_else_the_label(
    tmp_path: Path, paint: Paint, label: str, more: dict[str, Any], text: str
) -> None:
    paint(tmp_path / "a.png")
    write(tmp_path / "a.json", shape(label, QUAD, **more))
    assert (only(tmp_path).annotations or ())[0].text == text


@pytest.mark.parametrize("kind", ["circle", "line", "linestrip", "point", "points", "mask", "new", 3, None])
def test_a_shape_that_encloses_no_text_is_a_problem_of_its_picture(tmp_path: Path, paint: Paint, kind: Any) -> None:
    paint(tmp_path / "a.png")
    path = write(tmp_path / "a.json", shape("x", QUAD), shape("y", QUAD[:2], kind))
    (item,) = read(tmp_path)
    assert isinstance(item, Problem)
    assert item.origin == f"{path}#shapes[1]"
    assert "encloses no text" in item.message


@pytest.mark.parametrize(
    "points", [QUAD[:2], [(1, 2), (3, 4), (5, float("nan"))], [(1, 2), (3, 4), (5, 10**400)], [(1,), (2,), (3,)]]
)
def test_points_that_are_no_polygon_are_a_problem(tmp_path: Path, paint: Paint, points: Any) -> None:
    paint(tmp_path / "a.png")
    write(tmp_path / "a.json", shape("x", points))
    assert [type(item) for item in read(tmp_path)] == [Problem]


def test_old_files_without_a_shape_type_hold_polygons(tmp_path: Path, paint: Paint) -> None:
    paint(tmp_path / "a.png")
    old = {"label": "x", "line_color": None, "fill_color": None, "points": [list(point) for point in QUAD]}
    write(tmp_path / "a.json", old, width=None, height=None)
    assert (only(tmp_path).annotations or ())[0].points == QUAD


def test_the_picture_may_lie_beside_the_labels_folder_with_a_windows_path(tmp_path: Path, paint: Paint) -> None:
    picture = paint(tmp_path / "photos" / "a.png")
    paint(tmp_path / "other" / "a.png", 1)
    write(tmp_path / "labels" / "a.json", shape("x", QUAD), image="..\\photos\\a.png")
    sample = only(tmp_path)
    assert (sample.image, sample.name) == (picture, "photos/a.png")


def test_two_pictures_that_fit_a_bare_name_equally_well_are_a_problem(tmp_path: Path, paint: Paint) -> None:
    paint(tmp_path / "p" / "a.png")
    paint(tmp_path / "q" / "a.png", 1)
    write(tmp_path / "labels" / "a.json", shape("x", QUAD))
    (item,) = read(tmp_path)
    assert isinstance(item, Problem)
    assert "'a.png' may be p/a.png or q/a.png" in item.message


@pytest.mark.parametrize(
    "name", ["../a.png", "{folder}/a.png", "..\\a.png", "http://host/b.png", "a.png\0", "", None, 7]
)
def test_no_picture_outside_of_the_source_is_read(tmp_path: Path, paint: Paint, name: Any) -> None:
    paint(tmp_path / "a.png")
    source = tmp_path / "source"
    write(source / "a.json", shape("x", QUAD), image=name.format(folder=tmp_path) if isinstance(name, str) else name)
    (item,) = read(source)
    assert isinstance(item, Problem)


def test_a_link_that_leads_out_of_the_source_is_not_followed(tmp_path: Path, paint: Paint) -> None:
    paint(tmp_path / "a.png")
    source = tmp_path / "source"
    write(source / "a.json", shape("x", QUAD))
    (source / "a.png").symlink_to(tmp_path / "a.png")
    (item,) = read(source)
    assert isinstance(item, Problem)
    assert "leads out" in item.message


def test_the_picture_in_the_file_is_used_when_there_is_none_beside_it(tmp_path: Path, paint: Paint) -> None:
    content = paint(tmp_path / "out" / "a.jpg").read_bytes()
    data = base64.b64encode(content).decode()
    write(tmp_path / "in" / "sub" / "x.json", shape("x", QUAD), image="../../etc/b.json", data=data)
    sample = only(tmp_path / "in")
    assert (sample.image, sample.name) == (content, "sub/b.jpg")


@pytest.mark.parametrize("data", ["AAAA", "!", 3, "é"])
def test_data_that_is_no_picture_is_a_problem(tmp_path: Path, data: Any) -> None:
    write(tmp_path / "a.json", shape("x", QUAD), data=data)
    (item,) = read(tmp_path)
    assert isinstance(item, Problem)
    assert "imageData" in item.message


def test_labels_drawn_on_another_size_are_a_problem(tmp_path: Path, paint: Paint) -> None:
    paint(tmp_path / "a.png")
    write(tmp_path / "a.json", shape("x", QUAD), width=120, height=80)
    (item,) = read(tmp_path)
    assert isinstance(item, Problem)
    assert "drawn on an image of 120 x 80 pixels, this one has 60 x 40" in item.message


def test_labels_of_today_are_in_the_picture_as_exif_turns_it(tmp_path: Path, paint: Paint) -> None:
    paint(tmp_path / "a.jpg", width=60, height=40, orientation=6)
    write(tmp_path / "a.json", shape("x", [(1, 2), (30, 50)], "rectangle"), image="a.jpg", width=40, height=60)
    assert (only(tmp_path).annotations or ())[0].points == ((1, 2), (30, 2), (30, 50), (1, 50))


@pytest.mark.parametrize(
    ("orientation", "corners"), [(5, (2, 1, 20, 50)), (6, (20, 1, 38, 50)), (7, (20, 10, 38, 59)), (8, (2, 10, 20, 59))]
)
def test_labels_of_old_versions_on_stored_pixels_are_turned(
    tmp_path: Path, paint: Paint, orientation: int, corners: tuple[float, float, float, float]
) -> None:
    paint(tmp_path / "a.jpg", width=60, height=40, orientation=orientation)
    write(tmp_path / "a.json", shape("x", [(1, 2), (50, 20)], "rectangle"), image="a.jpg")
    left, top, right, bottom = corners
    expected = ((left, top), (right, top), (right, bottom), (left, bottom))
    assert (only(tmp_path).annotations or ())[0].points == expected


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"shapes": 3}', b"1" * 5000]
)
def test_a_file_of_another_kind_is_a_problem_and_the_others_are_read(
    tmp_path: Path, paint: Paint, content: bytes
) -> None:
    paint(tmp_path / "b.png")
    write(tmp_path / "b.json", shape("x", QUAD), image="b.png")
    (tmp_path / "a.json").write_bytes(content)
    first, second = read(tmp_path)
    assert isinstance(first, Problem)
    assert first.origin == str(tmp_path / "a.json")
    assert isinstance(second, Sample)


def test_a_folder_without_labels_is_a_problem(tmp_path: Path) -> None:
    assert [type(item) for item in read(tmp_path)] == [Problem]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("label", "points", "description", "shape_type", "flags", "group_id")
SHAPES = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON)) | JSON, max_size=3)
FILES = st.fixed_dictionaries(
    {"shapes": SHAPES | JSON, "imagePath": st.just("a.png") | JSON},
    optional={"imageData": JSON, "imageWidth": JSON, "imageHeight": JSON},
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=FILES | JSON)
def test_nothing_raises(tmp_path: Path, paint: Paint, content: Any) -> None:
    if not (tmp_path / "a.png").exists():
        paint(tmp_path / "a.png")
    (tmp_path / "a.json").write_text(json.dumps(content))
    for item in read(tmp_path):
        assert isinstance(item, Sample | Problem)
