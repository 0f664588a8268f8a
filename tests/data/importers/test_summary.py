from __future__ import annotations

from collections import Counter

from ocrflow.data.importers.sample import Problem
from ocrflow.data.importers.summary import problems_text, summary
from ocrflow.data.importers.writer import Report


def test_detection() -> None:
    counts = Counter(pictures=5, boxes=9, ignored=2, train=4, val=1, copies=1, turned=2)
    report = Report(False, counts, [], {"no plate": (3, "np/1.jpg")})
    assert summary(report, "my data").splitlines() == [
        "my data: 5 pictures; 9 boxes, 2 of them ignored; 5 samples: 4 train + 1 val",
        "  2 turned upright as their EXIF orientation says",
        "  1 copies of pictures, with the same labels: left out",
        "  3 left out: no plate (first: np/1.jpg)",
        "next: ocrflow check-dataset -c PP-OCRv6_tiny_det -o 'Global.dataset_dir=my data'",
    ]


def test_crops_with_faults() -> None:
    counts = Counter(pictures=5, boxes=9, ignored=2, blank=1, tiny=1, train=5, problems=3)
    lines = summary(Report(True, counts, characters={"a", "b"}), "new").splitlines()
    assert lines == [
        "new: 5 pictures; 9 boxes, 2 of them ignored; 5 samples: 5 train + 0 val; 2 characters in dict.txt",
        "  1 without text: not cropped",
        "  1 narrower or lower than 4 pixels: not cropped",
        "  3 faulty left out: new/import_skipped.jsonl",
        "  val.txt has no row: try another --seed or --val-percent, or divide it later (split)",
        "next: ocrflow check-dataset -c PP-OCRv6_tiny_rec -o Global.dataset_dir=new",
    ]


def test_recognition_samples() -> None:
    counts = Counter(pictures=5, train=4, val=1)
    assert summary(Report(True, counts, characters={"a"}), "new").splitlines()[0] == (
        "new: 5 samples: 4 train + 1 val; 1 character in dict.txt"
    )


def test_problems_show_how_many_more_there_are() -> None:
    report = Report(None, Counter(problems=30), [Problem(f"f:{line}", "bad") for line in range(20)])
    lines = problems_text(report).splitlines()
    assert (lines[0], lines[1], lines[-1], len(lines)) == ("30 problems:", "  f:0: bad", "  ... and 10 more", 22)
