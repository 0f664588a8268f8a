"""From `-c` and `-o` to a `RunConfig`.

`-c` names a YAML file with PaddleX's sections, a YAML file with one such configuration a task (params.yaml), a PaddleX
model name, or a path as PaddleX's tutorials write it; a path that is no file stands for the model of its name.
"""

from __future__ import annotations

import types
import typing
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.models import TASK_OF_MODEL, TASKS, nearest, task_of


def load_config(source: str, task: str | None = None, overrides: list[str] | None = None) -> RunConfig:
    """Read the configuration and apply the `Section.key=value` overrides in order.

    Raises:
        UsageError: no such file or model, broken YAML, an unknown key or a value of the wrong kind.
    """
    values, origin = _read(source, task)
    for override in overrides or []:
        _apply(values, override)
    try:
        config = RunConfig.model_validate(values)
    except ValidationError as error:
        raise UsageError(_explain(error, origin), fix=f"see the keys in {_KEYS_PAGE}") from error
    found = task_of(config.Global.model)
    if task and found != task:
        raise UsageError(f"--task {task}, but {config.Global.model} is a {found} model", fix=f"--task {found}")
    return config


_KEYS_PAGE = "docs/configuration.md"


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
        from ocrflow.presets import preset

        return preset(model), f"the defaults of {model}"
    fix = "give a YAML file or a PaddleX model name"
    raise UsageError(f"-c {source}: no such file, and no model {model!r}{nearest(model, TASK_OF_MODEL)}", fix=fix)


def _parse_file(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not readable as YAML: {error}", fix="mend the line that is named") from error
    if not isinstance(values, dict):
        raise UsageError(f"{path}: expected sections such as Global and Train", fix=f"see {_KEYS_PAGE}")
    return values


def _of_task(values: dict[str, Any], task: str | None, source: str) -> dict[str, Any]:
    there = [name for name in TASKS if name in values]
    if not there:
        return values
    if task is None and len(there) > 1:
        raise UsageError(f"{source} holds the tasks {', '.join(there)}", fix=f"--task {there[0]}")
    if task is not None and task not in there:
        raise UsageError(f"{source} has no task {task!r}; it holds {', '.join(there)}", fix=f"--task {there[0]}")
    return dict(values[task or there[0]])


def _apply(values: dict[str, Any], override: str) -> None:
    """Set `A.b.c=value` in the nested values; the value is a YAML scalar or list, or text where the key wants text."""
    key, equals, text = override.partition("=")
    path = key.split(".")
    if not equals or len(path) < 2 or not all(path):
        raise UsageError(f"-o {override}: expected Section.key=value", fix="e.g. -o Train.epochs_iters=10")
    kind = _kind_of(path, override)
    node = values
    for name in path[:-1]:
        if not isinstance(node.get(name), dict):
            node[name] = {}
        node = node[name]
    node[path[-1]] = _value(text, kind, override)


def _kind_of(path: list[str], override: str) -> Any:
    """The type of a key; an error that names the nearest key when there is none."""
    kind: Any = RunConfig
    for place, name in enumerate(path):
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return Any
        fields = kind.model_fields
        if name not in fields:
            prefix = "".join(f"{part}." for part in path[:place])
            guess = nearest(name, fields)
            raise UsageError(f"-o {override}: unknown key {prefix}{name}{guess}", fix=f"see the keys in {_KEYS_PAGE}")
        kind = fields[name].annotation
    return kind


def _value(text: str, kind: Any, override: str) -> Any:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        if _takes_text(kind):
            return text
        raise UsageError(f"-o {override}: the value is not YAML", fix="quote it: -o 'Section.key=\"value\"'") from error
    if value is None:
        return None if text else ""
    return text if _takes_text(kind) and not isinstance(value, str) and not _fits(value, kind) else value


def _members(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) in (types.UnionType, typing.Union) else (kind,)


def _takes_text(kind: Any) -> bool:
    return any(member is str or typing.get_origin(member) is typing.Literal for member in _members(kind))


def _fits(value: Any, kind: Any) -> bool:
    plain = [member for member in _members(kind) if isinstance(member, type)]
    return type(value) in plain or (isinstance(value, int) and float in plain)


def _explain(error: ValidationError, origin: str) -> str:
    """One line a problem: key, what is wrong, and the nearest key for an unknown one."""
    lines = []
    for problem in error.errors():
        path = [str(part) for part in problem["loc"]]
        key = ".".join(path)
        if problem["type"] == "extra_forbidden":
            lines.append(f"unknown key {key}{nearest(path[-1], _siblings(path))}")
        else:
            lines.append(f"{key}: {problem['msg']}, got {problem['input']!r}")
    return f"{origin}: " + "; ".join(lines)


def _siblings(path: list[str]) -> list[str]:
    kind: Any = RunConfig
    for name in path[:-1]:
        kind = kind.model_fields[name].annotation
    return list(kind.model_fields)
