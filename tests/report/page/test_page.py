"""The pages: they stand alone, hold what the stages found, and survive whatever a label or a file says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrflow.config import RunConfig
from ocrflow.data.boxes import Box
from ocrflow.errors import DataError
from ocrflow.files import write_json
from ocrflow.report.page import page
from ocrflow.report.page.page import PAGE, write_page
from ocrflow.tasks.ocr.matching import OcrCounts, ReadBox, compare, counts_of
from ocrflow.tasks.text_recognition.tables import tables_of

HOSTILE = [
    "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "</style><link href=http://example.org>",
    "{{ 7 * 7 }}{% raw %}",
    "abc\u202edef\u0000",
    "مرحبا بالعالم",
    "川A·12345",
    "e\u0301" * 300,
]
SQUARE = ((20.0, 20.0), (120.0, 20.0), (120.0, 50.0), (20.0, 50.0))

ConfigOf = Callable[..., RunConfig]
Leave = Callable[..., None]
PageOf = Callable[[str], Any]


def reading(number: int, label: str, text: str, score: float = 0.9) -> dict[str, Any]:
    return {"image": f"images/{number}.jpg", "label": label, "text": text, "score": score, "correct": label == text}


def shown(config: RunConfig, page_of: PageOf) -> Any:
    path = Path(config.Global.output) / PAGE
    written = write_page(path, config)
    parsed = page_of(path.read_text(encoding="utf-8"))
    parsed.assert_alone()
    assert (written.bytes, written.images) == (path.stat().st_size, len(parsed.pictures))
    return parsed


def test_recognition(config_of: ConfigOf, leave: Leave, page_of: PageOf, folder: Path) -> None:
    lines = [reading(0, "AB12", "A812"), reading(1, "AB12", "AB12"), reading(2, "CD 3", "CD3", 0.7)]
    metrics = {"acc": 0.5, "cer": 0.25}
    leave("train", {"baseline": {"acc": 0.1}, "best": {"epoch": 2, "acc": 0.5}, "weights": {}, "seconds": 61.0})
    leave("evaluate", {"metrics": metrics, "acc_interval": [0.2, 0.8], "model_sha256": "e" * 64}, lines)
    leave("export", {"parity": {"rows": 3, "text_mismatches": 0}, "model_sha256": "f" * 64})
    tables = tables_of((line["label"], line["text"], line["score"]) for line in lines)
    write_json(folder / "out/evaluate/tables.json", tables.plain)
    records = [{"epoch": 0, "acc": 0.1}, {"epoch": 1, "loss": 3.5, "acc": 0.4, "learning_rate": 0.001}]
    (folder / "out/train").mkdir()
    (folder / "out/train/metrics.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n{broken")
    (folder / "set/val.txt").write_text("images/0.jpg\tAB12\nimages/1.jpg\tAB12\n")
    parsed = shown(config_of(), page_of)
    for text in ("50.0 % right (acc), 95 %: 20.0 % to 80.0 %", "10.0 % before training", "2 of 3 rows wrong"):
        assert text in parsed.text
    assert "compared on 3 rows: 0 text mismatches" in parsed.text
    assert "evaluate scored another model (eeeeeeeeeeee) than export wrote (ffffffffffff)" in parsed.text
    assert "B read as 8 1×" in parsed.text and "␣ left out 1×" in parsed.text
    assert "A 8 12" in parsed.text, "the reading with its wrong character marked"
    assert len(parsed.of("svg", "curves")) == 3 and len(parsed.of("article", "row")) == 2
    assert parsed.text.index("A 8 12") < parsed.text.index("Where it is right")


@pytest.mark.parametrize("model", ["PP-OCRv6_tiny_rec", "PP-OCRv6_tiny_det"])
def test_hostile_texts_are_only_text(
    config_of: ConfigOf, leave: Leave, page_of: PageOf, folder: Path, model: str
) -> None:
    if model.endswith("rec"):
        lines = [reading(place, text, "x", float("nan")) for place, text in enumerate(HOSTILE)]
    else:
        labelled = [[Box(text, SQUARE)] for text in HOSTILE]
        lines = [compare(f"images/{place}.jpg", boxes, []) for place, boxes in enumerate(labelled)]
    leave("evaluate", {"metrics": {HOSTILE[0]: 0.5}, "made_of": {"dvc_hash": HOSTILE[1]}}, lines)
    write_json(folder / "out/train_result.json", {"done_flag": False, "err_msg": HOSTILE[2]})
    (folder / "out/config.yaml").write_text("\n".join(HOSTILE[:4]))
    (folder / "set/val.txt").write_text("".join(f"images/0.jpg\t{text}\n" for text in HOSTILE[:4]))
    parsed = shown(config_of(model), page_of)
    for text in HOSTILE[:4]:
        assert text in parsed.text
    assert "\u202e" not in parsed.html and "\u0000" not in parsed.html
    if model.endswith("rec"):
        assert "abc⟨U+202E⟩def␀" in parsed.text.replace(" ", "") and "…" in parsed.text


def test_the_pipeline(config_of: ConfigOf, leave: Leave, page_of: PageOf) -> None:
    far = tuple((x, y + 45) for x, y in SQUARE)
    lines = [
        compare("images/0.jpg", [Box("AB12", SQUARE)], [ReadBox(SQUARE, "A812", 0.9)]),
        compare("images/1.jpg", [Box("AB12", SQUARE)], [ReadBox(SQUARE, "AB12", 0.9)]),
        compare("images/2.jpg", [Box("GONE", SQUARE), Box("###", far)], [ReadBox(far, "?", 0.2)]),
        compare("images/gone.jpg", [], [ReadBox(SQUARE, "<b>", 0.9)]),
    ]
    metrics = sum(map(counts_of, lines), OcrCounts()).metrics
    models = {"det_model": {"name": "PP-OCRv6_tiny_det"}, "rec_model": {"name": "PP-OCRv6_tiny_rec"}}
    leave("ocr", {"metrics": metrics, **models}, lines)
    parsed = shown(config_of(Ocr={"det_model": "d", "rec_model": "r"}), page_of)
    assert "33.3 % F1, end to end 1 of 3 texts found and read right 1 misread 1 missed 1 false" in parsed.text
    kinds = ("right", "misread", "missed", "left-out")
    assert [len(parsed.of("polygon", kind)) - 1 for kind in kinds] == [1, 1, 1, 2], "beside those of the legend"
    assert "no picture: unreadable" in parsed.text and "false read <b>" in parsed.text
    assert "truth A B 12 read A 8 12" in parsed.text and "recogniser PP-OCRv6_tiny_rec" in parsed.text


@pytest.mark.parametrize("model", ["PP-OCRv6_tiny_rec", "PP-OCRv6_tiny_det"])
def test_missing_parts_say_so(config_of: ConfigOf, leave: Leave, page_of: PageOf, folder: Path, model: str) -> None:
    leave("check_dataset", {"faults": {"image_tiny": 3}})
    parsed = shown(config_of(model), page_of)
    assert "not scored: not run yet" in parsed.text and "3 × image_tiny" in parsed.text
    assert parsed.text.count("not run yet: ocrflow evaluate") == 3 and parsed.pictures == []
    (folder / "out/evaluate").mkdir()
    (folder / "out/evaluate/predictions.jsonl").write_text('[1]\n{"image": 5}\n\nnonsense\n' + "[" * 5000)
    (folder / "out/evaluate/tables.json").write_text('{"lengths": [{}], "calibration": {"rows": 5}, "tilts": [3]}')
    (folder / "out/evaluate_result.json").write_text("[1, 2]")
    (folder / "out/export_result.json").write_text('{"done_flag": true, "parity": {"rows": 3}, "model_sha256": 5}')
    assert "not scored: damaged" in shown(config_of(model), page_of).text


def test_the_page_stays_small(
    config_of: ConfigOf, leave: Leave, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave("evaluate", {"metrics": {"acc": 0.0}}, [reading(number % 8, "AB", "xy") for number in range(100)])
    whole = shown(config_of(), page_of)
    assert "48 of 100 wrong rows" in whole.text
    monkeypatch.setattr(page, "MOST_BYTES", len(whole.html.encode()) // 2)
    monkeypatch.setattr(page, "ALBUM_BYTES", (7_000_000, 30_000, 0))
    smaller = shown(config_of(), page_of)
    assert 0 < len(smaller.pictures) < len(whole.pictures)
    assert "no picture: unreadable, or the page is full" in smaller.text
    monkeypatch.setattr(page, "MOST_BYTES", 1000)
    with pytest.raises(DataError, match="bytes without any picture, expected less than 1,000"):
        shown(config_of(), page_of)
