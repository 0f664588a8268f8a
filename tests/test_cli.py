"""The command line: exit codes, messages, and what it does not import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow import __version__, cli
from ocrflow.cli import PIPELINE, main
from ocrflow.config import RunConfig
from ocrflow.errors import DataError, OcrflowError, OutsideError, UsageError
from ocrflow.stages import base

MODEL = "PP-OCRv6_tiny_rec"
HEAVY = ("paddle", "mlflow", "cv2", "numpy", "PIL", "pydantic", "yaml", "rich", "dvc", "kfp", "great_expectations")


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small recognition dataset, `dataset/` in the working directory."""
    monkeypatch.chdir(tmp_path)
    write_dataset(tmp_path / "dataset")
    return tmp_path / "dataset"


def write_dataset(root: Path) -> None:
    """Three train rows and one val row."""
    (root / "images").mkdir(parents=True)
    rng = np.random.default_rng(5)
    for number in range(4):
        cv2.imwrite(str(root / f"images/{number}.png"), rng.integers(0, 256, (24, 60, 3), dtype=np.uint8))
    (root / "train.txt").write_text("images/0.png\tab\nimages/1.png\tba\nimages/2.png\tb\n")
    (root / "val.txt").write_text("images/3.png\ta\n")
    (root / "dict.txt").write_text("a\nb\n")


def check(*overrides: str) -> int:
    return main(["check-dataset", "-c", MODEL, "-o", "Global.dataset_dir=dataset", "Global.output=out", *overrides])


def result() -> Any:
    return json.loads(Path("out/check_dataset_result.json").read_text())


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=os.environ | environment, check=False
    )


