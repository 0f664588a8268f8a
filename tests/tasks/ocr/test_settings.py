"""OCR.yaml: what is written, what is read, and what is said about a file that PaddleX or ocrflow would not run."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ocrflow.errors import UsageError
from ocrflow.tasks.ocr.settings import DetectionParams, detection_params, read_ocr_yaml, write_ocr_yaml

SUB = "SubModules"


@pytest.fixture
def project(exported_detector: Path, exported_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with an exported model of each task in det/ and rec/, and OCR.yaml for both."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(exported_detector, "det")
    shutil.copytree(exported_model, "rec")
    write_ocr_yaml(Path("OCR.yaml"), Path("det"), Path("rec"))
    return tmp_path


def content() -> dict[str, Any]:
    return yaml.safe_load(Path("OCR.yaml").read_text(encoding="utf-8"))


def written(change: Callable[[dict[str, Any]], object]) -> Path:
    """OCR.yaml after a change."""
    values = content()
    change(values)
    Path("OCR.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return Path("OCR.yaml")


def paddlex_file() -> Path:
    """The pipeline file of the installed PaddleX."""
    spec = importlib.util.find_spec("paddlex")
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0], "configs", "pipelines", "OCR.yaml")


def test_every_key_is_one_of_paddlex(project: Path) -> None:
    own, theirs = content(), yaml.safe_load(paddlex_file().read_text(encoding="utf-8"))
    assert set(own) < set(theirs)
    for module in ("TextDetection", "TextRecognition"):
        assert set(own[SUB][module]) == set(theirs[SUB][module]), module
        assert own[SUB][module]["module_name"] == theirs[SUB][module]["module_name"]
    assert (own["use_doc_preprocessor"], own["use_textline_orientation"]) == (False, False)


def test_the_detector_runs_as_it_was_evaluated(project: Path) -> None:
    detection = content()[SUB]["TextDetection"]
    settings = yaml.safe_load(Path("det/inference.yml").read_text(encoding="utf-8"))
    assert (detection["limit_side_len"], detection["limit_type"]) == (320, "max")
    for key in ("thresh", "box_thresh", "unclip_ratio"):
        assert detection[key] == settings["PostProcess"][key]
    assert (detection["model_name"], detection["model_dir"]) == ("PP-OCRv6_tiny_det", "./det")


def test_what_is_written_is_read_again(project: Path, exported_detector: Path) -> None:
    params = DetectionParams(64, "min", 3000, 0.25, 0.5, 1.75)
    there = write_ocr_yaml(Path("deep/OCR.yaml"), exported_detector, Path("rec"), params, score_thresh=0.5)
    assert read_ocr_yaml(Path("deep/OCR.yaml")) == there
    assert (there.limit_side_len, there.unclip_ratio, there.score_thresh) == (64, 1.75, 0.5)
    assert there.det_dir == exported_detector, "outside of the working directory: absolute"
    here = read_ocr_yaml(Path("OCR.yaml"))
    assert replace(here, det_dir=Path(), rec_dir=Path()) == replace(
        write_ocr_yaml(Path("again.yaml"), Path("det"), Path("rec")), det_dir=Path(), rec_dir=Path()
    )
    assert detection_params(Path("det")) == DetectionParams(320, "max", 4000, here.thresh, here.box_thresh, 1.4)


def test_a_folder_is_looked_for_here_and_then_beside_the_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "elsewhere").mkdir()
    monkeypatch.chdir(project / "elsewhere")
    assert read_ocr_yaml(project / "OCR.yaml").det_dir == project / "det"
    shutil.copytree(project / "det", "det")
    assert read_ocr_yaml(project / "OCR.yaml").det_dir == Path("det"), "as PaddleX finds it"
    shutil.rmtree(project / "rec")
    with pytest.raises(UsageError, match=r"TextRecognition\.model_dir: no rec and no /") as caught:
        read_ocr_yaml(project / "OCR.yaml")
    assert "run where the file was written" in str(caught.value)


def test_missing_keys_have_the_defaults_of_paddlex(project: Path) -> None:
    def bare(values: dict[str, Any]) -> None:
        for module in values[SUB].values():
            for key in set(module) - {"model_name", "model_dir"}:
                del module[key]

    found = read_ocr_yaml(written(bare))
    assert (found.limit_side_len, found.limit_type, found.max_side_limit) == (960, "max", 4000)
    assert (found.thresh, found.box_thresh, found.unclip_ratio) == (0.3, 0.6, 2.0)
    assert (found.rec_batch_size, found.score_thresh) == (1, 0.0)


def test_the_file_of_paddlex_itself_says_what_to_switch_off(project: Path) -> None:
    shutil.copy(paddlex_file(), "theirs.yaml")
    with pytest.raises(UsageError, match=r"use_doc_preprocessor: expected false.*use_textline_orientation: expected"):
        read_ocr_yaml(Path("theirs.yaml"))
    text = Path("theirs.yaml").read_text(encoding="utf-8")
    text = text.replace("use_doc_preprocessor: True", "use_doc_preprocessor: False")
    text = text.replace("use_textline_orientation: True", "use_textline_orientation: False")
    Path("theirs.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"TextDetection\.model_dir is null: official models are not downloaded"):
        read_ocr_yaml(Path("theirs.yaml"))


def change(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def changed(values: dict[str, Any]) -> None:
        for name in path[:-1]:
            values = values[name]
        values[path[-1]] = value

    return changed


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (change("pipeline_name", value="seal_recognition"), "pipeline_name: expected 'OCR', got 'seal_recognition'"),
        (change("text_type", value="seal"), "text_type: expected 'general', got 'seal'"),
        (change("Pipeline", value={}), "unknown key Pipeline"),
        (
            change(SUB, "TextDetection", "unclip", value=1),
            r"unknown key SubModules\.TextDetection\.unclip \(did you mean",
        ),
        (change(SUB, "TextDetection", "thresh", value=0), r"TextDetection\.thresh: expected greater than 0, got 0"),
        (
            change(SUB, "TextDetection", "limit_type", value="long"),
            r"limit_type: expected 'max', 'min' or 'resize_long'",
        ),
        (change(SUB, "TextRecognition", "score_thresh", value=2), "score_thresh: expected less than or equal to 1"),
        (
            change(SUB, "TextRecognition", "model_dir", value="det"),
            "expected a text recognition model, got the detection",
        ),
        (
            change(SUB, "TextDetection", "model_dir", value="rec"),
            "expected a text detection model, got the recognition",
        ),
        (
            change(SUB, "TextDetection", "model_name", value="PP-OCRv5_mobile_det"),
            "model_name is PP-OCRv5_mobile_det, but its model_dir holds PP-OCRv6_tiny_det",
        ),
        (lambda values: values.pop("use_doc_preprocessor"), "use_doc_preprocessor is missing"),
        (lambda values: values[SUB].pop("TextRecognition"), r"SubModules\.TextRecognition is missing"),
    ],
)
def test_one_clear_error(project: Path, fault: Callable[[dict[str, Any]], object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_ocr_yaml(written(fault))


@pytest.mark.parametrize(
    ("text", "message"), [("a: [", "not readable as YAML"), ("- a", "expected PaddleX's keys"), (None, "No such file")]
)
def test_a_file_of_another_kind(project: Path, text: str | None, message: str) -> None:
    path = Path("other.yaml")
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=f"other.yaml: .*{message}"):
        read_ocr_yaml(path)


def test_a_model_without_a_name_gets_one_that_paddlex_knows(project: Path) -> None:
    for folder in ("det", "rec"):
        page = Path(folder, "inference.yml")
        settings = yaml.safe_load(page.read_text(encoding="utf-8"))
        del settings["Global"]
        page.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    settings = write_ocr_yaml(Path("OCR.yaml"), Path("det"), Path("rec"))
    assert (settings.det_name, settings.rec_name) == ("PP-OCRv6_tiny_det", "PP-OCRv6_tiny_rec")
    assert read_ocr_yaml(Path("OCR.yaml")) == replace(settings, det_dir=Path("./det"), rec_dir=Path("./rec"))
