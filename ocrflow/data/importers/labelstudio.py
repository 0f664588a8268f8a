"""Label Studio's exports: JSON, JSON-MIN, and the one JSON file a task of its cloud storages.

Format: labelstud.io/guide/task_format and /guide/export. A region is all results with one id; its text is the
`textarea` among them, else `meta.text`. Coordinates are percentages of the picture as the browser shows it, which is as
EXIF turns it; `rotation` turns a rectangle clockwise about its top left corner, in pixels; `image_rotation` only turns
the view. Of several annotations of a task the ground truth counts, else the one that was updated last; cancelled ones,
drafts and predictions never do. A task whose project has no region at all but one text each is a picture with its text.

A task names its picture by a URL. The picture is looked for by its file name in the folder of the export and below it,
also without the eight hex digits and the dash that an upload puts in front.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ocrflow.data.importers.content import BadContent, brief, read_json
from ocrflow.data.importers.drawn_size import look_at
from ocrflow.data.importers.labelstudio_min import regions_of_row, text_of_row
from ocrflow.data.importers.labelstudio_region import Region, annotation_of, one_text, regions_of_result, text_of_result
from ocrflow.data.importers.labelstudio_task import Task, tasks_of
from ocrflow.data.importers.labelstudio_urls import find_picture
from ocrflow.data.importers.name_index import FolderImages, label_files
from ocrflow.data.importers.sample import Annotation, Item, Notice, Problem, Sample

UNLABELLED = "a task without a submitted annotation"


def read(source: Path) -> Iterator[Item]:
    """The samples of an export file, or of all .json files below a folder, in order of their names."""
    images = FolderImages(source)
    files = label_files(source, ".json")
    if not files:
        yield Problem(str(source), "no .json file in the folder: export the project as JSON into it")
    for path in files:
        try:
            yield from _read_file(path, images)
        except BadContent as error:
            yield Problem(str(path), str(error))


def _read_file(path: Path, images: FolderImages) -> Iterator[Item]:
    tasks = []
    for item in tasks_of(read_json(path), path):
        if isinstance(item, Problem):
            yield item
        else:
            tasks.append(item)
    only_texts = not any(task.has_regions for task in tasks)
    for task in tasks:
        try:
            yield from _read_task(task, path, images, only_texts)
        except BadContent as error:
            yield Problem(task.origin, str(error))


def _read_task(task: Task, path: Path, images: FolderImages, only_texts: bool) -> Iterator[Item]:
    if task.result is None and task.row is None:
        yield Notice(task.origin, UNLABELLED)
        return
    text = _whole_text(task) if only_texts else None
    if text is not None:
        picture = find_picture(task.data, 0, images, path)
        yield Sample(images.name_of(picture), picture, None, text, None, task.origin)
        return
    pages: dict[int, list[Region]] = {}
    regions = regions_of_result(task.result) if task.result is not None else regions_of_row(task.row or {})
    for region in regions:
        pages.setdefault(region.page, []).append(region)
    for page in sorted(pages) or [0]:
        yield from _read_page(task, page, pages.get(page, []), path, images)


def _whole_text(task: Task) -> str | None:
    if task.row is None:
        return text_of_result(task.result or ())
    found = text_of_row(task.row)
    return one_text({"text": [found]}) or None


def _read_page(task: Task, page: int, regions: list[Region], path: Path, images: FolderImages) -> Iterator[Item]:
    picture = find_picture(task.data, page, images, path)
    look = look_at(picture)
    annotations: list[Annotation] = []
    problems: list[Item] = []
    for region in regions:
        try:
            annotations.append(annotation_of(region, look))
        except BadContent as error:
            problems.append(Problem(f"{task.origin}, region {brief(region.key)}", str(error)))
    yield from problems or [
        Sample(images.name_of(picture), picture, tuple(annotations), None, None, task.origin),
    ]