def test_exit_code_0(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == 0
    out, err = capsys.readouterr()
    assert "Check dataset passed !" in out
    assert err == ""
    assert result()["done_flag"] is True


def test_exit_code_1_for_the_data(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dataset / "images" / "1.png").unlink()
    assert check() == 1
    out, err = capsys.readouterr()
    assert "passed" not in out
    assert err.startswith("ocrflow: ")
    assert "image_missing" in err
    assert "train.txt:2" in err
    assert "Traceback" not in err
    assert result()["done_flag"] is False


def test_exit_code_2_for_the_usage(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("Train.epoch_iters=3") == 2
    err = capsys.readouterr().err
    assert "unknown key Train.epoch_iters (did you mean 'epochs_iters'?)" in err
    assert "fix: " in err
    assert not Path("out").exists()


def test_exit_code_3_for_the_outside(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("mine")
    assert check("Global.output=file/out") == 3
    err = capsys.readouterr().err
    assert err.startswith("ocrflow: cannot write file/out: Not a directory\n  fix: ")


@pytest.mark.parametrize(("kind", "code"), [(DataError, 1), (UsageError, 2), (OutsideError, 3), (OcrflowError, 3)])
def test_every_family_has_its_exit_code(
    kind: type[OcrflowError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise kind("what is wrong", fix="what to do")

    assert cli.guarded(fail) == code
    assert capsys.readouterr() == ("", "ocrflow: what is wrong\n  fix: what to do\n")


def test_exit_code_130_for_an_interrupt(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(base, "run_stage", interrupt)
    assert main(["train", "-c", MODEL]) == 130
    assert capsys.readouterr().err == "ocrflow: interrupted\n"


@pytest.mark.parametrize("arguments", [[], ["trian"], ["train"], ["train", "-c"], ["data"], ["train", "-c", "x", "-z"]])
def test_a_wrong_command_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: ocrflow" in capsys.readouterr().err


def test_a_defect_keeps_its_traceback(dataset: Path) -> None:
    """A division by zero in a stage stands for any defect."""
    program = (
        "import sys, ocrflow.tasks.text_recognition.checks as checks; checks.ctc_steps_needed = lambda text: 1 / 0\n"
        "from ocrflow.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    overrides = ["Global.dataset_dir=dataset", "Global.output=out"]
    done = python("-c", program, "check-dataset", "-c", MODEL, "-o", *overrides)
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert result()["done_flag"] is False
    assert result()["err_type"] == "ZeroDivisionError"


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom ocrflow.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        f"print('IMPORTED', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = python("-c", program)
    assert done.stdout.splitlines()[-1] == "IMPORTED []", done.stderr
    assert "check-dataset" in done.stdout


def test_the_check_imports_no_paddle_and_no_mlflow(dataset: Path) -> None:
    program = (
        "import sys\nfrom ocrflow.cli import main\n"
        "code = main(sys.argv[1:])\n"
        "print('IMPORTED', [name for name in ('paddle', 'mlflow', 'paddlex') if name in sys.modules], code)"
    )
    overrides = ["Global.dataset_dir=dataset", "Global.output=out"]
    done = python("-c", program, "check-dataset", "-c", MODEL, "-o", *overrides)
    assert done.stdout.splitlines()[-1] == "IMPORTED [] 0", done.stderr


def test_python_m_ocrflow() -> None:
    done = python("-m", "ocrflow", "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"ocrflow {__version__}\n", "")


def test_a_terminal_without_chinese_and_a_file_name_that_is_not_utf8(tmp_path: Path) -> None:
    write_dataset(tmp_path / "set" / "车牌")
    (tmp_path / "set" / "车牌" / "images" / os.fsdecode(b"\xc4\xe3.png")).write_bytes(b"")
    overrides = [f"Global.dataset_dir={tmp_path / 'set'}", f"Global.output={tmp_path / 'out'}"]
    done = python("-m", "ocrflow", "check-dataset", "-c", MODEL, "-o", *overrides, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "\\u8f66\\u724c" in done.stdout
    assert "Check dataset passed !" in done.stdout
    faults = (tmp_path / "out" / "check_dataset" / "faults.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["code"] for line in faults] == ["image_orphan"]


def test_several_overrides_after_one_o_and_several_o(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[RunConfig] = []
    monkeypatch.setattr(base, "run_stage", lambda stage, config: seen.append(config))
    first = ["-o", "Train.batch_size=2", "Train.seed=2", "-o", "Train.batch_size=3"]
    assert main(["train", "-c", MODEL, *first, "--override", "Train.epochs_iters=4"]) == 0
    assert (seen[0].Train.batch_size, seen[0].Train.seed, seen[0].Train.epochs_iters) == (3, 2, 4)
    assert main(["train", "-c", MODEL]) == 0
    assert seen[1].Train.batch_size == 8, "nothing stays from the call before"


def test_a_file_of_tasks_and_the_task_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("two.yaml").write_text(
        "text_recognition: {Global: {model: PP-OCRv6_tiny_rec}}\ntext_detection: {Global: {model: PP-OCRv6_tiny_det}}\n"
    )
    seen: list[str] = []
    monkeypatch.setattr(base, "run_stage", lambda stage, config: seen.append(config.task))
    assert main(["train", "-c", "two.yaml"]) == 2
    assert "--task text_recognition" in capsys.readouterr().err
    assert main(["train", "-c", "two.yaml", "--task", "text_detection"]) == 0
    assert main(["train", "-c", MODEL, "--task", "text_detection"]) == 2
    assert "is a text_recognition model" in capsys.readouterr().err
    assert seen == ["text_detection"]


@pytest.mark.parametrize("stage", base.STAGES)
def test_every_stage_is_a_command(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(base, "run_stage", lambda stage, config: seen.append(stage))
    assert main([stage.replace("_", "-"), "-c", MODEL]) == 0
    assert seen == [stage]


def test_run_does_all_stages_in_order_and_ends_with_the_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(base, "run_stage", lambda stage, config: seen.append(stage))
    monkeypatch.setattr("ocrflow.stages.summary.print_summary", lambda config: seen.append("summary"))
    assert main(["run", "-c", MODEL]) == 0
    assert seen == [*PIPELINE, "summary"]
    assert seen[-4:] == ["export", "report", "register", "summary"]
    assert "[4/8] train" in capsys.readouterr().out
    assert main(["summary", "-c", MODEL]) == 0
    assert seen[-1] == "summary"


def test_run_stops_at_the_first_stage_that_fails(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dataset / "val.txt").unlink()
    assert main(["run", "-c", MODEL, "-o", "Global.dataset_dir=dataset", "Global.output=out"]) == 1
    out, err = capsys.readouterr()
    assert "[1/8] check_dataset" in out
    assert "[2/8]" not in out
    assert "list_missing" in err
    assert not Path("out/split_result.json").exists()
    assert main(["summary", "-c", MODEL, "-o", "Global.output=out"]) == 2
    assert "the stage train has not run" in capsys.readouterr().err


def test_the_pipeline_is_made_of_stages() -> None:
    assert set(PIPELINE) < set(base.STAGES)
    assert set(cli.HELP) == set(base.STAGES)


def test_what_the_check_does_not_need_does_not_disturb_it(dataset: Path) -> None:
    """PaddleX's own files name weights by URL and four cards."""
    Path("paddlex.yaml").write_text(
        "Global: {model: PP-OCRv4_mobile_rec, dataset_dir: dataset, output: out, device: 'gpu:0,1,2,3'}\n"
        "Train: {pretrain_weight_path: https://weights.example/x.pdparams}\n"
        "Export: {weight_path: https://weights.example/x.pdparams}\n"
    )
    assert main(["check-dataset", "-c", "paddlex.yaml"]) == 0
    assert result()["check_pass"] is True


def test_the_stage_of_the_pipeline_has_a_part_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "three.yaml"
    path.write_text(
        "text_recognition: {Global: {output: rec}}\n"
        "text_detection: {Global: {model: PP-OCRv6_tiny_det, output: det}}\n"
        "ocr: {Global: {output: both}}\n",
        encoding="utf-8",
    )
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(base, "run_stage", lambda stage, config: seen.append((stage, config.Global.output)))
    summaries = "ocrflow.stages.summary"
    monkeypatch.setattr(f"{summaries}.print_summary", lambda config: seen.append(("summary", config.Global.output)))
    monkeypatch.setattr(
        f"{summaries}.print_ocr_summary", lambda config: seen.append(("pipeline", config.Global.output))
    )
    assert main(["ocr", "-c", str(path)]) == main(["ocr", "-c", str(path), "--task", "ocr"]) == 0
    assert main(["summary", "-c", str(path)]) == main(["summary", "-c", str(path), "--task", "ocr"]) == 0
    tables = [("summary", "rec"), ("summary", "det"), ("pipeline", "both"), ("pipeline", "both")]
    assert seen == [("ocr", "both"), ("ocr", "both"), *tables]
    for words in (["ocr", "--task", "text_detection"], ["train", "--task", "ocr"], ["run", "--task", "ocr"]):
        assert main([*words, "-c", str(path)]) == 2
        assert f"--task {words[-1]}" in capsys.readouterr().err
    assert len(seen) == 6
