"""CVAT for images 1.1, in the form that cvat.ai wrote in 2025 and 2026 and CVAT 1.x before."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrflow.data.importers.cvat import read
from ocrflow.data.importers.sample import Annotation, Notice, Problem, Sample
from ocrflow.data.importers.xml_elements import elements

Paint = Callable[..., Path]
META = """\
  <meta>
    <task>
      <id>1980803</id>
      <name>plates</name>
      <size>1</size>
      <mode>annotation</mode>
      <overlap>0</overlap>
      <bugtracker></bugtracker>
      <subset>default</subset>
      <labels>
        <label>
          <name>plate</name>
          <color>#5a867c</color>
          <type>any</type>
          <attributes>
{attributes}
          </attributes>
        </label>
        <label>
          <name>ignore</name>
          <color>#c47df8</color>
          <type>any</type>
          <attributes>
          </attributes>
        </label>
      </labels>
    </task>
    <dumped>2026-01-30 08:13:45.645155+00:00</dumped>
  </meta>
"""
BOX = ((10.0, 5.0), (50.0, 5.0), (50.0, 25.0), (10.0, 25.0))


def declared(name: str, kind: str) -> str:
    return f"<attribute><name>{name}</name><mutable>False</mutable><input_type>{kind}</input_type></attribute>"


def document(*images: str, attributes: str = "") -> str:
    meta = META.format(attributes=attributes or declared("number on it", "text") + declared("colour", "select"))
    head = '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
    return f"{head}{meta}{''.join(images)}</annotations>\n"


def image(*shapes: str, name: str = "a.png", more: str = "", width: int = 60, height: int = 40) -> str:
    head = f'  <image id="0" name={quoteattr(name)} {more} width="{width}" height="{height}">\n'
    return head + "".join(shapes) + "  </image>\n"


def box(label: str = "plate", rotation: str = "", corners: tuple[Any, ...] = (10, 5, 50, 25), **attributes: str) -> str:
    left, top, right, bottom = corners
    place = f'xtl="{left}" ytl="{top}" xbr="{right}" ybr="{bottom}" {rotation} z_order="0"'
    inner = "".join(
        f'<attribute name="{name.replace("_", " ")}">{escape(value)}</attribute>' for name, value in attributes.items()
    )
    return f'    <box label="{label}" source="manual" occluded="0" {place}>\n      {inner}\n    </box>\n'


def polygon(points: str, label: str = "plate") -> str:
    return f'    <polygon label="{label}" source="manual" occluded="0" points="{points}" z_order="0">\n    </polygon>\n'


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "annotations.xml"
    path.write_text(text, encoding="utf-8")
    return path


def only(source: Path) -> Sample:
    (item,) = read(source)
    assert isinstance(item, Sample), item
    return item


def problem(source: Path) -> Problem:
    (item,) = read(source)
    assert isinstance(item, Problem), item
    return item


@pytest.fixture
def source(tmp_path: Path, paint: Paint) -> Path:
    paint(tmp_path / "images" / "a.png")
    return tmp_path


def test_a_box_with_the_text_in_its_only_text_attribute(source: Path) -> None:
    path = write(source, document(image(box(number_on_it="AB <12>", colour="red"))))
    line = 1 + path.read_text().split("<image ")[0].count("\n")
    picture = source / "images" / "a.png"
    sample = Sample("images/a.png", picture, (Annotation("AB <12>", BOX),), None, None, f"{path}:{line}")
    assert list(read(source)) == list(read(path)) == [sample]


def test_an_attribute_named_like_a_transcription_wins(source: Path) -> None:
    write(source, document(image(box(number_on_it="no", Plate_Number="yes"))))
    assert [item.text for item in only(source).annotations or ()] == ["yes"]


def test_several_text_attributes_of_other_names_are_a_problem(source: Path) -> None:
    attributes = declared("foo", "text") + declared("bar", "text")
    write(source, document(image(box(foo="a", bar="b")), attributes=attributes))
    assert "several text attributes, ['foo', 'bar']" in problem(source).message


def test_old_exports_declare_text_attributes_in_one_string(source: Path) -> None:
    attributes = "<attribute>~text=foo:0</attribute><attribute>@select=bar:a,b</attribute>"
    write(source, document(image(box(foo="AB12", bar="a")), attributes=attributes))
    assert [item.text for item in only(source).annotations or ()] == ["AB12"]


def test_boxes_without_a_text_and_ignored_ones(source: Path) -> None:
    shapes = box(), box(number_on_it=""), box("ignore", number_on_it="x"), box(illegible="true", number_on_it="x")
    write(source, document(image(*shapes, box(illegible="false", number_on_it="x"))))
    assert [item.text for item in only(source).annotations or ()] == ["", "", "###", "###", "x"]


@pytest.mark.parametrize("degrees", [0.0, 2.8, 90.0, 180.0, 356.3])
def test_a_rotated_box_turns_clockwise_about_its_middle(source: Path, degrees: float) -> None:
    write(source, document(image(box(rotation=f'rotation="{degrees:.2f}"'))))
    (found,) = only(source).annotations or ()
    by_opencv = cv2.boxPoints(((30.0, 15.0), (40.0, 20.0), degrees))
    np.testing.assert_allclose(found.points, np.roll(by_opencv, -1, axis=0), atol=1e-3)


def test_a_quarter_turn_moves_the_top_left_corner_to_the_top_right(source: Path) -> None:
    write(source, document(image(box(rotation='rotation="90.00"'))))
    (found,) = only(source).annotations or ()
    np.testing.assert_allclose(found.points, [(40, -5), (40, 35), (20, 35), (20, -5)], atol=1e-9)


def test_polygons_keep_their_points_and_quadrilaterals_start_at_the_top_left(source: Path) -> None:
    write(source, document(image(polygon("1.00,2;3,4;6,5"), polygon("49,20;9,19;10,5;50,6"))))
    first, second = only(source).annotations or ()
    assert first.points == ((1, 2), (3, 4), (6, 5))
    assert second.points == ((10, 5), (50, 6), (49, 20), (9, 19))


@pytest.mark.parametrize(
    "shape",
    [
        '<polyline label="plate" points="1.0,2;3,4"/>',
        '<points label="plate" points="1,2;3,4"/>',
        '<mask label="plate" rle="1, 2" left="1" top="2" width="3" height="4"/>',
        '<ellipse label="plate" cx="1" cy="2" rx="3" ry="4"/>',
        '<cuboid label="plate" xtl1="1"/>',
        '<skeleton label="plate"><points label="1" points="1,2"/></skeleton>',
        '<box label="plate" xtl="nan" ytl="1" xbr="2" ybr="3"/>',
        '<box label="plate" xtl="1" ytl="1" xbr="2"/>',
        '<polygon label="plate" points="1,2;3,4"/>',
        '<polygon label="plate" points="1,2;3,4;5"/>',
        '<polygon label="plate"/>',
    ],
)
def test_other_and_broken_shapes_are_a_problem_at_their_line(source: Path, shape: str) -> None:
    path = write(source, document(image(box(), shape + "\n")))
    line = path.read_text().split(shape)[0].count("\n") + 1
    assert problem(source).origin == f"{path}:{line}"


@pytest.fixture
def project(tmp_path: Path, paint: Paint) -> Path:
    """A project's export: a folder below images/ for each subset, and the same file names in all."""
    for seed, subset in enumerate(("Train", "Validation", "Test")):
        paint(tmp_path / "images" / subset / "img0.png", seed)
    return tmp_path


