"""Reading the folder of an exported model, and what is said about a folder that is none."""

from __future__ import annotations

import hashlib
import shutil

import pytest
import yaml

from ocrflow.errors import UsageError
from ocrflow.inference.model_dir import exported_folder, model_sha256, read_model_dir


@pytest.fixture
def model_dir(exported_model, tmp_path):
    return shutil.copytree(exported_model, tmp_path / "inference")


def change(model_dir, edit):
    file = model_dir / "inference.yml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    edit(settings)
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")


def test_reads_what_was_exported(model_dir):
    info = read_model_dir(model_dir)
    assert (info.model_name, info.rows, info.base_width) == ("PP-OCRv6_tiny_rec", 48, 160)
    assert info.dictionary == [chr(code) for code in range(33, 127)]
    assert [file.name for file in info.files] == ["inference.json", "inference.pdiparams", "inference.yml"]


def test_name_may_be_absent_and_the_graph_old(model_dir):
    change(model_dir, lambda settings: settings.pop("Global"))
    (model_dir / "inference.json").rename(model_dir / "inference.pdmodel")
    info = read_model_dir(model_dir)
    assert info.model_name == ""
    assert info.files[0].name == "inference.pdmodel"


def test_hash_is_over_graph_parameters_settings(model_dir):
    names = ("inference.json", "inference.pdiparams", "inference.yml")
    content = b"".join((model_dir / name).read_bytes() for name in names)
    assert model_sha256(model_dir) == hashlib.sha256(content).hexdigest()
    change(model_dir, lambda settings: settings["Global"].update(model_name="PP-OCRv6_small_rec"))
    assert model_sha256(model_dir) != hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", ["inference.json", "inference.pdiparams", "inference.yml"])
def test_missing_file_is_named(model_dir, name):
    (model_dir / name).unlink()
    with pytest.raises(UsageError, match=f"needs {name}, which is not there\n  fix: ocrflow export"):
        read_model_dir(model_dir)


def test_missing_folder(tmp_path):
    with pytest.raises(UsageError, match="nowhere: no such folder"):
        read_model_dir(tmp_path / "nowhere")


FAULTS = {
    "detection model PP-OCRv6_tiny_det": lambda s: s["Global"].update(model_name="PP-OCRv6_tiny_det"),
    r"detection model \(no name\)": lambda s: (s.pop("Global"), s["PostProcess"].update(name="DBPostProcess")),
    "must be CTCLabelDecode, got 'Topk'": lambda s: s["PostProcess"].update(name="Topk"),
    "character_dict is missing": lambda s: s["PostProcess"].pop("character_dict"),
    r"character_dict\[2\] must be a string, got 7": lambda s: s["PostProcess"].update(character_dict=["a", "b", 7]),
    "RecResizeImg with image_shape": lambda s: s["PreProcess"]["transform_ops"].pop(),
    r"\[3, rows, width\], got '3,48,320'": lambda s: s["PreProcess"]["transform_ops"][1].update(
        RecResizeImg={"image_shape": "3,48,320"}
    ),
    "got 3 in RGB": lambda s: s["PreProcess"]["transform_ops"][0]["DecodeImage"].update(img_mode="RGB"),
}


@pytest.mark.parametrize("message", FAULTS)
def test_settings_that_are_no_recogniser(model_dir, message):
    change(model_dir, FAULTS[message])
    with pytest.raises(UsageError, match=message):
        read_model_dir(model_dir)


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe", b"- 1\n"])
def test_settings_that_are_no_yaml(model_dir, content):
    (model_dir / "inference.yml").write_bytes(content)
    with pytest.raises(UsageError, match=r"inference\.yml: (not YAML|expected PaddleX's settings, got list)"):
        read_model_dir(model_dir)


def test_exported_folder_of_weights(model_dir):
    weights = model_dir.parent / "best_accuracy.pdparams"
    weights.touch()
    for path in (model_dir, model_dir.parent, weights, weights.with_suffix("")):
        assert exported_folder(path) == model_dir
    shutil.rmtree(model_dir)
    with pytest.raises(UsageError, match=r"folder inference/\) beside these weights\n  fix: ocrflow export"):
        exported_folder(weights)
    with pytest.raises(UsageError, match="no such folder"):
        exported_folder(weights.with_name("other.pdparams"))
