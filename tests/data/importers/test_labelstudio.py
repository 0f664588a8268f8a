"""Label Studio's exports JSON and JSON-MIN, in the form that version 1.x writes for its OCR template."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrflow.data.importers.labelstudio import UNLABELLED, read
from ocrflow.data.importers.sample import Annotation, Notice, Problem, Sample

Paint = Callable[..., Path]
NAME = "3f2a8c1d-a.png"
BOX = {"x": 10.0, "y": 25.0, "width": 50.0, "height": 40.0, "rotation": 0}
CORNERS = ((6.0, 10.0), (36.0, 10.0), (36.0, 26.0), (6.0, 26.0))


def result(kind: str, field: str, value: dict[str, Any], region: str = "r1", **more: Any) -> dict[str, Any]:
    fixed = {"original_width": 60, "original_height": 40, "image_rotation": 0, "value": value, "id": region}
    return {**fixed, "from_name": field, "to_name": "image", "type": kind, "origin": "manual", **more}


def region(text: Any, value: dict[str, Any] = BOX, key: str = "r1", label: str = "Text") -> list[dict[str, Any]]:
    """A region of the OCR template: the shape, its label, its text, each with the place."""
    kind, field = ("polygon", "poly") if "points" in value else ("rectangle", "bbox")
    results = [result(kind, field, value, key), result("labels", "label", {**value, "labels": [label]}, key)]
    texts = text if isinstance(text, list) else [text]
    return results if text is None else [*results, result("textarea", "transcription", {**value, "text": texts}, key)]


def annotation(results: list[Any], **more: Any) -> dict[str, Any]:
    dates = {"created_at": "2026-01-30T02:40:43.893565Z", "updated_at": "2026-01-30T02:40:43.893578Z"}
    return {
        "id": 22,
        "completed_by": 1,
        "result": results,
        "was_cancelled": False,
        "ground_truth": False,
        **dates,
        **more,
    }


def task(*annotations: dict[str, Any], url: str = f"/data/upload/1/{NAME}", number: int = 87) -> dict[str, Any]:
    counts = {"total_annotations": len(annotations), "total_predictions": 0}
    rest = {"file_upload": NAME, "drafts": [], "predictions": [], "data": {"ocr": url}, "meta": {}, **counts}
    return {"id": number, "annotations": list(annotations), **rest}


def write(folder: Path, content: Any) -> Path:
    path = folder / "project-1-at-2026-01-30-02-41-aaaaaaaa.json"
    path.write_text(json.dumps(content, ensure_ascii=False))
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
    paint(tmp_path / "images" / NAME)
    return tmp_path


def test_a_region_of_the_ocr_template(source: Path) -> None:
    path = write(source, [task(annotation(region("粤B12345")))])
    annotations = (Annotation("粤B12345", CORNERS),)
    name = f"images/{NAME}"
    assert list(read(source)) == [Sample(name, source / name, annotations, None, None, f"{path}#task 87")]
    assert list(read(path)) == list(read(source))


def test_a_region_of_rectangle_labels_with_its_text_first(source: Path) -> None:
    """The order in the tests of label-studio-ml-backend's easyocr example."""
    labels = result("rectanglelabels", "bbox", {**BOX, "rectanglelabels": ["Label1"]})
    write(source, [task(annotation([result("textarea", "transcription", {**BOX, "text": ["a"]}), labels]))])
    assert only(source).annotations == (Annotation("a", CORNERS),)


@pytest.mark.parametrize("rotation", [0, 30, 90, 200, 328.33240366032836, -30])
def test_a_rotated_rectangle_turns_clockwise_about_its_top_left_corner(source: Path, rotation: float) -> None:
    write(source, [task(annotation(region("a", {**BOX, "rotation": rotation})))])
    (found,) = only(source).annotations or ()
    angle = math.radians(rotation)
    right, down = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    middle = np.array([6, 10]) + 15 * right + 8 * down
    by_opencv = cv2.boxPoints((tuple(map(float, middle)), (30.0, 16.0), rotation))
    assert found.points[0] == pytest.approx((6, 10))
    np.testing.assert_allclose(found.points, np.roll(by_opencv, -1, axis=0), atol=1e-4)


