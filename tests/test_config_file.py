"""`-c`: which configuration a file, a path of PaddleX's or a model name stands for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ocrflow.config import RunConfig, TrainSection
from ocrflow.config_file import load_config, parts_of, to_yaml
from ocrflow.errors import UsageError
from ocrflow.models import TASK_OF_MODEL
from ocrflow.presets import recipe

PADDLEX_FILE = """\
Global:
  model: PP-OCRv4_mobile_rec
  mode: check_dataset # check_dataset/train/evaluate/export/predict
  module: text_rec
  dataset_dir: "/paddle/dataset/paddlex/ocr_rec/ocr_rec_dataset_examples"
  device: gpu:0,1,2,3
  output: "output"
  export_with_pir: False

CheckDataset:
  convert:
    enable: False
    src_dataset_type: null
  split:
    enable: False
    train_percent: null
    val_percent: null

Train:
  epochs_iters: 20
  batch_size: 8
  learning_rate: 1e-3
  num_classes: null
  pretrain_weight_path: https://weights.example/official_pretrained_model/PP-OCRv4_mobile_rec_pretrained.pdparams
  resume_path: null
  log_interval: 20
  eval_interval: 1
  save_interval: 1
  amp: OFF
  dy2st: False
  dist_ips: null
  uniform_output_enabled: True
  basic_config_path: null

Evaluate:
  weight_path: "output/best_accuracy/best_accuracy.pdparams"
  log_interval: 1
  label_dict_path: null
  basic_config_path: null

Export:
  weight_path: https://weights.example/official_pretrained_model/PP-OCRv4_mobile_rec_pretrained.pdparams
  basic_config_path: null

Predict:
  batch_size: 1
  model_dir: "output/best_accuracy/inference"
  input: "https://images.example/demo_image/general_ocr_rec_001.png"
  kernel_option:
    run_mode: paddle
  engine: null
  engine_config: {run_mode: mkldnn}
  use_hpip: False
  hpi_config: null
  genai_config: null

Benchmark:
  env:
    FLAGS_cudnn_deterministic: 1
  seed: null
  do_eval: False
  num_workers: 4
  amp: null
  shuffle: False

Pdparams2safetensors:
  input_path: null
  output_dir: null
"""
TWO_TASKS = {
    "text_recognition": {"Global": {"model": "PP-OCRv6_tiny_rec", "output": "out/rec"}},
    "text_detection": {"Global": {"model": "PP-OCRv6_tiny_det", "output": "out/det"}},
}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str | dict[str, object], name: str = "config.yaml") -> str:
    """The name of a new file with this content."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text if isinstance(text, str) else yaml.safe_dump(text), encoding="utf-8")
    return name


def refusal(*arguments: object) -> str:
    """The message of the UsageError."""
    with pytest.raises(UsageError) as caught:
        load_config(*arguments)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
    assert caught.value.fix
    return str(caught.value)


def test_a_whole_paddlex_file_loads() -> None:
    config = load_config(written(PADDLEX_FILE))
    assert config.Global.device == "gpu:0,1,2,3"
    assert config.Global.module == "text_rec"
    assert config.Train.learning_rate == 0.001
    assert config.Train.amp == "OFF"
    assert str(config.Train.pretrain_weight_path).startswith("https://")
    assert config.Predict.kernel_option.run_mode == "paddle"
    assert config.Benchmark == yaml.safe_load(PADDLEX_FILE)["Benchmark"]
    assert config.task == "text_recognition"


def test_a_configuration_written_out_reads_back_the_same() -> None:
    for source in (written(PADDLEX_FILE), "PP-OCRv5_server_det", "PP-OCRv6_tiny_rec"):
        config = load_config(source, None, ["Train.base_width=160", "Global.output=on", "Register.name='007'"])
        assert load_config(written(to_yaml(config), "again.yaml")) == config


@pytest.mark.parametrize("model", TASK_OF_MODEL)
def test_every_model_name_is_a_configuration(model: str) -> None:
    config = load_config(model)
    assert config.Global.model == model
    assert config.task == TASK_OF_MODEL[model]
    assert config.Global.dataset_dir == f"data/{config.task}"


def test_starting_weights_come_with_the_model() -> None:
    assert load_config("PP-OCRv6_tiny_rec").Train.pretrain_weight_path == "starter:PP-OCRv6_tiny_rec_latin"
    official = load_config("PP-OCRv4_mobile_rec").Train.pretrain_weight_path
    assert official is not None and official.endswith("/PP-OCRv4_mobile_rec_pretrained.pdparams")


