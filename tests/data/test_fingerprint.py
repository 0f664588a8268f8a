"""The content hash of a folder against DVC itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ocrflow.data import fingerprint, fingerprint_cache
from ocrflow.data.fingerprint import data_version, files_under, md5s_of, size_of, version_of
from ocrflow.data.image_facts import ImageFacts
from ocrflow.errors import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "repo" / "data"
    for name, text in {"b.txt": "b", "a.txt": "a", "sub/ü/车 1.txt": "x", ".hidden": "h", "sub.txt": "s"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "empty").mkdir()
    (root / "link.txt").symlink_to(root / "a.txt")
    return root


def test_it_is_the_hash_that_dvc_gives(folder: Path) -> None:
    environment = os.environ | {"DVC_NO_ANALYTICS": "1", "DVC_GLOBAL_CONFIG_DIR": str(folder.parent / "config")}
    for command in (["init", "--no-scm", "-q"], ["add", "-q", folder.name]):
        subprocess.run([sys.executable, "-m", "dvc", *command], cwd=folder.parent, env=environment, check=True)
    recorded = yaml.safe_load((folder.parent / "data.dvc").read_text())["outs"][0]["md5"]
    assert data_version(folder) == recorded


def test_content_and_names_count_order_of_creation_does_not(folder: Path, tmp_path: Path) -> None:
    before = data_version(folder)
    (folder / "b.txt").write_text("b")
    assert data_version(folder) == before
    (folder / "b.txt").write_text("c")
    changed = data_version(folder)
    (folder / "b.txt").rename(folder / "c.txt")
    assert len({before, changed, data_version(folder)}) == 3


def test_known_hashes_are_not_computed_again(folder: Path) -> None:
    files = files_under(folder)
    md5s = md5s_of(files, known={"a.txt": "0" * 32})
    assert md5s["a.txt"] == "0" * 32 and list(md5s) == sorted(files)
    assert version_of(md5s) != data_version(folder)


def test_what_was_found_in_an_image_is_not_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As check_dataset remembers it; a change of the file counts at once."""
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(fingerprint_cache, "_NEWEST_S", 0)
    before = data_version(folder)
    md5s, files = md5s_of(files_under(folder)), files_under(folder)
    cache = fingerprint_cache.FingerprintCache()
    for name, path in files.items():
        cache.add(str(path), fingerprint_cache.stamp_of(path), ImageFacts(md5s[name]))
    cache.save()

    def refuse(path: Path) -> str:
        raise AssertionError(path)

    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "_md5_of", refuse)
        assert data_version(folder) == before
    (folder / "b.txt").write_text("c")
    assert data_version(folder) not in (before, None)


def test_linked_folders_count_once_and_loops_end(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "i.png").write_text("i")
    (folder / "images").symlink_to(outside)
    (folder / "sub" / "loop").symlink_to(folder)
    assert "images/i.png" in files_under(folder)
    assert not any("loop" in name for name in files_under(folder))


def test_size(folder: Path) -> None:
    size = size_of(files_under(folder))
    assert (size.files, size.bytes) == (6, 6)
    assert size_of({}).files == 0


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gone"):
        md5s_of({"gone": tmp_path / "gone"})
