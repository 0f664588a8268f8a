"""Reading the settings of an exported detector."""

from __future__ import annotations

import shutil

import pytest
import yaml

from ocrflow.errors import UsageError
from ocrflow.inference.det_model_dir import read_detector_dir
from ocrflow.tasks.text_detection.postprocess import SETTINGS_OF_MODEL, PostprocessSettings


@pytest.fixture
def model_dir(exported_detector, tmp_path):
    return shutil.copytree(exported_detector, tmp_path / "inference")


def change(model_dir, edit):
    file = model_dir / "inference.yml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    edit(settings)
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")


def ops(settings):
    return {name: op for op in settings["PreProcess"]["transform_ops"] for name in op}


def test_reads_what_was_exported(model_dir):
    info = read_detector_dir(model_dir)
    assert (info.model_name, info.longest_side) == ("PP-OCRv6_tiny_det", 320)
    assert info.boxes == SETTINGS_OF_MODEL["PP-OCRv6_tiny_det"]
    assert [file.name for file in info.files] == ["inference.json", "inference.pdiparams", "inference.yml"]


def test_paddlex_defaults_where_nothing_is_said(model_dir):
    def strip(settings):
        settings.pop("Global")
        settings["PostProcess"] = {"name": "DBPostProcess", "score_mode": "slow"}
        ops(settings)["DetResizeForTest"]["DetResizeForTest"] = None

    change(model_dir, strip)
    info = read_detector_dir(model_dir)
    assert (info.model_name, info.longest_side) == ("", 960)
    assert info.boxes == PostprocessSettings(0.3, 0.6, 1000, 2.0, slow_score=True)


FAULTS = {
    "recognition model PP-OCRv6_tiny_rec": lambda s: s["Global"].update(model_name="PP-OCRv6_tiny_rec"),
    r"recognition model \(no name\)": lambda s: (s.pop("Global"), s["PostProcess"].update(name="CTCLabelDecode")),
    "must be DBPostProcess, got 'Topk'": lambda s: s["PostProcess"].update(name="Topk"),
    "box_type must be 'quad', got 'poly'": lambda s: s["PostProcess"].update(box_type="poly"),
    "use_dilation must be False, got True": lambda s: s["PostProcess"].update(use_dilation=True),
    "thresh must be a number above 0, got 'low'": lambda s: s["PostProcess"].update(thresh="low"),
    "resize_long must be a number above 0, got 0": lambda s: ops(s)["DetResizeForTest"]["DetResizeForTest"].update(
        resize_long=0
    ),
    "input in BGR, got RGB": lambda s: ops(s)["DecodeImage"]["DecodeImage"].update(img_mode="RGB"),
    r"NormalizeImage\.mean must be": lambda s: ops(s)["NormalizeImage"]["NormalizeImage"].update(mean=[0.5, 0.5, 0.5]),
    "needs DetResizeForTest": lambda s: s["PreProcess"]["transform_ops"].pop(1),
}


@pytest.mark.parametrize("message", FAULTS)
def test_settings_that_are_no_detector(model_dir, message):
    change(model_dir, FAULTS[message])
    with pytest.raises(UsageError, match=message):
        read_detector_dir(model_dir)


def test_a_recogniser_is_told(exported_model):
    with pytest.raises(UsageError, match="expected a text detection model, got the recognition model"):
        read_detector_dir(exported_model)


def test_missing_folder(tmp_path):
    with pytest.raises(UsageError, match="nowhere: no such folder"):
        read_detector_dir(tmp_path / "nowhere")
