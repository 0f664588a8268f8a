"""The table of public datasets."""

from __future__ import annotations

import pytest

from ocrflow.data.public_sets import MIRROR_VARIABLE, PUBLIC_SETS, public_set
from ocrflow.errors import UsageError


@pytest.mark.parametrize("name", ["ocr_rec_dataset_examples", "handwrite_chinese_text_rec", "ccpd_text_det"])
def test_addresses_are_those_of_the_tutorials(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
    assert public_set(name).url == f"https://paddle-model-ecology.bj.bcebos.com/paddlex/data/{name}.tar"


def test_names_are_unique_and_tasks_known() -> None:
    assert len({dataset.name for dataset in PUBLIC_SETS}) == len(PUBLIC_SETS)
    assert {dataset.task for dataset in PUBLIC_SETS} == {"text_recognition", "text_detection"}


def test_a_mirror_takes_the_place_of_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, "http://mirror.example:8080/paddlex/")
    assert public_set("ccpd_text_det").url == "http://mirror.example:8080/paddlex/ccpd_text_det.tar"


@pytest.mark.parametrize(
    "mirror", ["mirror.example/data", "/srv/mirror", "ftp://mirror.example", "http://", "http://[x"]
)
def test_a_mirror_that_is_no_address_is_wrong_usage(mirror: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, mirror)
    with pytest.raises(UsageError) as error:
        _ = public_set("ccpd_text_det").url
    assert MIRROR_VARIABLE in str(error.value) and repr(mirror) in str(error.value)


def test_an_unknown_name_names_the_nearest_and_all() -> None:
    with pytest.raises(UsageError) as error:
        public_set("ccpd_txt_det")
    assert error.value.fix == "ocrflow data fetch ccpd_text_det"
    assert all(dataset.name in str(error.value) for dataset in PUBLIC_SETS)


def test_a_name_like_none_still_gets_an_answer() -> None:
    with pytest.raises(UsageError, match="unknown dataset"):
        public_set("")
