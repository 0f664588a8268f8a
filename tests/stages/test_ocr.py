"""The stage ocr with two toy models, on images whose boxes and readings are known."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from ocrflow.config import RunConfig
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.detector import Detector
from ocrflow.inference.model_dir import model_sha256
from ocrflow.inference.pipeline import OcrPipeline
from ocrflow.inference.recognizer import Recognizer
from ocrflow.stages.base import run_stage

Label = dict[str, Any]


@pytest.fixture(scope="module")
def right(exported_detector: Path, exported_model: Path, patches: list[Path]) -> list[list[Label]]:
    """What the pipeline reads in each image, as labels."""
    import cv2

    pipeline = OcrPipeline(Detector(exported_detector), Recognizer(exported_model))
    found = pipeline.predict([cv2.imread(str(path)) for path in patches])
    return [[{"transcription": box.text, "points": [list(p) for p in box.points]} for box in boxes] for boxes in found]


def write_list(path: Path, labels: list[list[Label]]) -> None:
    path.write_text("".join(f"images/{number}.png\t{json.dumps(some)}\n" for number, some in enumerate(labels)))


@pytest.fixture
def config(
    tmp_path: Path, exported_detector: Path, exported_model: Path, patches: list[Path], right: list[list[Label]]
) -> RunConfig:
    """The dataset is labelled with what is read; val.txt is the list."""
    images = tmp_path / "data" / "images"
    images.mkdir(parents=True)
    for path in patches:
        shutil.copy(path, images)
    write_list(tmp_path / "data" / "val.txt", right)
    models = {"det_model": str(exported_detector), "rec_model": str(exported_model)}
    sections = {"dataset_dir": str(tmp_path / "data"), "output": str(tmp_path / "out"), "device": "cpu"}
    return RunConfig.model_validate({"Global": sections, "Ocr": {**models, "pictures": 2}})


def changed(config: RunConfig, **ocr: Any) -> RunConfig:
    return config.model_copy(update={"Ocr": config.Ocr.model_copy(update=ocr)})


def output_of(config: RunConfig) -> Path:
    return Path(config.Global.output)


def lines_of(config: RunConfig) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output_of(config) / "ocr" / "predictions.jsonl").read_text().splitlines()]


def test_all_is_read_right(config: RunConfig, right: list[list[Label]], capsys: pytest.CaptureFixture[str]) -> None:
    assert all(label["transcription"] for some in right for label in some), "the toy recogniser reads something"
    result = run_stage("ocr", changed(config, min_f1=1.0))
    assert result["texts"] == {
        "labelled": 3,
        "found": 3,
        "matched": 3,
        "right": 3,
        "edits": 0,
        "characters": sum(len(label["transcription"]) for some in right for label in some),
    }
    assert result["metrics"] == dict.fromkeys(result["metrics"], 1.0) | {"cer": 0.0}
    assert (result["rows_labelled"], result["rows_scored"], result["wrong"]) == (3, 3, 0)
    assert result["det_model"]["sha256"] == model_sha256(Path(config.Ocr.det_model or ""))
    made_of = result["made_of"]
    assert made_of["rec_sha256"] == result["rec_model"]["sha256"] == model_sha256(Path(config.Ocr.rec_model or ""))
    assert made_of["data_version"].endswith(".dir") and len(made_of["rows_sha256"]) == 64
    assert "read 3 of 3 images" in capsys.readouterr().out


def test_the_files(config: RunConfig) -> None:
    run_stage("ocr", config)
    folder = output_of(config) / "ocr"
    names = {path.name for path in folder.iterdir()}
    assert names == {"predictions.jsonl", "worst.png", *(f"{n}_res.json" for n in "012"), "0_ocr_res_img.png"} | {
        "1_ocr_res_img.png"
    }
    lines = lines_of(config)
    assert [line["image"] for line in lines] == [f"images/{number}.png" for number in range(3)]
    assert [line["json"] for line in lines] == [f"ocr/{number}_res.json" for number in range(3)]
    assert [line.get("picture") for line in lines] == ["ocr/0_ocr_res_img.png", "ocr/1_ocr_res_img.png", None]
    saved = json.loads((folder / "1_res.json").read_text())
    assert saved["rec_texts"] == [box["text"] for box in lines[1]["boxes"]]
    assert Image.open(folder / "worst.png").width > 1200
    pipeline = yaml.safe_load((output_of(config) / "OCR.yaml").read_text())
    assert pipeline["SubModules"]["TextDetection"]["model_dir"] == config.Ocr.det_model


def test_what_is_wrong_is_counted_and_an_earlier_run_is_replaced(config: RunConfig, right: list[list[Label]]) -> None:
    run_stage("ocr", config)
    missed = {"transcription": "AB12", "points": [[5, 130], [60, 130], [60, 150], [5, 150]]}
    misread = right[1][0] | {"transcription": "?"}
    ignored = right[1][1] | {"transcription": "###"}
    write_list(Path(config.Global.dataset_dir) / "other.txt", [[], [misread, ignored, missed]])
    other = changed(config, rows=str(Path(config.Global.dataset_dir) / "other.txt"), pictures=0)
    result = run_stage("ocr", other)
    texts = result["texts"]
    assert (texts["labelled"], texts["found"], texts["matched"], texts["right"]) == (2, 2, 1, 0)
    assert result["metrics"]["box_recall"] == result["metrics"]["box_precision"] == 0.5
    assert result["metrics"]["f1"] == 0 and result["wrong"] == 2
    assert [(line["missed"], line["false"], line["misread"]) for line in lines_of(other)] == [(0, 1, 0), (1, 0, 1)]
    assert result["worst"] == ["images/1.png", "images/0.png"]
    names = {path.name for path in (output_of(config) / "ocr").iterdir()}
    assert names == {"predictions.jsonl", "worst.png", "0_res.json", "1_res.json"}
    assert not list(output_of(config).glob(".*"))


def test_the_gate(config: RunConfig, right: list[list[Label]]) -> None:
    write_list(
        Path(config.Global.dataset_dir) / "val.txt",
        [*right[:1], [label | {"transcription": "?"} for label in right[1]]],
    )
    with pytest.raises(DataError, match=r"the gate Ocr\.min_f1 = 0\.5 refuses the pipeline: f1 is 0\.3333"):
        run_stage("ocr", changed(config, min_f1=0.5, pictures=0))
    written = json.loads((output_of(config) / "ocr_result.json").read_text())
    assert written["done_flag"] is False and written["metrics"]["f1"] == pytest.approx(1 / 3)
    assert len(lines_of(config)) == 2, "what to look at is there"


def test_a_score_threshold_leaves_readings_out(config: RunConfig) -> None:
    assert run_stage("ocr", changed(config, score_thresh=1.0, pictures=0))["texts"]["found"] == 0
    saved = json.loads((output_of(config) / "ocr" / "1_res.json").read_text())
    assert (len(saved["dt_polys"]), saved["rec_texts"], saved["text_rec_score_thresh"]) == (2, [], 1.0)


def test_images_of_one_name_do_not_overwrite_each_other(config: RunConfig, right: list[list[Label]]) -> None:
    images = Path(config.Global.dataset_dir) / "images"
    (images / "b").mkdir()
    shutil.copy(images / "1.png", images / "b" / "0.png")
    rows = [
        f"{name}\t{json.dumps(some)}\n" for name, some in (("images/0.png", right[0]), ("images/b/0.png", right[1]))
    ]
    (images.parent / "val.txt").write_text("".join(rows))
    assert run_stage("ocr", changed(config, min_f1=1.0, pictures=1))["wrong"] == 0
    lines = lines_of(config)
    assert [line["json"] for line in lines] == ["ocr/line_1/0_res.json", "ocr/line_2/0_res.json"]
    assert all((output_of(config) / line["json"]).is_file() for line in lines)


def test_unreadable_images_are_all_named(config: RunConfig) -> None:
    images = Path(config.Global.dataset_dir) / "images"
    (images / "0.png").write_bytes(b"no image")
    (images / "2.png").unlink()
    with pytest.raises(DataError, match=r"2 of 3 images cannot be read, none was scored:(.|\n)*0\.png(.|\n)*2\.png"):
        run_stage("ocr", config)
    assert len(json.loads((output_of(config) / "ocr_result.json").read_text())["unreadable"]) == 2
    assert [path.name for path in output_of(config).glob("ocr/*")] == []


@pytest.mark.parametrize(
    ("ocr", "message"),
    [
        ({"det_model": None}, r"Ocr\.det_model is not set\n  fix: -o Ocr\.det_model=FOLDER"),
        ({"rec_model": "nowhere"}, "nowhere: no such folder"),
        ({"rows": "nowhere.txt"}, r"Ocr\.rows: nowhere\.txt: no such list of images\n  fix: ocrflow split"),
        ({"rec_model": "models:/x@y"}, "models:/x@y: no MLflow store here"),
    ],
)
def test_one_clear_error(
    config: RunConfig, ocr: dict[str, Any], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(UsageError, match=message):
        run_stage("ocr", changed(config, **ocr))


def test_a_model_of_the_other_task(config: RunConfig) -> None:
    with pytest.raises(UsageError, match="expected a text detection model, got the recognition model"):
        run_stage("ocr", changed(config, det_model=config.Ocr.rec_model))
    with pytest.raises(UsageError, match="expected a text recognition model, got the detection model"):
        run_stage("ocr", changed(config, rec_model=config.Ocr.det_model))


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda file: file.write_text("images/0.png\tplain text\n"), r"val\.txt:1: 'images/0\.png'"),
        (lambda file: write_list(file, [[], []]), "no text to read in 2 images"),
        (lambda file: file.write_text(""), "no sample"),
    ],
)
def test_labels_that_say_nothing(config: RunConfig, write: Callable[[Path], object], message: str) -> None:
    write(Path(config.Global.dataset_dir) / "val.txt")
    with pytest.raises(DataError, match=message):
        run_stage("ocr", config)
