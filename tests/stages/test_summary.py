"""The table at the end of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.files import write_json
from ocrflow.stages.base import result_path
from ocrflow.stages.summary import print_ocr_summary, print_summary

UI = (
    "mlflow ui --backend-store-uri sqlite:////a/folder/with/a/name/that/is/much/longer/than/a/terminal/mlruns/mlflow.db"
)
RESULTS: dict[str, dict[str, Any]] = {
    "train": {"model_name": "PP-OCRv6_tiny_rec", "num_processes": 2, "seconds": 61.4, "baseline": {"acc": 0.125}},
    "evaluate": {"metrics": {"acc": 0.9625, "cer": 0.011}, "rows_scored": 450, "rows_labelled": 450, "wrong": 17},
    "export": {"model_dir": "out[1]/export"},
    "register": {
        "name": "demo-text_recognition",
        "version": 3,
        "alias": "best_accuracy",
        "alias_set": True,
        "data_version": "0123456789abcdef0123456789abcdef.dir",
        "ui_command": UI,
    },
}


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    """The output folder holds the results of all stages."""
    values = {"output": str(tmp_path), "dataset_dir": "data/[v2] plates"}
    config = RunConfig.model_validate({"Global": values})
    for stage, result in RESULTS.items():
        write_json(result_path(config, stage), {"done_flag": True, **result})
    return config


def test_everything_is_said_in_full(config: RunConfig, capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(config)
    text = capsys.readouterr().out
    for part in (
        "ocrflow: text_recognition",
        "PP-OCRv6_tiny_rec (2 processes, 61 s of training)",
        "0123456789abcdef0123456789abcdef.dir (data/[v2] plates)",
        "450 of 450 validation rows",
        "96.25%, 17 rows wrong (cer 0.0110)",
        "12.50%",
        f"{config.Global.output}/report.html",
        "out[1]/export",
        "demo-text_recognition version 3 @best_accuracy",
        UI,
    ):
        assert part in text, part


def test_a_version_that_the_gate_refused(config: RunConfig, capsys: pytest.CaptureFixture[str]) -> None:
    refused = {"done_flag": False, "err_type": "DataError", "err_msg": "the gate", **RESULTS["register"]}
    write_json(result_path(config, "register"), refused | {"alias_set": False})
    print_summary(config)
    assert "demo-text_recognition version 3 (no alias: the gate refused)" in capsys.readouterr().out


@pytest.mark.parametrize("stage", RESULTS)
def test_a_stage_that_is_missing(config: RunConfig, stage: str) -> None:
    result_path(config, stage).unlink()
    with pytest.raises(UsageError, match=f"the stage {stage} has not run"):
        print_summary(config)


def test_a_registration_that_failed(config: RunConfig) -> None:
    failure = {"done_flag": False, "err_type": "OutsideError", "err_msg": "no server"}
    write_json(result_path(config, "register"), failure)
    with pytest.raises(UsageError, match="the stage register failed: no server"):
        print_summary(config)


OCR: dict[str, Any] = {
    "metrics": {
        "precision": 0.5,
        "recall": 0.75,
        "f1": 0.6,
        "box_precision": 0.6,
        "box_recall": 0.9,
        "box_hmean": 0.72,
    },
    "texts": {"labelled": 40, "right": 30},
    "rows_labelled": 36,
    "rows_scored": 36,
    "wrong": 9,
    "rows": "output/text_detection/split/val.txt",
    "ocr_yaml": "out/OCR.yaml",
    "det_model": {"name": "PP-OCRv6_tiny_det", "model_dir": "out/det"},
    "rec_model": {"name": "PP-OCRv6_tiny_rec", "model_dir": "out/rec"},
}


def test_the_pipeline(config: RunConfig, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="the stage ocr has not run"):
        print_ocr_summary(config)
    write_json(result_path(config, "ocr"), {"done_flag": True, **OCR})
    print_ocr_summary(config)
    text = capsys.readouterr().out
    for part in (
        "ocrflow: ocr\n",
        "PP-OCRv6_tiny_det (out/det) + PP-OCRv6_tiny_rec (out/rec)",
        "36 of 36 held-back images (output/text_detection/split/val.txt)",
        "60.00%, 30 of 40 texts found and read right (precision 0.5000, recall 0.7500)",
        "72.00% (box_precision 0.6000, box_recall 0.9000)",
        f"9, see {config.Global.output}/report.html",
        "paddlex --pipeline out/OCR.yaml --input IMAGE",
    ):
        assert part in text, part
    write_json(result_path(config, "ocr"), {"done_flag": True, **OCR, "metrics": {**OCR["metrics"], "cer": 0.0123}})
    print_ocr_summary(config)
    assert "cer of matched boxes 0.0123" in capsys.readouterr().out
