"""COCO-Text 1 and 2, TextOCR 0.1, and COCO with transcriptions as CVAT exports it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrflow.data.importers.coco_text import read
from ocrflow.data.importers.sample import Annotation, Notice, Problem, Sample

Paint = Callable[..., Path]
TRAIN, VAL = "COCO_train2014_000000540965.jpg", "COCO_train2014_000000217925.jpg"
MASK = [10.5, 8.0, 10.5, 20.0, 40.0, 21.0, 40.0, 9.0]
QUAD = ((10.5, 8.0), (40.0, 9.0), (40.0, 21.0), (10.5, 20.0))


def picture(number: int, part: str, name: str) -> dict[str, Any]:
    return {"id": number, "set": part, "width": 60, "height": 40, "file_name": name}


def legible(number: int = 45346, image: Any = 540965, text: Any = "New", **more: Any) -> dict[str, Any]:
    """An annotation of COCO-Text 2; its masks run counter-clockwise."""
    fixed = {"mask": MASK, "class": "machine printed", "bbox": [10.5, 8.0, 29.5, 13.0], "image_id": image}
    known = {"id": number, "language": "english", "area": 206.06, "utf8_string": text, "legibility": "legible"}
    return {**fixed, **known, **more}


def coco_text(*annotations: dict[str, Any], pictures: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    pictures = [picture(540965, "train", TRAIN)] if pictures is None else pictures
    anns = {str(item["id"]): item for item in annotations}
    to_anns = {
        str(one["id"]): [item["id"] for item in annotations if item["image_id"] == one["id"]] for one in pictures
    }
    imgs = {str(one["id"]): one for one in pictures}
    return {"cats": {}, "anns": anns, "imgs": imgs, "imgToAnns": to_anns, "info": {"version": "2.0"}}


def write(folder: Path, content: Any, name: str = "cocotext.v2.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content))
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
    paint(tmp_path / "train2014" / TRAIN)
    return tmp_path


def test_an_annotation_of_version_2_starts_at_its_top_left_clockwise(source: Path) -> None:
    path = write(source, coco_text(legible()))
    name = f"train2014/{TRAIN}"
    expected = Sample(name, source / name, (Annotation("New", QUAD),), None, None, f"{path}#imgs/540965")
    assert list(read(source)) == list(read(path)) == [expected]


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"legibility": "illegible", "text": ""}, "###"),
        ({"legibility": "illegible", "text": "guess"}, "###"),
        ({"language": "not english", "text": ""}, "###"),
        ({"language": "na", "text": None}, "###"),
        ({"text": "."}, "."),
        ({"text": "###"}, "###"),
    ],
)
def test_what_nobody_could_read_is_ignored(source: Path, more: dict[str, Any], text: str) -> None:
    write(source, coco_text(legible(**more)))
    assert [item.text for item in only(source).annotations or ()] == [text]


def test_version_1_has_polygons_and_no_text_for_illegible_ones(source: Path) -> None:
    first = legible(1, polygon=MASK)
    second = legible(2, legibility="illegible")
    for item in (first, second):
        del item["mask"]
    del second["utf8_string"]
    write(source, coco_text(first, second))
    box = ((10.5, 8.0), (40.0, 8.0), (40.0, 21.0), (10.5, 21.0))
    assert only(source).annotations == (Annotation("New", QUAD), Annotation("###", box))


def test_sets_are_splits_and_test_is_left_out(source: Path, paint: Paint) -> None:
    paint(source / "train2014" / VAL, 1)
    pictures = [
        picture(540965, "train", TRAIN),
        picture(217925, "val", VAL),
        picture(7, "test", "COCO_train2014_7.jpg"),
    ]
    write(source, coco_text(legible(), pictures=pictures))
    train, val, test = read(source)
    assert isinstance(train, Sample)
    assert isinstance(val, Sample)
    assert isinstance(test, Notice)
    assert (train.split, val.split, val.annotations) == ("train", "val", ())


TEXTOCR = {"bbox": [10.0, 5.0, 40.0, 20.0], "points": [50.0, 25.0, 10.0, 24.0, 11.0, 5.0, 49.0, 6.0], "area": 800.0}


def textocr(part: str, name: str, *texts: str) -> dict[str, Any]:
    info = {"id": name, "width": 60, "height": 40, "set": part, "file_name": f"train/{name}.jpg"}
    anns = {
        f"{name}_{i}": {"id": f"{name}_{i}", "image_id": name, "utf8_string": text, **TEXTOCR}
        for i, text in enumerate(texts)
    }
    return {"imgs": {name: info}, "anns": anns, "imgToAnns": {name: list(anns)}}


def test_textocr_keeps_the_order_of_its_points_and_ignores_a_full_stop(tmp_path: Path, paint: Paint) -> None:
    """Its first point is the top left one of the text, which here stands on its head; the split is in two files."""
    for seed, name in enumerate(("a7ad2bcb", "0f3c")):
        paint(tmp_path / "train_images" / f"{name}.jpg", seed)
    write(tmp_path, textocr("train", "a7ad2bcb", "RICHARD", "."), "TextOCR_0.1_train.json")
    write(tmp_path, textocr("val", "0f3c", "x"), "TextOCR_0.1_val.json")
    train, val = read(tmp_path)
    assert isinstance(train, Sample)
    assert isinstance(val, Sample)
    points = ((50.0, 25.0), (10.0, 24.0), (11.0, 5.0), (49.0, 6.0))
    assert train.annotations == (Annotation("RICHARD", points), Annotation("###", points))
    assert (train.split, val.split, val.name) == ("train", "val", "train_images/0f3c.jpg")


def coco(*annotations: dict[str, Any]) -> dict[str, Any]:
    categories = [{"id": 1, "name": "text", "supercategory": ""}]
    images = [
        {"id": 1, "width": 60, "height": 40, "file_name": TRAIN, "license": 0, "flickr_url": "", "date_captured": 0}
    ]
    return {"licenses": [], "info": {}, "categories": categories, "images": images, "annotations": list(annotations)}


def of_coco(number: int = 1, **more: Any) -> dict[str, Any]:
    box = {"bbox": [10.0, 5.0, 40.0, 20.0], "segmentation": [], "area": 800.0, "iscrowd": 0}
    return {"id": number, "image_id": 1, "category_id": 1, **box, **more}


BOX = ((10.0, 5.0), (50.0, 5.0), (50.0, 25.0), (10.0, 25.0))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"text": "a"}, Annotation("a", BOX)),
        ({"rec_text": "a", "caption": "b"}, Annotation("a", BOX)),
        ({"caption": "b"}, Annotation("b", BOX)),
        ({"attributes": {"transcription": "a", "occluded": False}}, Annotation("a", BOX)),
        ({"text": "a", "segmentation": [MASK]}, Annotation("a", QUAD)),
        ({"text": "a", "segmentation": [MASK, MASK]}, Annotation("a", BOX)),
        ({"text": "a", "segmentation": {"counts": "abc", "size": [40, 60]}, "iscrowd": 1}, Annotation("###", BOX)),
        ({"text": "a", "attributes": {"illegible": True}}, Annotation("###", BOX)),
    ],
)
def test_coco_with_transcriptions(source: Path, more: dict[str, Any], expected: Annotation) -> None:
    write(source, coco(of_coco(**more)), "instances_default.json")
    assert only(source).annotations == (expected,)


def test_a_box_of_coco_without_a_text_beside_others_has_none(source: Path) -> None:
    write(source, coco(of_coco(text="a"), of_coco(2)))
    assert [item.text for item in only(source).annotations or ()] == ["a", ""]


def test_the_rotation_that_cvat_adds_to_coco_boxes(source: Path) -> None:
    write(source, coco(of_coco(attributes={"text": "a", "rotation": 90.0})))
    (found,) = only(source).annotations or ()
    np.testing.assert_allclose(found.points, [(40, -5), (40, 35), (20, 35), (20, -5)], atol=1e-9)


def test_object_detection_is_refused_once(source: Path) -> None:
    write(source, coco(of_coco(), of_coco(2, caption=3)))
    assert "no annotation carries a transcription" in problem(source).message


@pytest.mark.parametrize(
    "more",
    [
        {"mask": [1, 2, 3]},
        {"mask": [1, 2, 3, 4]},
        {"mask": [1, 2, 3, 4, 5, float("inf")]},
        {"mask": "x"},
        {"points": {"x": 1}},
        {"points": [[1, 2], [3]]},
        {"mask": None, "bbox": None},
        {"mask": None, "bbox": [1, 2, 3]},
        {"mask": None, "bbox": [1, 2, -3, 4]},
        {"mask": None, "bbox": [1, 2, 3, 10**400]},
        {"utf8_string": 5},
        {"utf8_string": "\ud800"},
    ],
)
def test_a_broken_annotation_is_a_problem_of_its_picture(source: Path, more: dict[str, Any]) -> None:
    path = write(source, coco_text(legible(), legible(2, **more)))
    assert problem(source).origin == f"{path}#imgs/540965, annotation 2"


def test_an_annotation_without_its_picture_and_a_picture_without_a_file_are_problems(source: Path) -> None:
    pictures = [picture(540965, "train", TRAIN), picture(8, "train", "../../etc/passwd")]
    path = write(source, coco_text(legible(), legible(2, image=99), pictures=pictures))
    first, second, third = read(source)
    assert first == Problem(f"{path}#anns/2", "belongs to no picture of the file")
    assert isinstance(second, Sample)
    assert isinstance(third, Problem)
    assert third.origin == f"{path}#imgs/8"


def test_another_size_is_a_problem(source: Path, paint: Paint) -> None:
    paint(source / "train2014" / TRAIN, width=61)
    write(source, coco_text(legible()))
    assert "drawn on an image of 60 x 40" in problem(source).message


@pytest.mark.parametrize(
    "content", [3, [], {}, {"imgs": {}}, {"imgs": 1, "anns": 2}, {"images": [3], "annotations": [4]}]
)
def test_a_file_of_another_kind_is_a_problem(source: Path, content: Any) -> None:
    write(source, content)
    assert problem(source).message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    "bbox",
    "mask",
    "points",
    "polygon",
    "segmentation",
    "utf8_string",
    "text",
    "attributes",
    "legibility",
    "iscrowd",
)
ANNOTATIONS = st.fixed_dictionaries(
    {"image_id": st.just(1) | JSON}, optional={key: JSON | st.lists(st.floats(), max_size=9) for key in KEYS}
)
IMAGES = st.fixed_dictionaries(
    {"id": st.just(1) | JSON, "file_name": st.just(TRAIN) | JSON}, optional={"set": JSON, "width": JSON, "height": JSON}
)


def listed(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values | JSON, max_size=3) | st.dictionaries(
        st.just("1") | st.text(max_size=2), values | JSON, max_size=3
    )


FILES = st.fixed_dictionaries({"imgs": listed(IMAGES), "anns": listed(ANNOTATIONS)}) | st.fixed_dictionaries(
    {"images": listed(IMAGES), "annotations": listed(ANNOTATIONS)}
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=FILES | JSON)
def test_nothing_raises(source: Path, content: Any) -> None:
    write(source, content)
    for item in read(source):
        assert isinstance(item, Sample | Problem | Notice)
