"""The command line: one subcommand a stage, `run` for all of them, `data` for datasets.

    ocrflow run -c params.yaml --task text_recognition -o Global.dataset_dir=DIR -o Global.output=OUT

Exit codes: 0 done, 1 the data or the gate says no, 2 wrong usage or configuration, 3 a part from outside failed.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence

from ocrflow import __version__
from ocrflow.cli_data import add_data
from ocrflow.cpu import use_fast_kernels
from ocrflow.errors import OcrflowError, UsageError
from ocrflow.models import OCR
from ocrflow.quiet import quiet_libraries

PIPELINE = ("check_dataset", "expectations", "split", "train", "evaluate", "export", "report", "register")
HELP = {
    "check_dataset": "find everything that is wrong with a dataset",
    "expectations": "hold the rows against a suite of expectations (Great Expectations)",
    "split": "divide the labelled rows into train and val",
    "train": "train the model",
    "evaluate": "score every validation row with the exported model",
    "export": "write the inference model and prove that it answers as the trained one",
    "report": "write one HTML page of the scores and what is wrong",
    "register": "record the run in MLflow and register the model",
    "predict": "read images with an exported model",
    "ocr": "find and read the texts of held-back images with both models, and score them",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code."""
    _print_whatever_comes()
    arguments = _parser().parse_args(argv)
    return guarded(lambda: arguments.command(arguments))


def guarded(work: Callable[[], None]) -> int:
    """Do `work`; an error of ocrflow becomes a message on stderr and its exit code. Others keep their traceback."""
    quiet_libraries()
    use_fast_kernels()
    try:
        work()
        return 0
    except OcrflowError as error:
        print(f"ocrflow: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("ocrflow: interrupted", file=sys.stderr)
        return 130


def paddlex_main(argv: Sequence[str] | None = None) -> int:
    """PaddleX's own form: `main.py -c CONFIG -o Global.mode=STAGE ...`; `Global.mode` names the stage."""
    _print_whatever_comes()
    parser = argparse.ArgumentParser(prog="main.py", description=paddlex_main.__doc__)
    _add_config(parser)
    parser.add_argument("-p", "--profiler_options", help="accepted and not used, as in PaddleX")
    arguments = parser.parse_args(argv)
    return guarded(lambda: _run_mode(arguments))


def _print_whatever_comes() -> None:
    """Escape what the terminal's encoding lacks (Chinese texts, file names that are not UTF-8) instead of failing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ocrflow", description="Fine-tune OCR models; trust the result.")
    parser.add_argument("--version", action="version", version=f"ocrflow {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for stage, text in HELP.items():
        command = commands.add_parser(stage.replace("_", "-"), help=text, description=text)
        _add_config(command)
        command.set_defaults(command=_stage_command(stage))
    run = commands.add_parser("run", help=f"all stages: {' -> '.join(PIPELINE)}")
    _add_config(run)
    run.set_defaults(command=_run)
    summary = commands.add_parser("summary", help="the short table of a finished run, of all tasks without --task")
    _add_config(summary)
    summary.set_defaults(command=_summary)
    add_data(commands.add_parser("data", help="make, fetch, import and mend datasets"))
    return parser


def _add_config(parser: argparse.ArgumentParser) -> None:
    text = "a YAML file, a PaddleX config path, or a model name such as PP-OCRv6_tiny_rec"
    parser.add_argument("-c", "--config", required=True, help=text)
    parser.add_argument("--task", help="which task of a file that holds several, e.g. text_recognition")
    text = "change keys; may be repeated, later ones win"
    key = "Section.key=value"
    parser.add_argument("-o", "--override", nargs="+", action="extend", default=[], metavar=key, help=text)


def _stage_command(stage: str) -> Callable[[argparse.Namespace], None]:
    def command(arguments: argparse.Namespace) -> None:
        from ocrflow.config_file import load_config
        from ocrflow.stages.base import run_stage

        run_stage(stage, load_config(arguments.config, _part(stage, arguments.task), arguments.override))

    return command


def _part(stage: str, task: str | None) -> str | None:
    """Which configuration of a file that holds several a stage runs with: its own stage has the pipeline, ocr."""
    if stage == OCR and task not in (None, OCR):
        raise UsageError(f"--task {task}: the stage {OCR} is of both tasks", fix=f"leave it out, or --task {OCR}")
    if stage in PIPELINE and stage != "report" and task == OCR:
        raise UsageError(f"--task {OCR} has no stage {stage}, which is of one task", fix="--task text_detection")
    return OCR if stage == OCR else task


def _run(arguments: argparse.Namespace) -> None:
    from ocrflow.config_file import load_config
    from ocrflow.stages.base import run_stage
    from ocrflow.stages.summary import print_summary

    config = load_config(arguments.config, _part("train", arguments.task), arguments.override)
    for number, stage in enumerate(PIPELINE, 1):
        print(f"\n[{number}/{len(PIPELINE)}] {stage}", flush=True)
        run_stage(stage, config)
    print_summary(config)


def _summary(arguments: argparse.Namespace) -> None:
    from ocrflow.config_file import load_config, parts_of
    from ocrflow.stages.summary import print_ocr_summary, print_summary

    parts: list[str | None] = [arguments.task] if arguments.task else [*parts_of(arguments.config)] or [None]
    for part in parts:
        config = load_config(arguments.config, part, arguments.override)
        (print_ocr_summary if part == OCR else print_summary)(config)


def _run_mode(arguments: argparse.Namespace) -> None:
    from ocrflow.config_file import load_config
    from ocrflow.stages.base import run_stage

    config = load_config(arguments.config, arguments.task, arguments.override)
    if config.Global.mode == "export" and config.Export.save_dir is None:
        export = config.Export.model_copy(update={"save_dir": config.Global.output})  # where PaddleX exports to
        config = config.model_copy(update={"Export": export})
    run_stage(config.Global.mode, config)
