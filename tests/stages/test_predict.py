"""The stage predict on real files, with real exported models."""

from __future__ import annotations

import functools
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.config import GlobalSection, PredictSection, RunConfig
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.load import load_pipeline
from ocrflow.inference.recognizer import Recognizer
from ocrflow.stages.base import run_stage
from ocrflow.stages.predict import model_dir_of
from ocrflow.tasks.ocr.settings import write_ocr_yaml

DETECTOR = "PP-OCRv6_tiny_det"


@pytest.fixture
def folder(tmp_path, mixed_images):
    """Five images in nested folders and a file that is none."""
    folder = tmp_path / "new"
    (folder / "deep").mkdir(parents=True)
    for index, image in enumerate(mixed_images[3:8]):
        cv2.imwrite(str(folder / ("deep" if index % 2 else ".") / f"{index}.PNG"), image)
    (folder / "notes.md").write_text("not an image")
    return folder


@pytest.fixture
def config_for(tmp_path, exported_model):
    """A function that gives the configuration for an input and keys of Predict."""

    def config(source, model="PP-OCRv6_tiny_rec", **keys):
        keys = {"model_dir": str(exported_model), **keys}
        section = PredictSection(input=None if source is None else str(source), **keys)
        return RunConfig(
            Global=GlobalSection(model=model, output=str(tmp_path / "output"), device="cpu"), Predict=section
        )

    return config


@pytest.fixture
def ocr_yaml(tmp_path, exported_detector, exported_model):
    write_ocr_yaml(tmp_path / "OCR.yaml", exported_detector, exported_model)
    return tmp_path / "OCR.yaml"


def scene(*corners):
    """Black with a bright noisy rectangle of 90 x 30 at each corner."""
    image = np.zeros((160, 320, 3), np.uint8)
    for left, top in corners:
        noise = np.random.default_rng(left).integers(190, 256, (8, 22, 3), dtype=np.uint8)
        image[top : top + 30, left : left + 90] = cv2.resize(noise, (90, 30))
    return image


def lines_of(path):
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def test_folder(folder, config_for, exported_model, mixed_images, capsys):
    result = run_stage("predict", config_for(folder))
    names = ["0.PNG", "2.PNG", "4.PNG", "deep/1.PNG", "deep/3.PNG"]
    readings = Recognizer(exported_model).predict([mixed_images[3 + int(Path(name).stem)] for name in names])
    lines = lines_of(result["predictions"])
    assert [list(line) for line in lines] == [["image", "text", "score"]] * 5
    assert [line["image"] for line in lines] == [str(folder / name) for name in names]
    assert [line["text"] for line in lines] == [reading.text for reading in readings]
    assert [line["score"] for line in lines] == pytest.approx([reading.score for reading in readings], abs=1e-5)
    assert (result["images"], result["images_read"], result["unreadable"], result["pictures"]) == (5, 5, [], None)
    assert result["model_dir"] == str(exported_model)
    printed = capsys.readouterr().out
    assert f"{folder / '2.PNG'}\t{readings[1].text}\t{readings[1].score:.4f}\n" in printed
    assert f"read 5 images, see {result['predictions']}\n" in printed


def test_unreadable_images_do_not_stop_the_others(folder, config_for, tmp_path):
    (folder / "0.PNG").write_bytes(b"broken")
    (folder / "deep" / "3.PNG").write_bytes(b"")
    with pytest.raises(DataError, match=r"2 of 5 images cannot be read(.|\n)*0\.PNG(.|\n)*3\.PNG"):
        run_stage("predict", config_for(folder))
    output = tmp_path / "output"
    lines = lines_of(output / "predict" / "predictions.jsonl")
    assert [Path(line["image"]).name for line in lines] == ["2.PNG", "4.PNG", "1.PNG"]
    failure = json.loads((output / "predict_result.json").read_text("utf-8"))
    assert (failure["done_flag"], failure["images_read"], len(failure["unreadable"])) == (False, 3, 2)


def test_many_are_counted_not_shown(tmp_path, config_for, mixed_images, capsys):
    for index in range(23):
        cv2.imwrite(str(tmp_path / f"{index:02}.png"), mixed_images[3])
    run_stage("predict", config_for(tmp_path / "*.png"))
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 21
    assert printed[-1].startswith("read 23 images, 3 of them not shown, see ")


def test_an_interrupted_run_keeps_its_lines(tmp_path, folder, config_for, monkeypatch, capsys):
    run_stage("predict", config_for(folder / "0.PNG"))
    file = tmp_path / "output" / "predict" / "predictions.jsonl"
    before = file.read_bytes()

    def ctrl_c(_, items=1, note=""):
        raise KeyboardInterrupt

    monkeypatch.setattr("ocrflow.progress._Lines.__call__", ctrl_c)
    with pytest.raises(KeyboardInterrupt):
        run_stage("predict", config_for(folder))
    part = file.with_name("predictions.part.jsonl")
    assert [Path(line["image"]).name for line in lines_of(part)] == ["0.PNG"]
    assert file.read_bytes() == before
    assert f"stopped after 1 images; their answers are in {part}" in capsys.readouterr().err
    monkeypatch.undo()
    run_stage("predict", config_for(folder))
    assert not part.exists()
    assert len(lines_of(file)) == 5


