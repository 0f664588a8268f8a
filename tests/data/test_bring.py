"""Bringing in tracked data: real DVC repositories and remotes in temporary folders, and the generator."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ocrflow.data import bring as bring_module
from ocrflow.data.bring import bring
from ocrflow.data.fingerprint import data_version
from ocrflow.data.synth import synthesize
from ocrflow.errors import OutsideError, UsageError

MADE = {"task": "text_recognition", "style": "plates", "n": 4, "seed": 7, "val_percent": 25}


def dvc(folder: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "dvc", *arguments], cwd=folder, check=True, capture_output=True)


def content_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR", "DVC_SITE_CACHE_DIR"):
        monkeypatch.setenv(name, str(tmp_path_factory.getbasetemp() / "dvc" / name))
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `project/`, whose `data/` is tracked and pushed, and the remote `storage/`; read only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DVC_NO_ANALYTICS", "1")
        patch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path_factory.mktemp("site")))
        folder = tmp_path_factory.mktemp("pushed")
        images = folder / "project" / "data" / "text_recognition" / "images"
        images.mkdir(parents=True)
        for name in ("a.png", "b.png", "输.png"):
            (images / name).write_bytes(name.encode() * 100)
        (images.parent / "train.txt").write_text("images/a.png\ta\n")
        dvc(folder / "project", "init", "--no-scm", "--quiet")
        dvc(folder / "project", "remote", "add", "--default", "shelf", str(Path("..", "storage")))
        dvc(folder / "project", "add", "data")
        dvc(folder / "project", "push")
    return folder


@pytest.fixture
def project(pushed: Path, tmp_path: Path) -> Path:
    """A clone of the project: the remote is there, the data and DVC's cache are not."""
    shutil.copytree(pushed, tmp_path / "clone")
    clone = tmp_path / "clone" / "project"
    for folder in (clone / "data", clone / ".dvc" / "cache"):
        shutil.rmtree(folder)
    return clone


