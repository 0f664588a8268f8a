from __future__ import annotations

import pytest

from ocrflow.config import GlobalSection, RegisterSection, RunConfig
from ocrflow.errors import UsageError
from ocrflow.tracking.registry import check_alias, registered_name


@pytest.mark.parametrize(
    ("dataset_dir", "name"),
    [
        ("data/text_recognition", "demo-text_recognition"),
        ("data/text_recognition/", "demo-text_recognition"),
        ("data/receipts", "receipts-text_recognition"),
        ("/srv/plates/text_recognition", "plates-text_recognition"),
        ("données du client", "donn-es-du-client-text_recognition"),
        ("车牌", "text_recognition"),
    ],
)
def test_name_comes_from_the_dataset_folder(dataset_dir: str, name: str) -> None:
    assert registered_name(RunConfig(Global=GlobalSection(dataset_dir=dataset_dir))) == name


def test_name_that_is_given_is_kept_or_refused() -> None:
    assert registered_name(RunConfig(Register=RegisterSection(name="Plates v2"))) == "Plates v2"
    for name in ("", " ", "a/b", "a:b"):
        with pytest.raises(UsageError, match=r"Register.name="):
            registered_name(RunConfig(Register=RegisterSection(name=name)))


@pytest.mark.parametrize("alias", ["", "a.b", "latest", "Latest", "v1", "V22", "é"])
def test_alias_that_mlflow_refuses(alias: str) -> None:
    with pytest.raises(UsageError, match=r"Register.alias="):
        check_alias(alias)


@pytest.mark.parametrize("alias", ["best_accuracy", "champion", "v1-best", "A9"])
def test_alias_that_mlflow_takes(alias: str) -> None:
    from mlflow.utils.validation import _validate_model_alias_name

    check_alias(alias)
    _validate_model_alias_name(alias)
