"""What the sections accept and what they refuse."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ocrflow.config import RunConfig
from ocrflow.config_section import Section
from ocrflow.errors import UsageError


def keys_of(section: type[Section], prefix: str = "") -> dict[str, str | None]:
    """Description by dotted key, of all sections below."""
    keys: dict[str, str | None] = {}
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            keys |= keys_of(kind, f"{prefix}{name}.")
        else:
            keys[f"{prefix}{name}"] = field.description
    return keys


def problem_of(section: str, key: str, value: object) -> str:
    """What pydantic says about one value; fails when it is accepted."""
    with pytest.raises(ValidationError) as caught:
        RunConfig.model_validate({section: {key: value}})
    return caught.value.errors()[0]["msg"]


def test_every_key_says_what_it_means() -> None:
    keys = keys_of(RunConfig)
    assert len(keys) > 50
    assert [key for key, description in keys.items() if not description] == []


def test_the_configuration_cannot_be_changed() -> None:
    config = RunConfig()
    with pytest.raises(ValidationError, match="frozen"):
        config.Train.batch_size = 3  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        config.Train = config.Train  # type: ignore[misc]


def test_the_task_is_that_of_the_model() -> None:
    assert RunConfig().task == "text_recognition"
    assert RunConfig.model_validate({"Global": {"model": "PP-OCRv5_server_det"}}).task == "text_detection"
    with pytest.raises(UsageError, match="did you mean 'PP-OCRv6_tiny_rec'"):
        _ = RunConfig.model_validate({"Global": {"model": "PP-OCRv6_tini_rec"}}).task


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("batch_size", 0),
        ("batch_size", 1.5),
        ("batch_size", True),
        ("learning_rate", 0),
        ("learning_rate", -0.1),
        ("learning_rate", True),
        ("learning_rate", float("inf")),
        ("learning_rate", "nan"),
        ("epochs_iters", None),
        ("num_processes", 0),
        ("num_processes", True),
        ("num_processes", "many"),
        ("base_width", -160),
        ("base_width", 100_000),
        ("amp", "O3"),
        ("amp", True),
        ("augment", 1.01),
        ("seed", -1),
    ],
)
def test_values_that_make_no_sense_are_refused(key: str, value: object) -> None:
    assert problem_of("Train", key, value)


@pytest.mark.parametrize(("section", "key"), [("Global", "output"), ("Global", "dataset_dir"), ("Register", "alias")])
def test_an_empty_text_is_refused_where_it_would_mean_the_working_directory(section: str, key: str) -> None:
    assert "at least 1 character" in problem_of(section, key, "")


def test_words_and_numbers_live_side_by_side() -> None:
    assert RunConfig.model_validate({"Train": {"base_width": "auto"}}).Train.base_width == "auto"
    assert RunConfig.model_validate({"Train": {"base_width": 160, "num_processes": 1}}).Train.num_processes == 1


def test_an_unquoted_off_is_the_word() -> None:
    assert RunConfig.model_validate({"Train": {"amp": False}}).Train.amp == "OFF"


def test_a_section_without_keys_has_its_defaults() -> None:
    assert RunConfig.model_validate({"Evaluate": None, "CheckDataset": {"split": None}}) == RunConfig()


def test_a_key_without_a_value_is_not_a_section() -> None:
    assert problem_of("Global", "output", None)


@pytest.mark.parametrize(
    ("given", "engine"), [(None, "auto"), ("paddle_static", "paddle"), ("hpi", "auto"), ("openvino", "openvino")]
)
def test_engines_in_paddlex_words(given, engine):
    assert RunConfig.model_validate({"Predict": {"engine": given}}).Predict.engine == engine
