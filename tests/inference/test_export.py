"""Writing the inference model."""

from __future__ import annotations

import errno

import numpy as np
import paddle
import pytest
import yaml

from ocrflow import nets
from ocrflow.errors import OutsideError
from ocrflow.inference import export as module
from ocrflow.inference.export import export_recognizer, inference_settings
from ocrflow.inference.model_dir import model_sha256, read_model_dir
from ocrflow.inference.recognizer import Recognizer

MODEL = "PP-OCRv6_tiny_rec"
DICTIONARY = ["a", "1", "'", '"', "ß", "\u3000", "~", "no".upper()[0], ":"]


@pytest.fixture(scope="module")
def net(make_outputs_vary):
    paddle.seed(8)
    net = nets.build(MODEL, len(DICTIONARY) + 2)
    make_outputs_vary(net)
    return net


def test_answers_as_the_network(net, tmp_path, mixed_images):
    from ocrflow.inference.preprocess import resize_normalize

    export_recognizer(net, tmp_path, MODEL, DICTIONARY, 96)
    recognizer = Recognizer(tmp_path)
    for image in mixed_images[8:14]:
        with paddle.no_grad():
            (expected,) = recognizer.codec.decode(net(paddle.to_tensor(resize_normalize(image, 96)[None])).numpy())
        (reading,) = recognizer.predict([image])
        assert reading.text == expected.text != ""
        assert reading.score == pytest.approx(expected.score, abs=1e-4)


def test_the_network_stays_as_it_is(net, tmp_path):
    before = {name: tensor.numpy().copy() for name, tensor in net.state_dict().items()}
    net.train()
    export_recognizer(net, tmp_path, MODEL, DICTIONARY, 96)
    assert net.training
    net.eval()
    assert all(np.array_equal(tensor.numpy(), before[name]) for name, tensor in net.state_dict().items())


def test_the_same_weights_give_the_same_bytes(tmp_path):
    """Whatever was built and exported before: register compares the hashes of two exports."""
    net, other = (nets.build(MODEL, len(DICTIONARY) + 2) for _ in range(2))
    export_recognizer(net, tmp_path / "first", MODEL, DICTIONARY, 96)
    export_recognizer(other, tmp_path / "other", MODEL, DICTIONARY, 96)
    other.set_state_dict(net.state_dict())
    export_recognizer(other, tmp_path / "second", MODEL, DICTIONARY, 96)
    assert model_sha256(tmp_path / "second") == model_sha256(tmp_path / "first") != model_sha256(tmp_path / "other")


def test_the_onnx_file_of_another_model_goes(net, tmp_path):
    (tmp_path / "inference.onnx").write_bytes(b"old")
    export_recognizer(net, tmp_path, MODEL, DICTIONARY, 96)
    assert not (tmp_path / "inference.onnx").exists()


def test_other_files_stay_and_old_ones_are_replaced(net, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "inference.yml").write_text("old", encoding="utf-8")
    export_recognizer(net, tmp_path, MODEL, DICTIONARY, 96)
    names = ["inference.json", "inference.pdiparams", "inference.yml", "notes.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert (tmp_path / "notes.txt").read_text("utf-8") == "mine"
    info = read_model_dir(tmp_path)
    assert (info.model_name, info.dictionary, info.base_width, info.rows) == (MODEL, DICTIONARY, 96, 48)


def test_settings_are_paddlex_keys():
    settings = inference_settings(MODEL, ["a"], 160)
    assert yaml.safe_load(yaml.safe_dump(settings)) == settings
    assert settings["Global"] == {"model_name": MODEL}
    assert settings["PreProcess"]["transform_ops"][1] == {"RecResizeImg": {"image_shape": [3, 48, 160]}}
    assert settings["PostProcess"] == {"name": "CTCLabelDecode", "character_dict": ["a"]}
    shapes = settings["Hpi"]["backend_configs"]["paddle_infer"]["trt_dynamic_shapes"]["x"]
    assert shapes == [[1, 3, 48, 160], [1, 3, 48, 320], [8, 3, 48, 3200]]


def test_a_folder_that_cannot_be_written(net, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutsideError, match=r"cannot write .*file/inference"):
        export_recognizer(net, tmp_path / "file" / "inference", MODEL, DICTIONARY, 96)


def test_a_full_disk_keeps_the_old_model(net, tmp_path, monkeypatch):
    def full(net, input_shape, folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "inference.json").write_text("old", encoding="utf-8")
    monkeypatch.setattr(module, "_save_graph", full)
    with pytest.raises(OutsideError, match=r"No space left on device\n  fix: free space"):
        export_recognizer(net, tmp_path, MODEL, DICTIONARY, 96)
    assert [path.name for path in tmp_path.iterdir()] == ["inference.json"]
    assert (tmp_path / "inference.json").read_text("utf-8") == "old"