def test_a_rotation_by_90_degrees_is_the_box_that_label_studio_users_report(source: Path) -> None:
    """label-studio issue 2293: 200, 100, 300 x 100 pixels turned by 90 degrees covers 100..200, 100..400."""
    big = {"original_width": 1000, "original_height": 500}
    value = {"x": 20.0, "y": 20.0, "width": 30.0, "height": 20.0, "rotation": 90}
    cv2.imwrite(str(source / "images" / NAME), np.zeros((500, 1000, 3), np.uint8))
    write(source, [task(annotation([result("rectangle", "bbox", value, **big)]))])
    (found,) = only(source).annotations or ()
    np.testing.assert_allclose(found.points, [(200, 100), (200, 400), (100, 400), (100, 100)], atol=1e-9)


def test_a_polygon_in_percent(source: Path) -> None:
    value = {"points": [[10, 25], [60, 30], [60, 65], [35, 70], [10, 65]], "closed": True}
    write(source, [task(annotation(region("a", value)))])
    points = ((6, 10), (36, 12), (36, 26), (21, 28), (6, 26))
    assert only(source).annotations == (Annotation("a", points),)


def test_a_box_without_a_text_has_none_and_ignored_classes_are_ignored(source: Path) -> None:
    write(source, [task(annotation([*region(None), *region("x", key="r2", label="Illegible")]))])
    assert [item.text for item in only(source).annotations or ()] == ["", "###"]


def test_a_note_on_the_region_stands_in_for_a_missing_text(source: Path) -> None:
    noted = result("rectanglelabels", "label", {**BOX, "rectanglelabels": ["Text"]}, meta={"text": ["abc"]})
    write(source, [task(annotation([noted]))])
    assert [item.text for item in only(source).annotations or ()] == ["abc"]


def test_the_field_named_like_a_transcription_is_the_text(source: Path) -> None:
    note = result("textarea", "comment", {**BOX, "text": ["dirty"]})
    write(source, [task(annotation([note, *region("abc")]))])
    assert [item.text for item in only(source).annotations or ()] == ["abc"]


def test_several_texts_of_a_region_are_a_problem(source: Path) -> None:
    path = write(source, [task(annotation(region(["a", "b"])))])
    assert problem(source) == Problem(f"{path}#task 87, region 'r1'", "2 texts, expected one: ['a', 'b']")


@pytest.mark.parametrize("kind", ["brushlabels", "brush", "ellipselabels", "keypointlabels", "bitmask"])
def test_other_shapes_are_a_problem_of_their_picture(source: Path, kind: str) -> None:
    value = (
        {"format": "rle", "rle": [0, 1], kind: ["Text"]} if kind.startswith("brush") else {"x": 1, "y": 2, "width": 1}
    )
    write(source, [task(annotation([*region("ok"), result(kind, "other", value, "r2")]))])
    assert "encloses no text" in problem(source).message


@pytest.mark.parametrize("number", [float("nan"), None, "x", 10**400])
def test_a_place_that_is_no_number_is_a_problem(source: Path, number: Any) -> None:
    write(source, [task(annotation(region("a", {**BOX, "width": number})))])
    assert "expected finite numbers" in problem(source).message


def test_results_for_the_whole_picture_and_relations_are_no_regions(source: Path) -> None:
    choice = {"value": {"choices": ["blurred"]}, "id": "c", "from_name": "q", "to_name": "image", "type": "choices"}
    relation = {"from_id": "r1", "to_id": "r1", "type": "relation", "direction": "right"}
    per_region = result("choices", "language", {**BOX, "choices": ["en"]})
    write(source, [task(annotation([choice, relation, per_region, *region("a")]))])
    assert only(source).annotations == (Annotation("a", CORNERS),)