def in_subset(subset: str) -> str:
    return image(box(), name="img0.png", more=f'subset="{subset}" task_id="37"')


def test_subsets_are_splits_and_test_is_left_out(project: Path) -> None:
    write(project, document(*map(in_subset, ("Train", "Validation", "Test"))))
    train, val, test = read(project)
    assert isinstance(train, Sample)
    assert isinstance(val, Sample)
    assert isinstance(test, Notice)
    assert (train.split, train.name) == ("train", "images/Train/img0.png")
    assert (val.split, val.name) == ("val", "images/Validation/img0.png")


def test_an_only_subset_is_no_split(project: Path) -> None:
    write(project, document(in_subset("Train")))
    assert only(project).split is None


def test_a_zip_is_read_without_unpacking_it(project: Path) -> None:
    write(project, document(*map(in_subset, ("Train", "Validation"))))
    path = project / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (*sorted(project.glob("images/*/*")), project / "annotations.xml"):
            archive.write(file, file.relative_to(project))
    first, second = read(path)
    assert isinstance(first, Sample)
    assert isinstance(second, Sample)
    assert first.image == (project / "images" / "Train" / "img0.png").read_bytes()
    assert (second.name, second.split) == ("images/Validation/img0.png", "val")
    assert first.origin.startswith(f"{path}/annotations.xml:")


@pytest.mark.parametrize("name", ["../../a.png", "/etc/a.png", "C:\\x\\a.png"])
def test_names_in_a_zip_that_lead_elsewhere_stay_names(tmp_path: Path, paint: Paint, name: str) -> None:
    content = paint(tmp_path / "a.png").read_bytes()
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("annotations.xml", document(image(box(), name=name)))
        archive.writestr(name, content)
    sample = only(path)
    assert sample.image == content
    assert sample.name in ("a.png", "etc/a.png", "x/a.png")