def track(folder: Path, md5: str, generators: Any = (MADE,)) -> Path:
    """Write `data.dvc` into a new folder without DVC."""
    folder.mkdir(exist_ok=True)
    content = {"outs": [{"md5": md5, "path": "data", "hash": "md5"}], "meta": {"generators": list(generators)}}
    (folder / "data.dvc").write_text(yaml.safe_dump(content))
    return folder / "data.dvc"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the generator makes; read only."""
    folder = tmp_path_factory.mktemp("generated") / "data"
    synthesize(folder / "text_recognition", style="plates", num_samples=4, seed=7, val_percent=25, workers=1)
    return folder


def refuse_dvc(*arguments: object) -> None:
    raise AssertionError(f"DVC was asked: {arguments}")


def test_data_that_is_there_and_as_tracked(
    pushed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bring_module, "_dvc", refuse_dvc)
    bring(str(pushed / "project" / "data.dvc"))
    assert capsys.readouterr().out == f"{pushed / 'project' / 'data'}: is in place\n"


def test_data_that_is_there_and_different_is_left_alone(
    pushed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bring_module, "_dvc", refuse_dvc)
    shutil.copytree(pushed / "project", tmp_path / "mine")
    (tmp_path / "mine" / "data" / "text_recognition" / "train.txt").write_text("images/a.png\tb\n")
    before = content_of(tmp_path / "mine")
    bring(str(tmp_path / "mine" / "data.dvc"))
    out = capsys.readouterr().out
    assert f"differs from {tmp_path / 'mine' / 'data.dvc'} and is used as it is" in out
    assert content_of(tmp_path / "mine") == before


def test_data_from_the_remote(
    pushed: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    bring("clone/project/data.dvc")
    assert content_of(project / "data") == content_of(pushed / "project" / "data")
    tracked = yaml.safe_load((project / "data.dvc").read_text())["outs"][0]["md5"]
    assert data_version(project / "data") == tracked
    assert "clone/project/data.dvc: pulling from the DVC remote shelf" in capsys.readouterr().out


@pytest.mark.parametrize("lost", ["one file", "everything"])
def test_a_remote_that_lost_something(project: Path, lost: str) -> None:
    storage = project.parent / "storage"
    if lost == "everything":
        shutil.rmtree(storage)
    else:
        next(path for path in storage.rglob("*") if path.is_file() and path.suffix != ".dir").unlink()
    with pytest.raises(OutsideError, match="dvc pull failed") as caught:
        bring(str(project / "data.dvc"))
    assert caught.value.exit_code == 3
    assert f"fix: dvc pull {project / 'data.dvc'} -v" in str(caught.value)
    assert not (project / "data").exists(), "a part of the data would pass for data of the user's"


def test_a_pull_that_is_interrupted_leaves_no_half_dataset(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_a_pull(folder: Path, command: str, name: str) -> subprocess.CompletedProcess[str]:
        if command == "config":
            return subprocess.CompletedProcess([], 0, "shelf\n", "")
        assert (folder, name) == (project, "data.dvc")
        (project / "data").mkdir()
        (project / "data" / "train.txt").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(bring_module, "_dvc", half_a_pull)
    with pytest.raises(KeyboardInterrupt):
        bring(str(project / "data.dvc"))
    assert not (project / "data").exists()


def test_settings_of_dvc_that_are_broken(project: Path) -> None:
    (project / ".dvc" / "config").write_text("[core\n")
    with pytest.raises(OutsideError, match=r"dvc config failed: .*line 1") as caught:
        bring(str(project / "data.dvc"))
    assert caught.value.fix
    assert "Traceback" not in str(caught.value)
    assert not (project / "data").exists()


def test_data_from_the_generator(generated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tracked = track(tmp_path / "new", data_version(generated))
    bring(str(tracked))
    assert content_of(tmp_path / "new" / "data") == content_of(generated)
    assert f"the hash is the tracked one ({data_version(generated)})" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["data", "data.dvc"]
    bring(str(tracked))
    assert "data: is in place" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "kind", "part"),
    [
        ({"seed": 8}, OutsideError, "the generator made "),
        ({"style": "poems"}, UsageError, "poems"),
        ({"n": 1}, UsageError, "num_samples"),
    ],
)
def test_a_generator_that_makes_something_else_leaves_nothing(
    generated: Path, tmp_path: Path, change: dict[str, Any], kind: type[Exception], part: str
) -> None:
    tracked = track(tmp_path / "new", data_version(generated), [MADE | change])
    with pytest.raises(kind, match=part) as caught:
        bring_module.generate(tmp_path / "new" / "data", [MADE | change], data_version(generated))
    if kind is OutsideError:
        assert f"tracked is {data_version(generated)}" in str(caught.value)
    assert list((tmp_path / "new").iterdir()) == [tracked]


def test_neither_a_remote_nor_a_generator(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither a DVC remote nor a generator"):
        bring(str(track(tmp_path / "new", "0" * 32 + ".dir", [])))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"data\.dvc: no such file"):
        bring(str(tmp_path / "data.dvc"))


@pytest.mark.parametrize(
    "content",
    ["", "[1]", "outs: []", "outs: [{path: data}]", "outs: {", "meta: {generators: 3}\nouts: [{md5: a, path: b}]"],
)
def test_a_file_that_dvc_did_not_write(tmp_path: Path, content: str) -> None:
    (tmp_path / "data.dvc").write_text(content)
    with pytest.raises(UsageError, match="not a file of dvc add"):
        bring(str(tmp_path / "data.dvc"))


def test_a_generator_with_other_keys(tmp_path: Path) -> None:
    tracked = track(tmp_path / "new", "0" * 32 + ".dir", [{"task": "text_recognition", "count": 3}])
    with pytest.raises(UsageError, match=r"expected the keys n, seed, style, task, val_percent, got .*'count': 3"):
        bring(str(tracked))


def test_a_single_file_is_not_a_dataset(tmp_path: Path) -> None:
    tracked = track(tmp_path / "new", "0" * 32)
    with pytest.raises(UsageError, match=r"tracks the file .*data, expected a folder"):
        bring(str(tracked))