def test_of_several_annotations_the_last_updated_counts(source: Path) -> None:
    old, new = annotation(region("old")), annotation(region("new"), updated_at="2026-02-01T00:00:00Z")
    write(source, [task(new, old)])
    assert [item.text for item in only(source).annotations or ()] == ["new"]


def test_the_ground_truth_beats_a_later_annotation_and_cancelled_ones_never_count(source: Path) -> None:
    truth, later = annotation(region("truth"), ground_truth=True), annotation(region("new"), updated_at="2027")
    cancelled = annotation(region("gone"), was_cancelled=True, ground_truth=True, updated_at="2028")
    write(source, [task(later, truth, cancelled)])
    assert [item.text for item in only(source).annotations or ()] == ["truth"]


def test_tasks_without_a_submitted_annotation_are_left_out_and_told(source: Path) -> None:
    predicted = {**task(), "predictions": [{"result": region("guess")}], "drafts": [{"result": region("draft")}]}
    write(
        source, [task(annotation(region("a"), was_cancelled=True), number=1), predicted, task(annotation([]), number=3)]
    )
    first, second, third = read(source)
    assert isinstance(first, Notice)
    assert isinstance(second, Notice)
    assert (first.message, second.message) == (UNLABELLED, UNLABELLED)
    assert isinstance(third, Sample)
    assert third.annotations == ()


@pytest.mark.parametrize(
    "url",
    [
        f"/data/upload/1/{NAME}",
        f"http://localhost:8080/data/upload/1/{NAME}",
        f"/data/local-files/?d=some%20where/images/{NAME}",
        f"/data/local-files/?d=some\\images\\{NAME}",
        f"s3://bucket/folder/{NAME}",
        f"https://bucket.s3.amazonaws.com/{NAME}?X-Amz-Expires=3600&X-Amz-Signature=abc",
        "/tasks/7/resolve/?fileuri=" + base64.urlsafe_b64encode(f"s3://bucket/{NAME}".encode()).decode().rstrip("="),
        NAME,
    ],
)
def test_the_picture_is_found_by_the_file_name_in_its_url(source: Path, url: str) -> None:
    write(source, [task(annotation(region("a")), url=url)])
    assert only(source).image == source / "images" / NAME


def test_the_picture_may_have_its_name_from_before_the_upload(source: Path) -> None:
    (source / "images" / NAME).rename(source / "images" / "a.png")
    write(source, [task(annotation(region("a")))])
    assert only(source).name == "images/a.png"


@pytest.mark.parametrize(
    "url", ["s3://bucket/other.png", "../x/other.png", "http://[bad", "\0", "data:image/png;base64,AA"]
)
def test_a_picture_that_is_not_there_is_a_problem_that_says_how_to_get_it(source: Path, url: str) -> None:
    write(source, [task(annotation(region("a")), url=url)])
    assert "export with images" in problem(source).message or "no field" in problem(source).message


def test_other_fields_of_the_data_do_not_hide_the_picture(source: Path) -> None:
    content = task(annotation(region("a")))
    content["data"] = {"source": "http://host/page.html", "note": "x", "scan": f"s3://b/{NAME}"}
    write(source, [content])
    assert only(source).image == source / "images" / NAME


def test_each_page_of_a_task_with_several_pictures_is_a_sample(source: Path, paint: Paint) -> None:
    paint(source / "images" / "p2.png", 1)
    second = [dict(one, item_index=1) for one in region("two", key="r2")]
    content = task(annotation([*region("one"), *second]))
    content["data"] = {"pages": [f"s3://b/{NAME}", "s3://b/p2.png"]}
    write(source, [content])
    names = [(item.name, item.annotations) for item in read(source) if isinstance(item, Sample)]
    assert names == [
        (f"images/{NAME}", (Annotation("one", CORNERS),)),
        ("images/p2.png", (Annotation("two", CORNERS),)),
    ]


