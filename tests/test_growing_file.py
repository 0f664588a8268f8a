"""A file of JSON lines takes its name only when it is complete."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ocrflow.errors import OutsideError
from ocrflow.growing_file import growing_lines, part_of


def test_lines_are_there_at_once_and_the_name_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lines.jsonl"
    with growing_lines(path) as append:
        append({"a": "é\u2028"})
        assert part_of(path).read_text("utf-8") == '{"a": "é\u2028"}\n'
        assert not path.exists()
        append({"b": 1})
    assert path.read_text("utf-8") == '{"a": "é\u2028"}\n{"b": 1}\n'
    assert [file.name for file in path.parent.iterdir()] == ["lines.jsonl"]


def test_an_error_keeps_both_files(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("old\n")
    with pytest.raises(KeyboardInterrupt), growing_lines(path) as append:
        append({"a": 1})
        raise KeyboardInterrupt
    assert path.read_text() == "old\n"
    assert part_of(path).read_text() == '{"a": 1}\n'
    with growing_lines(path):
        pass
    assert path.read_text() == ""


def test_a_killed_process_leaves_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    code = (
        "import os, signal, sys; from pathlib import Path; from ocrflow.growing_file import growing_lines\n"
        "with growing_lines(Path(sys.argv[1])) as append:\n"
        "    append({'a': 1}); append({'b': 2}); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert part_of(path).read_text() == '{"a": 1}\n{"b": 2}\n'


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(OutsideError, match="a file is where a folder is needed"),
        growing_lines(tmp_path / "file" / "a"),
    ):
        pass
    if Path("/dev/full").exists():
        part_of(tmp_path / "full.jsonl").symlink_to("/dev/full")
        with pytest.raises(OutsideError, match="cannot write"), growing_lines(tmp_path / "full.jsonl") as append:
            append({"a": 1})
