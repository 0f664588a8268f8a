"""The stage export on weights that read many characters, so that a difference would show."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import paddle
import pytest

from ocrflow import nets
from ocrflow.cli import paddlex_main
from ocrflow.config import ExportSection, GlobalSection, RunConfig
from ocrflow.config_file import to_yaml
from ocrflow.data.dictionary import read_dictionary
from ocrflow.errors import DataError, UsageError
from ocrflow.inference import export as exporter
from ocrflow.inference import onnx_file
from ocrflow.inference.model_dir import model_sha256
from ocrflow.inference.recognizer import Recognizer
from ocrflow.stages.base import run_stage
from ocrflow.training import checkpoint

MODEL = "PP-OCRv6_tiny_rec"


@pytest.fixture(scope="module")
def weights(plates, make_outputs_vary, tmp_path_factory):
    """An output folder as a training leaves it; read only."""
    paddle.seed(11)
    net = nets.build(MODEL, len(read_dictionary(plates / "dict.txt")) + 2)
    make_outputs_vary(net)
    output = tmp_path_factory.mktemp("weights")
    state = {"epoch": 1, "facts": {"base_width": 160}}
    checkpoint.save(output, "best_accuracy", net, paddle.optimizer.Adam(parameters=net.parameters()), state)
    shutil.copyfile(plates / "dict.txt", output / "label_dict.txt")
    return output


@pytest.fixture
def output(weights, tmp_path):
    return shutil.copytree(weights, tmp_path / "output")


def config_of(output: Path, dataset: Path, **export: object) -> RunConfig:
    section = GlobalSection(dataset_dir=str(dataset), output=str(output), device="cpu")
    return RunConfig(Global=section, Export=ExportSection(**export))


def test_parity_on_real_rows(output, plates, capsys):
    result = run_stage("export", config_of(output, plates))
    model_dir = output / "export"
    assert result["parity"]["rows"] == 6
    assert result["parity"]["text_mismatches"] == 0
    assert result["parity"]["max_score_difference"] < 1e-4
    assert (result["model_dir"], result["model_name"]) == (str(model_dir), MODEL)
    assert result["model_sha256"] == model_sha256(model_dir)
    assert list(result["files"]) == ["inference.json", "inference.onnx", "inference.pdiparams", "inference.yml"]
    onnx = result["parity"]["onnx"]
    assert (onnx["rows"], onnx["text_mismatches"]) == (6, 0)
    assert 0 <= onnx["max_score_difference"] < 1e-4
    assert result == json.loads((output / "export_result.json").read_text("utf-8"))
    assert len(result["made_of"]["weights_sha256"]) == 64
    rows = (plates / "val.txt").read_text("utf-8").splitlines()
    readings = Recognizer(model_dir).predict_files([plates / row.split("\t")[0] for row in rows])
    assert len({reading.text for reading in readings}) == 6  # or the comparison would prove little
    assert f"exported {MODEL} to {model_dir}: same answers" in capsys.readouterr().out


def test_a_changed_model_fails_and_names_the_row(output, plates, monkeypatch):
    write = exporter.export_recognizer

    def spoil(net, *arguments):
        bias = net.head.ctc_head.fc2.bias
        kept = bias.numpy().copy()
        bias.set_value(kept + 50 * (np.arange(len(kept)) == 0).astype(np.float32))
        write(net, *arguments)
        bias.set_value(kept)

    monkeypatch.setattr(exporter, "export_recognizer", spoil)
    with pytest.raises(DataError, match=r"images/\d+\.jpg: the trained model reads '.+', the exported one ''"):
        run_stage("export", config_of(output, plates))
    assert json.loads((output / "export_result.json").read_text("utf-8"))["done_flag"] is False


def test_an_onnx_file_that_reads_otherwise_fails_and_goes(output, plates, monkeypatch):
    write = onnx_file.write_onnx

    def spoil(model_dir):
        import onnx
        from onnx import numpy_helper

        file = write(model_dir)
        model = onnx.load(file)
        values = [node.attribute[0].t for node in model.graph.node if node.op_type == "Constant"]
        bias = next(value for value in reversed(values) if numpy_helper.to_array(value).dtype == np.float32)
        kept = numpy_helper.to_array(bias)
        bias.CopyFrom(numpy_helper.from_array(kept + 90 * (np.arange(kept.size) == 0).reshape(kept.shape).astype("f4")))
        onnx.save(model, file)
        return file

    monkeypatch.setattr(onnx_file, "write_onnx", spoil)
    with pytest.raises(DataError, match=r"images/\d+\.jpg: Paddle reads '.+', ONNX Runtime '.*'\n  fix: report"):
        run_stage("export", config_of(output, plates))
    assert not (output / "export" / "inference.onnx").exists()


def test_without_onnx(output, plates):
    run_stage("export", config_of(output, plates))
    result = run_stage("export", config_of(output, plates, onnx=False))
    assert "onnx" not in result["parity"]
    assert "inference.onnx" not in result["files"]
    assert not (output / "export" / "inference.onnx").exists()


def test_into_a_folder_with_other_files(output, plates, tmp_path):
    model_dir = tmp_path / "models" / "plates"
    model_dir.mkdir(parents=True)
    (model_dir / "README.md").write_text("mine", encoding="utf-8")
    result = run_stage("export", config_of(output, plates, save_dir=str(model_dir)))
    assert (model_dir / "README.md").read_text("utf-8") == "mine"
    assert len(list(model_dir.iterdir())) == 5
    assert "README.md" not in result["files"]


def test_as_paddlex_does_it(output, plates, tmp_path):
    """`main.py -o Global.mode=export` writes into the output folder itself."""
    before = {path.relative_to(output): path.read_bytes() for path in output.rglob("*") if path.is_file()}
    (tmp_path / "c.yaml").write_text(to_yaml(config_of(output, plates)), encoding="utf-8")
    weight = output / "best_accuracy" / "best_accuracy.pdparams"
    overrides = ["-o", "Global.mode=export", "-o", f"Export.weight_path={weight}"]
    assert paddlex_main(["-c", str(tmp_path / "c.yaml"), *overrides]) == 0
    assert {"inference.json", "inference.pdiparams", "inference.yml"} <= {path.name for path in output.iterdir()}
    assert all((output / name).read_bytes() == content for name, content in before.items())


def test_another_dictionary_is_refused(output, plates, tmp_path):
    dataset = shutil.copytree(plates, tmp_path / "data")
    characters = (dataset / "dict.txt").read_text("utf-8").splitlines()
    (dataset / "dict.txt").write_text("\n".join(characters[::-1]) + "\n", encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"best_accuracy\.pdparams was trained with another dictionary than .*dict\.txt"
    ):
        run_stage("export", config_of(output, dataset))
    (output / "label_dict.txt").unlink()
    (dataset / "dict.txt").write_text("\n".join([*characters, "ß"]) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"2 tensors do not fit, e\.g\. head\.ctc_head\.fc2"):
        run_stage("export", config_of(output, dataset))
    assert not (output / "export").exists()


@pytest.mark.parametrize("missing", ["best_accuracy.pdparams", "best_accuracy.info.json"])
def test_missing_files_are_named(output, plates, missing):
    (output / "best_accuracy" / missing).unlink()
    with pytest.raises(UsageError, match=rf"{missing}: no such file\n  fix: ocrflow train first"):
        run_stage("export", config_of(output, plates))


@pytest.mark.parametrize("content", ["{}", '{"facts": 3}', "no json"])
def test_weights_of_another_program(output, plates, content):
    (output / "best_accuracy" / "best_accuracy.info.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"best_accuracy\.info\.json: expected facts\.base_width"):
        run_stage("export", config_of(output, plates))