def test_pipeline_with_pictures(tmp_path, config_for, ocr_yaml, drawn_pdf, capsys):
    for name in ("a/x.png", "b/x.png", "b/X.png"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / "in" / name), scene((40, 60), (200, 20)))
    (tmp_path / "in" / "doc.pdf").write_bytes(drawn_pdf)
    result = run_stage("predict", config_for(tmp_path / "in", model_dir=None, pipeline=str(ocr_yaml)))
    lines = lines_of(result["predictions"])
    found = [answer.plain for answer in load_pipeline(ocr_yaml, device="cpu").predict(tmp_path / "in")]
    assert lines == found
    assert [(Path(line["image"]).name, line.get("page")) for line in lines] == [
        ("x.png", None),
        ("X.png", None),
        ("x.png", None),
        ("doc.pdf", 1),
    ]
    assert [list(box) for box in lines[0]["boxes"]] == [["points", "score", "text", "text_score"]] * 2
    pictures = Path(result["pictures"])
    names = sorted(path.relative_to(pictures).as_posix() for path in pictures.rglob("*.jpg"))
    assert names == ["a/x.png.jpg", "b/X.png.jpg", "b/x.png_2.jpg", "doc.pdf.page1.jpg"]
    assert Image.open(pictures / "a" / "x.png.jpg").width > 900
    assert set(result["model_sha256"]) == set(result["model_dir"]) == {"text_detection", "text_recognition"}
    assert f"{tmp_path / 'in' / 'a' / 'x.png'}\t2 texts\t" in capsys.readouterr().out


def test_pictures_of_an_earlier_run_go_away(tmp_path, folder, config_for):
    run_stage("predict", config_for(folder, pictures=True))
    run_stage("predict", config_for(folder / "0.PNG", pictures=True))
    pictures = tmp_path / "output" / "predict" / "pictures"
    assert [path.name for path in pictures.rglob("*") if path.is_file()] == ["0.PNG.jpg"]
    with pytest.raises(UsageError, match="images to read lie in it"):
        run_stage("predict", config_for(pictures, pictures=True))
    assert (pictures / "0.PNG.jpg").is_file()


def test_bad_documents_are_named_and_the_rest_goes_on(tmp_path, config_for, exported_detector, locked_pdf, drawn_pdf):
    (tmp_path / "in").mkdir()
    contents = {"a.pdf": drawn_pdf, "locked.pdf": locked_pdf, "torn.pdf": drawn_pdf[:60], "z.pdf": drawn_pdf}
    for name, content in contents.items():
        (tmp_path / "in" / name).write_bytes(content)
    config = config_for(tmp_path / "in", DETECTOR, model_dir=str(exported_detector), pictures=False)
    with pytest.raises(DataError, match=r"2 of 4 images(.|\n)*locked.pdf: the PDF needs a password(.|\n)*torn.pdf"):
        run_stage("predict", config)
    lines = lines_of(tmp_path / "output" / "predict" / "predictions.jsonl")
    assert [(Path(line["image"]).name, line["page"], list(line)) for line in lines] == [
        (name, 1, ["image", "page", "boxes"]) for name in ("a.pdf", "z.pdf")
    ]


def test_urls(tmp_path, config_for, folder, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(SimpleHTTPRequestHandler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "list.txt").write_text(f"{address}/0.PNG\n{address}/notes.md\n{folder / '2.PNG'}\n")
        with pytest.raises(UsageError, match=r"fetched only when that is allowed(.|\n)*Predict.allow_urls=true"):
            run_stage("predict", config_for(tmp_path / "list.txt"))
        with pytest.raises(DataError, match=r"1 of 3 images(.|\n)*notes.md: .* neither an image nor a PDF"):
            run_stage("predict", config_for(tmp_path / "list.txt", allow_urls=True, pictures=True))
        local = run_stage("predict", config_for(folder / "0.PNG"))
        by_url = run_stage("predict", config_for(f"{address}/0.PNG", allow_urls=True))
    finally:
        server.shutdown()
        server.server_close()
    ours, theirs = lines_of(by_url["predictions"]), lines_of(local["predictions"])
    assert ours[0]["text"] == theirs[0]["text"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"model_dir": "empty"}, "inference.yml is missing"),
        ({"model_dir": "gone"}, "gone: no such folder"),
        ({"model_dir": "OCR.yaml"}, "Predict.pipeline="),
        ({"model_dir": "models:/nobody@best"}, "no MLflow store here"),
        ({"pipeline": "OCR.yaml"}, "are both set"),
        ({"model_dir": None, "pipeline": "gone.yaml"}, "gone.yaml: expected an OCR.yaml"),
    ],
)
def test_models_that_are_not_there(keys, message, folder, config_for, tmp_path, ocr_yaml, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=message):
        run_stage("predict", config_for(folder, **keys))
    assert not (tmp_path / "output" / "predict").exists()


def test_a_model_of_the_other_task(folder, config_for, exported_detector):
    with pytest.raises(UsageError, match="expected a text recognition model, got the detection model"):
        run_stage("predict", config_for(folder, model_dir=str(exported_detector)))
    with pytest.raises(UsageError, match="expected a text detection model, got the recognition model"):
        run_stage("predict", config_for(folder, DETECTOR))


def test_default_model(tmp_path):
    config = RunConfig(Global=GlobalSection(output=str(tmp_path)))
    assert model_dir_of(config) == tmp_path / "best_accuracy" / "inference"
    (tmp_path / "export").mkdir()
    assert model_dir_of(config) == tmp_path / "export"
    with pytest.raises(UsageError, match=r"Predict\.input is not set"):
        run_stage("predict", config)