def test_keys_that_are_not_set_come_from_the_recipe() -> None:
    source = written({"Global": {"model": "PP-OCRv5_server_det"}, "Train": {"epochs_iters": 4}})
    train = load_config(source, None, ["Train.learning_rate=0.1"]).Train
    found = train.epochs_iters, train.batch_size, train.learning_rate, train.warmup_epochs, train.weight_decay
    assert found == (4, 4, 0.1, 1.0, 1e-6)
    assert train.pretrain_weight_path is None  # weights only come with a model that is named without a file
    assert load_config(source, None, ["Global.model=PP-OCRv6_tiny_det"]).Train.ema == 0.9998
    paddlex = load_config(written(PADDLEX_FILE, "paddlex.yaml")).Train
    assert (paddlex.epochs_iters, paddlex.batch_size, paddlex.warmup_epochs) == (20, 8, 5.0)
    assert load_config("PP-OCRv4_server_det").Train.batch_size == 4
    assert load_config("PP-OCRv4_server_det").Train.epochs_iters == 100


@pytest.mark.parametrize(
    "path",
    [
        "paddlex/configs/modules/text_recognition/PP-OCRv4_mobile_rec.yaml",
        "paddlex/configs/text_recognition/PP-OCRv4_mobile_rec.yaml",
        "configs/text_recognition/PP-OCRv4_mobile_rec.yaml",
        "PP-OCRv4_mobile_rec.yml",
        "PP-OCRv4_mobile_rec",
    ],
)
def test_paths_of_paddlex_stand_for_their_model(path: str) -> None:
    assert load_config(path).Global.model == "PP-OCRv4_mobile_rec"
    if path.endswith("l"):
        written({"Global": {"model": "PP-OCRv5_mobile_rec"}}, path)
        assert load_config(path).Global.model == "PP-OCRv5_mobile_rec", "a file that is there wins"


def test_no_such_file_and_no_such_model() -> None:
    message = refusal("paddlex/configs/modules/text_recognition/PP-OCRv4_mobil_rec.yaml")
    assert "no such file" in message
    assert "did you mean 'PP-OCRv4_mobile_rec'" in message
    Path("folder").mkdir()
    assert "no such file" in refusal("folder")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "3", "null"])
def test_a_file_without_sections(text: str) -> None:
    message = refusal(written(text))
    assert "config.yaml" in message
    assert "Global" in message


@pytest.mark.parametrize("text", ["Global: {model: [", "Global:\n\tmodel: x", "a: b: c", "x: !!python/name:os.system"])
def test_broken_yaml(text: str) -> None:
    message = refusal(written(text))
    assert "config.yaml is not readable as YAML" in message
    assert "line 1" in message or "line 2" in message


def test_a_file_that_is_not_utf8() -> None:
    Path("config.yaml").write_bytes("Global: {output: 输出}".encode("gb18030"))
    assert "config.yaml is not readable as YAML" in refusal("config.yaml")


def test_a_file_of_one_task_needs_no_task() -> None:
    source = written({"text_recognition": TWO_TASKS["text_recognition"]})
    assert load_config(source).Global.output == "out/rec"
    assert load_config(source, "text_recognition") == load_config(source)
    assert "has no task 'text_detection'; it holds text_recognition" in refusal(source, "text_detection")


def test_a_file_of_several_tasks_needs_one() -> None:
    source = written(TWO_TASKS)
    assert "holds the tasks text_recognition, text_detection" in refusal(source)
    assert load_config(source, "text_detection").Global.output == "out/det"
    assert load_config(source, "text_recognition").Global.output == "out/rec"
    assert "has no task 'text_recog'" in refusal(source, "text_recog")


def test_an_override_changes_the_chosen_task_only() -> None:
    source = written(TWO_TASKS)
    assert load_config(source, "text_detection", ["Global.output=elsewhere"]).Global.output == "elsewhere"
    assert load_config(source, "text_recognition").Global.output == "out/rec"


def test_a_task_must_be_that_of_the_model() -> None:
    assert "PP-OCRv6_tiny_det is a text_detection model" in refusal("PP-OCRv6_tiny_det", "text_recognition")
    source = written({"text_recognition": TWO_TASKS["text_detection"]})
    assert "PP-OCRv6_tiny_det is a text_detection model" in refusal(source, "text_recognition")
    assert "is a text_recognition model" in refusal("PP-OCRv6_tiny_rec", "no_task")


