from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ocrflow.data.boxes import read_boxes
from ocrflow.data.dictionary import read_dictionary
from ocrflow.data.importers.sample import Annotation, Item, Notice, Problem, Sample
from ocrflow.data.importers.writer import Options, Report, write_dataset
from ocrflow.data.labels import read_rows
from ocrflow.errors import UsageError

OPTIONS = Options(cut=False, val_percent=30, seed=0, skip_faulty=False)
BOX = ((2.0, 3.0), (42.0, 3.0), (42.0, 15.0), (2.0, 15.0))


@pytest.fixture
def samples(tmp_path: Path, paint: Callable[..., Path]) -> list[Sample]:
    """Twenty pictures with two regions each."""
    found = []
    for number in range(20):
        image = paint(tmp_path / "source" / f"{number}.png", seed=number)
        regions = (Annotation(f"{number} é", BOX), Annotation("###", BOX))
        found.append(Sample(f"{number}.png", image, regions, None, None, f"list:{number}"))
    return found


def written(folder: Path, items: list[Item], options: Options = OPTIONS) -> Report:
    return write_dataset(iter(items), folder, options)


def test_detection(samples: list[Sample], tmp_path: Path) -> None:
    report = written(tmp_path / "new", list(samples))
    rows = {split: read_rows(tmp_path / "new" / f"{split}.txt") for split in ("train", "val")}
    assert {row.image for split in rows.values() for row in split} == {f"images/{n}.png" for n in range(20)}
    assert (report.counts["train"], report.counts["val"]) == (len(rows["train"]), len(rows["val"]))
    assert [box.text for box in read_boxes(rows["train"][0], tmp_path)][1:] == ["###"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["images", "train.txt", "val.txt"]
    assert len(list((tmp_path / "new" / "images").iterdir())) == 20


def test_crops_keep_the_split_of_their_picture(samples: list[Sample], tmp_path: Path) -> None:
    written(tmp_path / "det", list(samples))
    report = written(tmp_path / "rec", list(samples), replace(OPTIONS, cut=True))
    for split in ("train", "val"):
        pictures = [Path(row.image).stem for row in read_rows(tmp_path / "det" / f"{split}.txt")]
        crops = [Path(row.image).stem for row in read_rows(tmp_path / "rec" / f"{split}.txt")]
        assert crops == [f"{stem}_0001" for stem in pictures]
    assert report.recognition
    assert read_dictionary(tmp_path / "rec" / "dict.txt") == sorted("0123456789é")


def test_recognition(samples: list[Sample], tmp_path: Path) -> None:
    words: list[Item] = [replace(item, annotations=None, text="京 b\u0301a") for item in samples]
    report = written(tmp_path / "new", words)
    assert {row.text for row in read_rows(tmp_path / "new" / "train.txt")} == {"京 b\u0301a"}
    assert (tmp_path / "new" / "dict.txt").read_text(encoding="utf-8") == "a\nb\n\u0301\n京\n"
    assert report.recognition


def test_the_same_whatever_the_number_of_processes(
    samples: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items: list[Item] = [*samples, Problem("p", "q")]
    written(tmp_path / "one", items, replace(OPTIONS, skip_faulty=True))
    monkeypatch.setattr("ocrflow.data.workers.POOL_FROM", 2)
    written(tmp_path / "many", items, replace(OPTIONS, skip_faulty=True))
    for file in sorted((tmp_path / "one").rglob("*")):
        if file.is_file():
            assert (tmp_path / "many" / file.relative_to(tmp_path / "one")).read_bytes() == file.read_bytes()


def test_faulty_samples_are_listed(samples: list[Sample], tmp_path: Path) -> None:
    items: list[Item] = [Problem("a:1", "é \udc80"), *samples, replace(samples[3], text="x", annotations=())]
    report = written(tmp_path / "new", items, replace(OPTIONS, skip_faulty=True))
    lines = (tmp_path / "new" / "import_skipped.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["origin"] for line in lines] == ["a:1", "list:3"]
    assert report.counts["problems"] == 2
    assert report.counts["train"] + report.counts["val"] == 20


def test_after_a_problem_the_others_are_found_but_no_picture_is_written(samples: list[Sample], tmp_path: Path) -> None:
    (tmp_path / "source" / "19.png").write_bytes(b"broken")
    report = written(tmp_path / "new", [Problem("a:1", "bad"), *samples])
    assert [problem.origin for problem in report.problems] == ["a:1", "list:19"]
    assert not list((tmp_path / "new" / "images").iterdir())


def test_notices_are_counted_by_message(samples: list[Sample], tmp_path: Path) -> None:
    notices: list[Item] = [Notice("a", "no plate"), Notice("b", "no plate"), Notice("c", "not checked")]
    report = written(tmp_path / "new", [*notices, *samples])
    assert report.notices == {"no plate": (2, "a"), "not checked": (1, "c")}


def test_a_million_problems_are_counted_and_few_kept(tmp_path: Path) -> None:
    report = write_dataset((Problem("a", "b") for _ in range(3000)), tmp_path / "new", OPTIONS)
    assert (report.counts["problems"], len(report.problems)) == (3000, 20)


def test_two_kinds_in_one_dataset_are_refused(samples: list[Sample], tmp_path: Path) -> None:
    word = replace(samples[1], annotations=None, text="a")
    with pytest.raises(UsageError, match=r"list:0 has regions .* list:1 has the text of a whole picture"):
        written(tmp_path / "new", [samples[0], word])
    with pytest.raises(UsageError, match=r"list:0 has the text .* list:1 has regions"):
        written(tmp_path / "new2", [replace(word, origin="list:0"), replace(samples[2], origin="list:1")])


def test_crops_of_crops_are_refused(samples: list[Sample], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--crop"):
        written(tmp_path / "new", [replace(samples[1], annotations=None, text="a")], replace(OPTIONS, cut=True))


def test_items_are_streamed(samples: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocrflow.data.workers.POOL_FROM", 2)
    started = []

    def items() -> Iterator[Item]:
        for number, sample in enumerate(samples):
            started.append(len(list((tmp_path / "new" / "images").iterdir())))
            yield replace(sample, name=f"x{number}.png")

    write_dataset(items(), tmp_path / "new", OPTIONS)
    assert started[0] == 0
    assert len(started) == 20
