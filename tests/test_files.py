"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

import pytest

from ocrflow.errors import OutsideError
from ocrflow.files import (
    read_json,
    replacing,
    require_writable,
    sha256_of,
    write_failed,
    write_json,
    write_jsonl,
    write_text,
)

NOT_UTF8 = os.fsdecode(b"\xc4\xe3.jpg")


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_old_content_is_there_until_the_new_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "file.txt"
    with replacing(path) as temporary:
        temporary.write_text("old")
        assert not path.exists()
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert temporary.parent == path.parent
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt, OSError])
def test_an_exception_leaves_the_old_content_and_nothing_else(tmp_path: Path, kind: type[BaseException]) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(OutsideError if kind is OSError else kind), replacing(path) as temporary:
        temporary.write_text("half")
        raise kind("broken off")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_content_is_on_the_disk_before_the_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.txt"
    synced = []

    def fsync(descriptor: int) -> None:
        synced.append((Path(f"/proc/self/fd/{descriptor}").read_text(), path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    write_text(path, "content")
    assert synced == [("content", False)]


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutsideError, match=r"cannot write .*file.txt: No space left on device\n  fix: free space"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [lambda path: write_text(path, "x"), lambda path: require_writable(path)])
def test_a_path_below_a_file(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutsideError, match="a file is where a folder is needed") as caught:
        write(tmp_path / "file" / "below" / "x")
    assert str(tmp_path / "file" / "below" / "x") in str(caught.value)
    assert (tmp_path / "file").read_text() == "mine"


def test_the_fix_of_a_failed_write_fits_every_caller() -> None:
    texts = {code: str(write_failed(Path("x"), OSError(code, os.strerror(code)))) for code in (13, 17, 20, 28, 30)}
    assert [text for text in texts.values() if "Global.output" in text] == []
    assert "choose a folder that you can write" in texts[errno.EACCES]
    assert "Read-only file system" in texts[errno.EROFS]


def test_a_writable_folder_is_made_and_stays_empty(tmp_path: Path) -> None:
    require_writable(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    require_writable(tmp_path / "a" / "b")


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocrflow.files.tempfile.TemporaryFile", lambda dir: full_disk())
    with pytest.raises(OutsideError, match=f"cannot write {tmp_path}: No space left"):
        require_writable(tmp_path)


def test_a_link_is_replaced_and_what_it_points_to_stays(tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    cache.write_text("cached")
    link = tmp_path / "link.json"
    link.symlink_to(cache)
    hard = tmp_path / "hard.json"
    hard.hardlink_to(cache)
    for path in (link, hard):
        write_text(path, "new")
        assert path.read_text() == "new"
        assert not path.is_symlink()
    assert cache.read_text() == "cached"


def test_text_has_plain_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "x", "ä\nb\r\n")
    assert (tmp_path / "x").read_bytes() == "ä\nb\r\n".encode()


def test_json_as_paddlex_writes_it(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"text": "车牌", "n": [1]})
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == '{\n  "text": "车牌",\n  "n": [\n    1\n  ]\n}\n'
    assert read_json(tmp_path / "x.json") == {"text": "车牌", "n": [1]}


def test_one_object_a_line(tmp_path: Path) -> None:
    rows = [{"a": 1}, {"b": "line\nend\u2028"}]
    write_jsonl(tmp_path / "x.jsonl", rows)
    assert [json.loads(line) for line in (tmp_path / "x.jsonl").read_text(encoding="utf-8").split("\n")[:-1]] == rows
    write_jsonl(tmp_path / "x.jsonl", [])
    assert (tmp_path / "x.jsonl").read_bytes() == b""


def test_file_names_that_are_not_utf8_come_back(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"image": NOT_UTF8})
    assert read_json(tmp_path / "x.json") == {"image": NOT_UTF8}
    write_jsonl(tmp_path / "x.jsonl", [{"image": NOT_UTF8, "text": "京\\"}])
    assert json.loads((tmp_path / "x.jsonl").read_text(encoding="utf-8")) == {"image": NOT_UTF8, "text": "京\\"}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b"\xff{}"])
def test_what_is_no_json_object(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(ValueError):
        read_json(tmp_path / "x.json")


def test_sha256(tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    (tmp_path / "x").write_bytes(content)
    assert sha256_of(tmp_path / "x") == hashlib.sha256(content).hexdigest()
