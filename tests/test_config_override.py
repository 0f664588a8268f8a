"""`-o Section.key=value`: what a value becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrflow.config_file import load_config
from ocrflow.errors import UsageError

MODEL = "PP-OCRv6_tiny_rec"


def value_of(*overrides: str) -> Any:
    """The value of the last override's key."""
    value: Any = load_config(MODEL, None, list(overrides))
    for name in overrides[-1].partition("=")[0].split("."):
        value = value[name] if isinstance(value, dict) else getattr(value, name)
    return value


def refusal(*overrides: str) -> str:
    with pytest.raises(UsageError) as caught:
        load_config(MODEL, None, list(overrides))
    assert caught.value.fix
    return str(caught.value)


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("Train.batch_size=16", 16),
        ("Train.learning_rate=1e-3", 0.001),
        ("Train.learning_rate=5.7e-5", 5.7e-5),
        ("Train.learning_rate=2", 2.0),
        ("Train.dy2st=True", True),
        ("Train.dy2st=false", False),
        ("CheckDataset.split.enable=yes", True),
        ("CheckDataset.split.train_percent=80", 80),
        ("Global.device=gpu:0,1", "gpu:0,1"),
        ("Train.base_width=160", 160),
        ("Train.base_width=auto", "auto"),
        ("Train.num_processes=2", 2),
        ("Train.amp=OFF", "OFF"),
        ("Train.amp=O1", "O1"),
        ("Predict.engine_config={run_mode: mkldnn, threads: 4}", {"run_mode": "mkldnn", "threads": 4}),
        ("Predict.hpi_config.shapes=[1, 2.5, null, a b]", [1, 2.5, None, "a b"]),
        ("Benchmark.env.deep.key=[1,[2]]", [1, [2]]),
        ("Predict.kernel_option.run_mode=mkldnn", "mkldnn"),
    ],
)
def test_values(override: str, value: Any) -> None:
    found = value_of(override)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "007",
        "1e3",
        "12",
        "1.5",
        "1_000",
        "on",
        "N",
        "No",
        "true",
        "2024-05-01",
        "2024-99-99",
        "1:20",
        "[a, b]",
        "{a: b}",
        "a: b",
        "a=b",
        "http://host:1/path?a=1&b=2#part",
        "out #1",
        "#1",
        "*.png",
        "&a b",
        "!tag x",
        "- a",
        "| x",
        "%YAML",
        "@x",
        "it's",
        'say "x"',
        " padded ",
        "输出/图",
        "copy",
        "None",
        "a\tb",
    ],
)
def test_text_stays_as_it_was_typed(text: str) -> None:
    assert value_of(f"Global.output={text}") == text


def test_quotes_are_yaml() -> None:
    assert value_of("Global.output='a''b'") == "a'b"
    assert value_of('Global.output="null"') == "null"
    assert value_of("Global.output='unclosed") == "'unclosed"


@pytest.mark.parametrize("text", ["", " ", "null", "~", "NULL"])
def test_nothing_and_null_are_null(text: str) -> None:
    before = "Train.pretrain_weight_path=weights.pdparams"
    assert value_of(before) == "weights.pdparams"
    assert value_of(before, f"Train.pretrain_weight_path={text}") is None
    assert value_of(f"Predict.hpi_config={text}") is None


def test_null_is_refused_where_there_must_be_a_value() -> None:
    assert "Global.output: expected a valid string, got None" in refusal("Global.output=null")
    assert "Global.output: expected at least 1 character, got ''" in refusal("Global.output=")
    assert "Train.batch_size: expected a valid integer, got None" in refusal("Train.batch_size=null")
    assert "Train.batch_size: expected a valid integer, got ''" in refusal("Train.batch_size=")


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').system('touch {}')",
        "!!python/object/apply:os.system ['touch {}']",
        "!!python/object/new:subprocess.check_output [[touch, '{}']]",
        "open('{}','w')",
        "$(touch {})",
        "`touch {}`",
    ],
)
@pytest.mark.parametrize("key", ["Global.output", "Train.batch_size", "Train.resume_path", "Benchmark.x"])
def test_nothing_in_a_value_is_run(key: str, code: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    text = code.replace("{}", str(trace))
    try:
        assert value_of(f"{key}={text}") == text
    except UsageError as error:
        assert key in str(error)
        assert key in ("Train.batch_size", "Benchmark.x")
    assert not trace.exists()


@pytest.mark.parametrize(
    ("override", "parts"),
    [
        ("Trian.batch_size=3", ["unknown key Trian", "did you mean 'Train'"]),
        ("Train.batchsize=3", ["unknown key Train.batchsize", "did you mean 'batch_size'"]),
        ("CheckDataset.split.sed=3", ["unknown key CheckDataset.split.sed", "did you mean 'seed'"]),
        ("Train.batch_size.x=3", ["unknown key Train.batch_size.x"]),
        ("Global.output.x=3", ["unknown key Global.output.x"]),
        ("train.batch_size=3", ["unknown key train", "did you mean 'Train'"]),
        ("Train.batch_size=many", ["Train.batch_size: expected a valid integer, got 'many'"]),
        ("Train.batch_size=true", ["Train.batch_size: expected something else than true or false, got True"]),
        ("Train.batch_size=2.5", ["Train.batch_size: expected a valid integer", "got 2.5"]),
        ("Train.batch_size=[1", ["-o Train.batch_size=[1: the value is not YAML"]),
        ("Train.learning_rate=.inf", ["Train.learning_rate: expected a finite number, got inf"]),
        ("Train.dy2st=2", ["Train.dy2st: expected a valid boolean", "got 2"]),
        ("CheckDataset.split=5", ["CheckDataset.split: expected a valid dictionary", "got 5"]),
        ("Global.mode=dance", ["Global.mode: expected 'check_dataset'", "got 'dance'"]),
        ("Global.model=PP-OCRv6_tiny", ["unknown model 'PP-OCRv6_tiny'", "did you mean 'PP-OCRv6_tiny_"]),
        ("Train.batch_size", ["expected Section.key=value"]),
        ("batch_size=3", ["expected Section.key=value"]),
        ("Train..batch_size=3", ["expected Section.key=value"]),
        (".=3", ["expected Section.key=value"]),
        ("=3", ["expected Section.key=value"]),
        ("", ["expected Section.key=value"]),
    ],
)
def test_refusals(override: str, parts: list[str]) -> None:
    message = refusal(override)
    assert [part for part in parts if part not in message] == [], message


def test_a_refused_value_names_where_it_came_from() -> None:
    assert refusal("Train.batch_size=x").startswith(f"the defaults of {MODEL} and -o: ")


def test_later_overrides_win() -> None:
    assert value_of("Train.batch_size=3", "Train.seed=1", "Train.batch_size=5") == 5
    assert value_of("CheckDataset.split={enable: true, seed: 3}", "CheckDataset.split.seed=4") == 4
    config = load_config(MODEL, None, ["CheckDataset.split={enable: true, seed: 3}", "CheckDataset.split.seed=4"])
    assert config.CheckDataset.split.enable is True


def test_a_section_that_the_source_lacks_is_made() -> None:
    assert value_of("Register.min_accuracy=0.5") == 0.5