def test_labels_drawn_on_the_full_picture_fit_a_smaller_copy(source: Path, paint: Paint) -> None:
    paint(source / "images" / NAME, width=30, height=20)
    write(source, [task(annotation(region("a")))])
    assert (only(source).annotations or ())[0].points == ((3, 5), (18, 5), (18, 13), (3, 13))
    paint(source / "images" / NAME, width=40, height=40)
    assert "drawn on an image of 60 x 40" in problem(source).message


def test_labels_are_in_the_picture_as_exif_turns_it_as_browsers_show_it(source: Path, paint: Paint) -> None:
    paint(source / "images" / NAME, width=40, height=60, orientation=6)
    write(source, [task(annotation(region("a")))])
    assert (only(source).annotations or ())[0].points == CORNERS


def test_results_without_a_size_are_taken_of_the_picture(source: Path) -> None:
    bare = [{key: item[key] for key in ("id", "type", "value", "from_name")} for item in region("a")]
    write(source, [task(annotation(bare))])
    assert only(source).annotations == (Annotation("a", CORNERS),)


def test_a_project_of_texts_for_whole_pictures_is_text_recognition(source: Path) -> None:
    whole = {"value": {"text": ["ABC"]}, "id": "w", "from_name": "t", "to_name": "image", "type": "textarea"}
    path = write(source, [task(annotation([whole]))])
    name = f"images/{NAME}"
    assert list(read(source)) == [Sample(name, source / name, None, "ABC", None, f"{path}#task 87")]


def test_a_text_for_the_whole_picture_beside_regions_is_a_remark(source: Path) -> None:
    whole = {"value": {"text": ["a remark"]}, "id": "w", "from_name": "t", "to_name": "image", "type": "textarea"}
    write(source, [task(annotation([whole, *region("a")])), task(annotation([whole]), number=88)])
    first, second = read(source)
    assert isinstance(first, Sample)
    assert isinstance(second, Sample)
    assert (first.annotations, second.annotations) == ((Annotation("a", CORNERS),), ())


def test_the_file_that_a_target_storage_gets_for_a_task(source: Path) -> None:
    content = {**annotation(region("a")), "task": {"id": 5, "data": {"ocr": f"s3://b/{NAME}"}}}
    path = write(source, content)
    sample = only(source)
    assert (sample.annotations, sample.origin) == ((Annotation("a", CORNERS),), f"{path}#task 5")


def minimal(fields: dict[str, Any], number: int = 87, updated_at: str = "2026-01-30T02:40:43Z") -> dict[str, Any]:
    """A row of JSON-MIN: the task's data, its id, the fields of the annotation, and who made it."""
    end = {"annotator": 1, "annotation_id": 22, "created_at": "2026-01-30T02:40:43Z", "updated_at": updated_at}
    return {"ocr": f"/data/upload/1/{NAME}", "id": number, **fields, **end, "lead_time": 8.65}


SIZE = {"original_width": 60, "original_height": 40}
OTHER = {**BOX, "x": 20.0}
LABELS = {"labels": ["Text"], **SIZE}


def test_a_row_of_json_min(source: Path) -> None:
    labels = [{**BOX, **LABELS}, {**OTHER, **LABELS, "labels": ["ignore"]}]
    row = minimal({"bbox": [{**BOX, **SIZE}, {**OTHER, **SIZE}], "label": labels, "transcription": ["a", "b"]})
    path = write(source, [row])
    moved = tuple((x + 6, y) for x, y in CORNERS)
    annotations = (Annotation("a", CORNERS), Annotation("###", moved))
    name = f"images/{NAME}"
    assert list(read(source)) == [Sample(name, source / name, annotations, None, None, f"{path}#task 87")]


