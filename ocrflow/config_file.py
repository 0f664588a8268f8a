"""From `-c` and `-o` to a `RunConfig`.

`-c` names a YAML file with PaddleX's sections, a YAML file with one such configuration a task (params.yaml), a PaddleX
model name, or a path as PaddleX's tutorials write it; a path that is no file stands for the model of its name. Keys of
`Train` that neither sets come from the model's official recipe (`ocrflow.presets`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ocrflow.config import GlobalSection, RunConfig
from ocrflow.config_override import KEYS_PAGE, apply
from ocrflow.config_refusal import explain
from ocrflow.errors import UsageError
from ocrflow.models import OCR, TASK_OF_MODEL, TASKS, nearest, task_of
from ocrflow.presets import preset, with_recipe


def load_config(source: str, task: str | None = None, overrides: list[str] | None = None) -> RunConfig:
    """Read the configuration and apply the `Section.key=value` overrides in order.

    Args:
        task: which configuration of a file that holds several: a task, or ocr for the pipeline of both.

    Raises:
        UsageError: no such file or model, broken YAML, an unknown key or a value of the wrong kind.
    """
    values, origin = _read(source, task)
    for override in overrides or []:
        apply(values, override)
    try:
        config = RunConfig.model_validate(with_recipe(values, GlobalSection().model))
    except ValidationError as error:
        where = f"{origin} and -o" if overrides else origin
        raise UsageError(f"{where}: {explain(error)}", fix=f"see the keys in {KEYS_PAGE}") from error
    found = task_of(config.Global.model)
    if task not in (None, OCR, found):
        raise UsageError(f"--task {task}, but {config.Global.model} is a {found} model", fix=f"--task {found}")
    return config


def to_yaml(config: RunConfig) -> str:
    """The configuration as a file that `-c` reads."""
    return yaml.safe_dump(config.model_dump(mode="json", exclude_none=True), sort_keys=False, allow_unicode=True)


def _read(source: str, task: str | None) -> tuple[dict[str, Any], str]:
    """The values of `source` and the words for where they come from."""
    path = Path(source)
    if path.is_file():
        return _of_task(_parse_file(path), task, source), source
    model = path.stem if path.suffix in (".yaml", ".yml") else source
    if model in TASK_OF_MODEL:
        return preset(model), f"the defaults of {model}"
    fix = "give a YAML file or a PaddleX model name"
    raise UsageError(f"-c {source}: no such file, and no model {model!r}{nearest(model, TASK_OF_MODEL)}", fix=fix)


def _parse_file(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not readable as YAML: {error}", fix="mend the line that is named") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", fix=f"chmod u+r {path}") from error
    if not isinstance(values, dict):
        raise UsageError(f"{path}: expected sections such as Global and Train", fix=f"see {KEYS_PAGE}")
    return values


def parts_of(source: str) -> list[str]:
    """The tasks of a file that holds several configurations, and ocr if it has one of the pipeline; of others none.

    Raises:
        UsageError: the file is not readable as YAML.
    """
    path = Path(source)
    values = _parse_file(path) if path.is_file() else {}
    return [name for name in (*TASKS, OCR) if name in values]


def _of_task(values: dict[str, Any], task: str | None, source: str) -> dict[str, Any]:
    """The sections of one task; all of the file when it is not divided into tasks."""
    there = [name for name in (*TASKS, OCR) if name in values]
    if not there:
        return values
    tasks = [name for name in there if name != OCR] or there
    beside = [name for name in RunConfig.model_fields if name in values]
    if beside:
        raise UsageError(f"{source}: {beside[0]} stands beside the task {there[0]}", fix=f"move it below {there[0]}")
    if task is None and len(tasks) > 1:
        raise UsageError(f"{source} holds the tasks {', '.join(tasks)}", fix=f"--task {tasks[0]}")
    if task is not None and task not in there:
        fix = f"add {OCR}: with a section Ocr to it" if task == OCR else f"--task {there[0]}"
        raise UsageError(f"{source} has no task {task!r}; it holds {', '.join(there)}", fix=fix)
    sections = values[task or tasks[0]]
    if not isinstance(sections, dict):
        raise UsageError(f"{source}: {task or tasks[0]}: expected sections such as Global", fix=f"see {KEYS_PAGE}")
    return sections