def test_a_task_without_sections() -> None:
    for value in (None, [], "x"):
        assert "text_recognition: expected sections" in refusal(written({"text_recognition": value}))


def test_sections_beside_a_task_are_not_dropped_in_silence() -> None:
    source = written(TWO_TASKS | {"Train": {"batch_size": 4}})
    assert "Train stands beside the task text_recognition" in refusal(source, "text_recognition")


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ({"Trian": {}}, ["unknown key Trian", "did you mean 'Train'"]),
        ({"Train": {"epoch_iters": 3}}, ["unknown key Train.epoch_iters", "did you mean 'epochs_iters'"]),
        ({"CheckDataset": {"split": {"train": 1}}}, ["CheckDataset.split.train ", "did you mean 'train_percent'"]),
        ({"Predict": {"kernel_option": {"runmode": 1}}}, ["Predict.kernel_option.runmode", "'run_mode'"]),
        ({"Train": {"batch_size": "eight"}}, ["Train.batch_size: expected a valid integer, got 'eight'"]),
        ({"Train": {"batch_size": 0}}, ["Train.batch_size: expected greater than or equal to 1, got 0"]),
        ({"Train": {"base_width": "wide"}}, ["Train.base_width: expected a valid integer or 'auto', got 'wide'"]),
        ({"Global": {"output": 7}}, ["Global.output: expected a valid string, got 7"]),
        ({"Global": {"mode": "test"}}, ["Global.mode: expected 'check_dataset', ", "got 'test'"]),
        ({"Train": [1, 2]}, ["Train: expected a valid dictionary", "got [1, 2]"]),
        ({"Global": {True: 1}}, ["Global", "expected", "True"]),
        ({1: 2}, ["1: ", "got"]),
        ({"Train": {"seed": "x" * 5000}}, ["Train.seed: expected a valid integer, got 'xxx", "..."]),
    ],
)
def test_a_wrong_file_says_what_is_wrong_with_it(values: dict[str, object], parts: list[str]) -> None:
    message = refusal(written(values))
    assert message.startswith("config.yaml: ")
    assert [part for part in parts if part not in message] == [], message
    assert len(message) < 400


def test_all_that_is_wrong_is_said_at_once() -> None:
    message = refusal(written({"Train": {"batch_size": 0, "lerning_rate": 1}, "Evaluate": {"batch_size": "x"}}))
    assert all(part in message for part in ("Train.batch_size", "learning_rate", "Evaluate.batch_size"))


def test_an_empty_file_name_is_no_file() -> None:
    assert "no such file" in refusal("")


def test_defaults_are_those_of_the_sections() -> None:
    config = load_config(written({"Global": {}}))
    assert config == RunConfig(Train=TrainSection(**recipe(config.Global.model)))


@pytest.fixture
def three_parts(tmp_path: Path) -> str:
    path = tmp_path / "three.yaml"
    path.write_text(
        "text_recognition: {Global: {output: rec}}\n"
        "text_detection: {Global: {model: PP-OCRv6_tiny_det, output: det}}\n"
        "ocr: {Global: {output: both}, Ocr: {det_model: det/export}}\n",
        encoding="utf-8",
    )
    return str(path)


def test_the_pipeline_stands_beside_the_tasks(three_parts: str) -> None:
    assert parts_of(three_parts) == ["text_recognition", "text_detection", "ocr"]
    assert parts_of("PP-OCRv6_tiny_rec") == []
    config = load_config(three_parts, "ocr", ["Ocr.rec_model=models:/plates@best"])
    assert (config.Global.output, config.Ocr.det_model, config.Ocr.rec_model) == (
        "both",
        "det/export",
        "models:/plates@best",
    )
    with pytest.raises(UsageError, match="holds the tasks text_recognition, text_detection\n"):
        load_config(three_parts)


def test_one_task_beside_the_pipeline_needs_no_name(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text("text_recognition: {Global: {output: rec}}\nocr: {Global: {output: both}}\n", encoding="utf-8")
    assert load_config(str(path)).Global.output == "rec"
    path.write_text("text_recognition: {Global: {output: rec}}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="has no task 'ocr'") as caught:
        load_config(str(path), "ocr")
    assert "add ocr: with a section Ocr" in str(caught.value)
    path.write_text("ocr: {Global: {output: both}}\n", encoding="utf-8")
    assert load_config(str(path)).Global.output == "both"