def test_damaged_zips_are_problems(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("annotations.xml", document(image(box())) * 5)
    content = bytearray(path.read_bytes())
    content[80:120] = b"\0" * 40
    path.write_bytes(content)
    assert problem(path).message
    path.write_bytes(b"PK no zip")
    assert "is no zip" in problem(path).message


def test_frames_of_a_video_are_named_without_a_suffix(tmp_path: Path, paint: Paint) -> None:
    picture = paint(tmp_path / "images" / "frame_000000.PNG")
    write(tmp_path, document(image(box(), name="frame_000000")))
    assert only(tmp_path).image == picture


def test_a_track_is_the_export_for_video(source: Path) -> None:
    write(source, document('<track id="0" label="plate"><box frame="0" xtl="1" ytl="2" xbr="3" ybr="4"/></track>'))
    assert "CVAT for images 1.1" in problem(source).message


def test_a_missing_picture_and_another_size_are_problems_of_their_image(source: Path) -> None:
    write(source, document(image(box(), name="b.png"), image(box(), width=61), image(box())))
    first, second, third = read(source)
    assert isinstance(first, Problem)
    assert "no image 'b.png'" in first.message
    assert isinstance(second, Problem)
    assert "drawn on an image of 61 x 40" in second.message
    assert isinstance(third, Sample)


def test_old_versions_drew_on_the_stored_pixels_and_new_ones_as_exif_turns_them(source: Path, paint: Paint) -> None:
    paint(source / "images" / "a.png", orientation=8)
    write(source, document(image(box(), width=40, height=60), image(box(), width=60, height=40)))
    new, old = read(source)
    assert isinstance(new, Sample)
    assert isinstance(old, Sample)
    assert (new.annotations or ())[0].points == BOX
    assert (old.annotations or ())[0].points == ((5, 10), (25, 10), (25, 50), (5, 50))


def test_tags_with_a_text_on_pictures_where_nothing_is_drawn_are_text_recognition(source: Path) -> None:
    tag = '<tag label="plate" source="manual"><attribute name="number on it">AB12</attribute></tag>'
    write(source, document(image(tag)))
    sample = only(source)
    assert (sample.text, sample.annotations) == ("AB12", None)
    write(source, document(image()))
    assert "0 tags have a text" in problem(source).message
    write(source, document(image(tag, box())))
    assert len(only(source).annotations or ()) == 1


BILLION = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{BILLION}]><annotations>&i;</annotations>", "DOCTYPE"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotations/>', "DOCTYPE"),
        ("<annotation/>", "expected the root element <annotations>, got <annotation>"),
        ("<annotations>", "line 1: is not well-formed XML: no element found"),
        ("", "not well-formed"),
        ("<annotations>" + "<a>" * 100_000, "nested more than 32 deep"),
        ('<?xml version="1.0" encoding="klingon"?><annotations/>', "not readable XML"),
    ],
)
def test_hostile_xml_is_a_problem(source: Path, text: str, message: str) -> None:
    write(source, text)
    assert message in problem(source).message


def test_images_before_a_fault_are_read(source: Path) -> None:
    path = write(source, document(image(box())).replace("</annotations>", "<image"))
    first, second = read(source)
    assert isinstance(first, Sample)
    assert isinstance(second, Problem)
    assert second.origin == str(path)


def test_elements_come_one_by_one(tmp_path: Path) -> None:
    """A file larger than what is read at once gives its first element before its end is reached."""
    path = write(tmp_path, "<annotations>" + '<image name="x"/>' * 10_000)
    with path.open("rb") as stream:
        found = elements(stream, "annotations", ("image",))
        assert next(found).attributes == {"name": "x"}
        assert stream.tell() < path.stat().st_size


def test_a_folder_without_xml_is_a_problem(tmp_path: Path) -> None:
    assert "CVAT for images 1.1" in problem(tmp_path).message


NAMES = st.sampled_from(
    ("image", "box", "polygon", "attribute", "meta", "labels", "label", "tag", "attributes", "name")
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(("name", "xtl", "ytl", "xbr", "ybr", "points", "label", "rotation", "width", "subset")),
    st.sampled_from(("a.png", "1", "-1e999", "nan", "1,2;3,4;5,6", ";", "plate", "Train", "Test")) | st.text("é1 .;,"),
)
TREES = st.recursive(
    st.tuples(NAMES, ATTRIBUTES, st.just(())),
    lambda inner: st.tuples(NAMES, ATTRIBUTES, st.lists(inner, max_size=4)),
    max_leaves=12,
)


def as_xml(tree: Any) -> str:
    tag, attributes, children = tree
    given_ = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag} {given_}>{''.join(map(as_xml, children))}</{tag}>"


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    content=st.lists(TREES, max_size=4).map(
        lambda trees: f"<annotations>{''.join(map(as_xml, trees))}</annotations>".encode()
    )
    | st.binary()
)
def test_nothing_raises(source: Path, content: bytes) -> None:
    (source / "annotations.xml").write_bytes(content)
    for item in read(source):
        assert isinstance(item, Sample | Problem | Notice)