@pytest.mark.parametrize("text", ["a", ["a"], [{**BOX, "text": ["a"]}]])
def test_an_only_text_of_json_min_stands_without_a_list(source: Path, text: Any) -> None:
    write(source, [minimal({"label": [{**BOX, **SIZE, "rectanglelabels": ["Text"]}], "transcription": text})])
    assert only(source).annotations == (Annotation("a", CORNERS),)


def test_shapes_of_several_fields_of_json_min_are_ordered_by_their_labels(source: Path) -> None:
    polygon = {"points": [[10, 25], [60, 30], [60, 65], [35, 70], [10, 65]], "closed": True}
    fields = {"bbox": [{**BOX, **SIZE}], "poly": [{**polygon, **SIZE}], "transcription": ["p", "b"]}
    write(source, [minimal({**fields, "label": [{**polygon, **LABELS}, {**BOX, **LABELS}]})])
    texts = {item.text: len(item.points) for item in only(source).annotations or ()}
    assert texts == {"p": 5, "b": 4}
    write(source, [minimal(fields)])
    assert "no common order" in problem(source).message


def test_fewer_texts_than_boxes_in_json_min_are_a_problem_not_a_guess(source: Path) -> None:
    write(source, [minimal({"bbox": [{**BOX, **SIZE}, {**OTHER, **SIZE}], "transcription": "a"})])
    assert problem(source).message.startswith("1 texts for 2 boxes, so whose they are is unknown: export as JSON")


def test_the_last_updated_row_of_a_task_in_json_min_counts(source: Path) -> None:
    rows = [
        minimal({"bbox": [{**BOX, **SIZE}], "transcription": text}, updated_at=when)
        for text, when in (("a", "2026-01"), ("b", "2026-03"), ("c", "2026-02"))
    ]
    write(source, rows)
    assert [item.text for item in only(source).annotations or ()] == ["b"]


def test_texts_of_whole_pictures_in_json_min(source: Path) -> None:
    write(source, [minimal({"plate": "ABC"})])
    sample = only(source)
    assert (sample.text, sample.annotations) == ("ABC", None)


@pytest.mark.parametrize(
    "content",
    [3, "x", {}, [3], [{}], [{"id": 1, "annotations": 3}], [{"id": 1, "annotations": [{"result": 1}], "data": {}}]],
)
def test_what_is_no_export_is_a_problem(source: Path, content: Any) -> None:
    write(source, content)
    assert problem(source).message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
VALUES = st.fixed_dictionaries({}, optional=dict.fromkeys((*BOX, "points", "text", "labels", "rle"), JSON))
KINDS = st.sampled_from(("rectangle", "polygon", "labels", "textarea", "brush", "rectanglelabels"))
RESULTS = st.fixed_dictionaries(
    {"type": KINDS | JSON, "value": VALUES | JSON},
    optional={"id": st.just("r") | JSON, "original_width": JSON, "item_index": JSON, "meta": JSON, "from_name": JSON},
)
ANNOTATIONS = st.fixed_dictionaries(
    {"result": st.lists(RESULTS | JSON, max_size=4) | JSON}, optional={"updated_at": JSON}
)
DATA = st.fixed_dictionaries({"ocr": st.just(NAME) | JSON})
TASKS = st.fixed_dictionaries({"data": DATA | JSON, "annotations": st.lists(ANNOTATIONS | JSON, max_size=2) | JSON})
ROWS = st.fixed_dictionaries(
    {
        "ocr": st.just(NAME),
        "id": JSON,
        "bbox": st.lists(VALUES, max_size=3) | JSON,
        "label": JSON | st.lists(VALUES),
        "transcription": JSON | st.lists(VALUES, max_size=3) | st.lists(st.text(), max_size=3),
        "annotator": JSON,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.lists(TASKS | ROWS | JSON, max_size=3) | JSON)
def test_nothing_raises(source: Path, content: Any) -> None:
    write(source, content)
    for item in read(source):
        assert isinstance(item, Sample | Problem | Notice)
