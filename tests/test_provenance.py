"""What made a result: real repositories in temporary folders."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from ocrflow.config import RunConfig
from ocrflow.data.fingerprint import data_version
from ocrflow.provenance import config_hash, dvc_hash, git_commit, made_of


def git(*arguments: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a repository with one commit of code.py, dvc.lock and sub/dvc.lock."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for name in ("code.py", "dvc.lock", "sub/dvc.lock", "sub/other.py"):
        (tmp_path / name).write_text("one\n")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    return tmp_path


def test_a_clean_repository(repository: Path) -> None:
    assert git_commit() == git("rev-parse", "HEAD")
    assert len(git("rev-parse", "HEAD")) == 40


def test_a_changed_file_makes_it_dirty(repository: Path) -> None:
    commit = git("rev-parse", "HEAD")
    (repository / "sub" / "other.py").write_text("two\n")
    assert git_commit() == f"{commit}+dirty"
    git("add", ".")
    assert git_commit() == f"{commit}+dirty", "also when the change is staged"
    git("commit", "--quiet", "-m", "second")
    assert git_commit() == git("rev-parse", "HEAD") != commit


def test_a_removed_file_makes_it_dirty(repository: Path) -> None:
    (repository / "code.py").unlink()
    assert str(git_commit()).endswith("+dirty")


def test_dvc_lock_is_written_by_the_run_itself(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dvc.lock", "sub/dvc.lock"):
        (repository / name).write_text("two\n")
    assert git_commit() == git("rev-parse", "HEAD")
    (repository / "dvc.lock.py").write_text("new")
    git("add", "dvc.lock.py")
    assert str(git_commit()).endswith("+dirty")


def test_files_that_are_not_tracked_do_not_count(repository: Path) -> None:
    (repository / "new.py").write_text("x")
    assert git_commit() == git("rev-parse", "HEAD")


def test_a_change_above_the_working_directory_counts(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "sub")
    assert git_commit() == git("rev-parse", "HEAD")
    (repository / "code.py").write_text("two\n")
    assert str(git_commit()).endswith("+dirty")


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_commit() is None


def test_a_repository_without_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    assert git_commit() is None


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository / "empty"))
    assert git_commit() is None


def track(folder: Path, others: str = "") -> str:
    """Write FOLDER.dvc as `dvc add` would; returns the hash."""
    md5 = data_version(folder)
    Path(f"{folder}.dvc").write_text(f"outs:\n{others}- md5: {md5}\n  path: {folder.name}\n")
    return md5


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """data/deep/text_recognition with one file."""
    folder = tmp_path / "data" / "deep" / "text_recognition"
    folder.mkdir(parents=True)
    (folder / "train.txt").write_text("a.png\tA\n")
    return folder


def test_the_hash_of_a_folder_counts_for_what_is_in_it(tmp_path: Path, dataset: Path) -> None:
    assert dvc_hash(dataset) is None
    md5 = track(tmp_path / "data")
    assert dvc_hash(dataset) == dvc_hash(tmp_path / "data") == dvc_hash(dataset / ".." / ".." / "deep") == md5
    assert dvc_hash(tmp_path) is None
    assert dvc_hash(tmp_path / "database") is None


def test_the_nearest_file_of_dvc_counts(tmp_path: Path, dataset: Path) -> None:
    nearest = track(tmp_path / "data" / "deep")
    assert track(tmp_path / "data") != nearest
    assert dvc_hash(dataset) == nearest


def test_a_folder_that_was_changed_has_not_the_tracked_hash(tmp_path: Path, dataset: Path) -> None:
    track(tmp_path / "data")
    (dataset / "train.txt").write_text("a.png\tB\n")
    assert dvc_hash(dataset) is None


def test_a_relative_dataset(tmp_path: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    md5 = track(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    assert dvc_hash(Path("data/deep/text_recognition")) == md5


def test_the_root_of_the_file_system_is_tracked_by_nobody() -> None:
    assert dvc_hash(Path("/")) is None
    assert dvc_hash(Path("/nowhere")) is None


@pytest.mark.parametrize(
    "content", ["", "[]", "outs:", "outs: [x]", "outs: []", "outs: [{path: data}]", "outs: {", "\x00", "deps: []"]
)
def test_a_file_that_is_not_of_dvc(tmp_path: Path, content: str) -> None:
    (tmp_path / "data.dvc").write_text(content)
    assert dvc_hash(tmp_path / "data") is None


def test_another_output_of_the_same_file(tmp_path: Path, dataset: Path) -> None:
    md5 = track(tmp_path / "data", others="- {md5: 0, path: other}\n")
    assert dvc_hash(dataset) == md5


def test_every_value_is_in_the_hash_of_the_configuration() -> None:
    same = config_hash(RunConfig())
    assert config_hash(RunConfig.model_validate({"Global": {"device": "auto"}})) == same
    changed = [
        {"Global": {"output": "x"}},
        {"Train": {"seed": 3}},
        {"Benchmark": {"a": 1}},
        {"Register": {"name": "n"}},
    ]
    hashes = {config_hash(RunConfig.model_validate(values)) for values in changed}
    assert len(hashes | {same}) == 5
    assert all(len(text) == 64 for text in hashes)


def test_the_record_holds_what_the_stage_adds(repository: Path) -> None:
    config = RunConfig.model_validate({"Global": {"dataset_dir": "data/a"}})
    (repository / "data" / "a").mkdir(parents=True)
    md5 = track(repository / "data")
    record = made_of(config, data_version="d", rows=3)
    assert record == {
        "git_commit": git("rev-parse", "HEAD"),
        "dvc_hash": md5,
        "config_sha256": config_hash(config),
        "data_version": "d",
        "rows": 3,
    }
    assert json.loads(json.dumps(record)) == record
