from __future__ import annotations

import ast
import sys
from importlib.metadata import version

import pytest

from ocrflow.errors import OutsideError
from ocrflow.tracking import package
from ocrflow.tracking.code_closure import PACKAGE, needed_modules
from ocrflow.tracking.package import CODE_OF_TASK, pip_requirements

IMPORT_OF = {
    "paddlepaddle": "paddle",
    "pyyaml": "yaml",
    "pillow": "PIL",
    "opencv-contrib-python": "cv2",
}  # else of the same name


@pytest.mark.parametrize(("task", "runner"), [("text_recognition", "recognizer"), ("text_detection", "detector")])
def test_shipped_modules_are_those_that_reading_needs(task: str, runner: str) -> None:
    names = {str(file.relative_to(PACKAGE)) for file in needed_modules(CODE_OF_TASK[task])}
    assert {"__init__.py", f"inference/{runner}.py", "tracking/model_input.py", "data/images.py", "errors.py"} <= names
    assert not {"cli.py", "tracking/store.py", "data/lists.py", "inference/export.py"} & names


OTHER_ENGINES = {
    "onnxruntime",
    "openvino",
    "onnx",
    "paddle2onnx",
}  # used when `model_config` asks; the default is Paddle


def test_requirements_cover_the_imports_of_the_shipped_modules() -> None:
    names = {requirement.partition("==")[0] for requirement in pip_requirements()}
    covered = {IMPORT_OF.get(name, name) for name in names} | {"ocrflow"} | set(sys.stdlib_module_names) | OTHER_ENGINES
    for file in {file for code in CODE_OF_TASK.values() for file in (code, *needed_modules(code))}:
        for node in ast.walk(ast.parse(file.read_text())):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in imported} <= covered, file


def test_requirements_are_pinned_to_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert f"numpy=={version('numpy')}" in pip_requirements()
    assert sum(requirement.startswith("opencv") for requirement in pip_requirements()) == 1
    monkeypatch.setattr(package, "_REQUIREMENTS", ({"no-such-package": "no-such-package"},))
    with pytest.raises(OutsideError, match="none of no-such-package is installed"):
        pip_requirements()
