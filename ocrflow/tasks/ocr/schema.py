"""The keys of OCR.yaml that PaddleX 3.7 reads, with its defaults, and what is said about a file that breaks them.

Keys that say on which engine PaddleX runs, or that belong to parts that are off, are taken and not used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from ocrflow.config_section import Section, Text
from ocrflow.errors import UsageError
from ocrflow.models import nearest

WRITE = "ocrflow ocr -c CONFIG writes such a file"
Positive = Annotated[float, Field(gt=0)]  # PaddleX takes 0 for "not given"


class Engine(Section):
    """Keys of both models and of the whole file."""

    batch_size: int = Field(1, ge=1)
    engine: str | None = None
    engine_config: dict[str, Any] | None = None
    use_hpip: bool | None = None
    hpi_config: dict[str, Any] | None = None


class Module(Engine):
    """Keys of both models."""

    module_name: str | None = None
    model_name: Text
    model_dir: Text | None = None
    input_shape: None = None  # one size for all inputs, which nothing here is exported for


class TextDetection(Module):
    """`SubModules.TextDetection`."""

    limit_side_len: int = Field(960, gt=0)
    limit_type: Literal["max", "min", "resize_long"] = "max"
    max_side_limit: int = Field(4000, gt=0)
    thresh: Positive = 0.3
    box_thresh: Positive = 0.6
    unclip_ratio: Positive = 2.0


class TextRecognition(Module):
    """`SubModules.TextRecognition`."""

    score_thresh: float = Field(0.0, ge=0, le=1)
    return_word_box: bool = False


class SubModules(Section):
    """`SubModules`."""

    TextDetection: TextDetection
    TextRecognition: TextRecognition
    TextLineOrientation: dict[str, Any] | None = None


class PipelineFile(Engine):
    """The whole file. PaddleX switches on what is not switched off, so the switches have to be there."""

    pipeline_name: Literal["OCR"]
    text_type: Literal["general"]
    use_doc_preprocessor: bool
    use_textline_orientation: bool
    SubModules: SubModules
    SubPipelines: dict[str, Any] | None = None
    Serving: dict[str, Any] | None = None

    @field_validator("use_doc_preprocessor", "use_textline_orientation")
    @classmethod
    def _is_off(cls, value: bool) -> bool:
        if value:
            raise PydanticCustomError("is_on", "false: ocrflow has no models for orientation and unwarping")
        return value


def parse_pipeline_file(path: Path) -> PipelineFile:
    """Read an OCR.yaml.

    Raises:
        UsageError: no such file, no YAML, an unknown or missing key, or a value that PaddleX would not take.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not readable as YAML: {error}", fix=WRITE) from error
    except OSError as error:
        raise UsageError(f"{path}: expected an OCR.yaml: {error.strerror}", fix=WRITE) from error
    if not isinstance(values, dict):
        raise UsageError(f"{path}: expected PaddleX's keys such as SubModules, got {type(values).__name__}", fix=WRITE)
    try:
        return PipelineFile.model_validate(values)
    except ValidationError as error:
        sentences = "; ".join(_sentence(problem) for problem in error.errors())
        raise UsageError(f"{path}: {sentences}", fix=WRITE) from error


def _sentence(problem: Any) -> str:
    """A fault: its key, what was expected and what was found; the nearest key for an unknown one."""
    path = [str(part) for part in problem["loc"]]
    key = ".".join(path)
    if problem["type"] == "extra_forbidden":
        return f"unknown key {key}{nearest(path[-1], _keys_beside(path))}"
    if problem["type"] == "missing":
        return f"{key} is missing"
    wish = problem["msg"].removeprefix("Input should be ").split(", unable")[0]
    return f"{key}: expected {wish}, got {problem['input']!r}"


def _keys_beside(path: list[str]) -> list[str]:
    section: Any = PipelineFile
    for name in path[:-1]:
        section = section.model_fields[name].annotation
    return list(section.model_fields)
