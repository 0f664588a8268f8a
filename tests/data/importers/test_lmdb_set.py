"""The LMDB of scene text recognition benchmarks, written with the lmdb library as create_lmdb_dataset.py does."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import lmdb
import pytest

from ocrflow.data.importers.lmdb_records import records
from ocrflow.data.importers.lmdb_set import read
from ocrflow.data.importers.sample import Notice, Problem, Sample

Paint = Callable[..., Path]
Contents = dict[bytes, bytes]


def write(folder: Path, contents: Mapping[bytes, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with lmdb.open(str(folder), map_size=2**26) as environment, environment.begin(write=True) as transaction:
        for key, value in contents.items():
            transaction.put(key, value)
    return folder / "data.mdb"


@pytest.fixture
def three(tmp_path: Path, paint: Paint) -> Contents:
    """Three samples: a PNG, a JPEG, a PNG again."""
    contents = {b"num-samples": b"3"}
    for number, (suffix, text) in enumerate(((".png", "one"), (".jpg", "粤B 2"), (".png", "three")), 1):
        contents[b"image-%09d" % number] = paint(tmp_path / f"picture{number}{suffix}", number).read_bytes()
        contents[b"label-%09d" % number] = text.encode()
    return contents


def test_samples_come_in_order_with_the_suffix_of_their_bytes(tmp_path: Path, three: Contents) -> None:
    path = write(tmp_path / "IIIT5k", three)
    expected = [
        Sample(
            f"IIIT5k/00000000{number}{suffix}",
            three[b"image-%09d" % number],
            None,
            text,
            None,
            f"{path}#00000000{number}",
        )
        for number, suffix, text in ((1, ".png", "one"), (2, ".jpg", "粤B 2"), (3, ".png", "three"))
    ]
    for source in (tmp_path / "IIIT5k", tmp_path, path):
        assert list(read(source)) == expected


def test_the_database_is_not_changed(tmp_path: Path, three: Contents) -> None:
    write(tmp_path / "a", three)
    (tmp_path / "a" / "lock.mdb").unlink()
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (tmp_path / "a").iterdir()}
    (tmp_path / "a").chmod(0o555)
    assert len(list(read(tmp_path / "a"))) == 3
    (tmp_path / "a").chmod(0o755)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (tmp_path / "a").iterdir()} == before


def test_folders_that_are_named_so_are_splits_and_test_is_left_out(tmp_path: Path, three: Contents) -> None:
    for folder in ("training/MJ/MJ_train", "training/ST", "validation", "test/CUTE80"):
        write(tmp_path / folder, three)
    items = list(read(tmp_path))
    found = {(item.name.rpartition("/")[0], item.split) for item in items if isinstance(item, Sample)}
    assert found == {("training/MJ/MJ_train", "train"), ("training/ST", "train"), ("validation", "val")}
    assert [item.origin for item in items if isinstance(item, Notice)] == [
        str(tmp_path / "test" / "CUTE80" / "data.mdb")
    ]
    assert {item.split for item in read(tmp_path / "test") if isinstance(item, Sample)} == {None}


@pytest.mark.parametrize(
    ("change", "message", "samples"),
    [
        ({b"label-000000002": b"\xff\xfe"}, r"the label is not UTF-8: b'\xff\xfe'", 2),
        ({b"label-000000002": None}, "label-000000002 is missing", 2),
        ({b"image-000000002": None}, "image-000000002 is missing", 2),
        ({b"image-000000001": None, b"image-000000002": None}, "image-000000001 to image-000000002 are missing", 1),
        ({b"image-000000002": b"no image"}, "no known image: 8 bytes, first b'no image'", 2),
        ({b"image-000000002": b""}, "no known image: 0 bytes, first b''", 2),
        ({b"num-samples": None}, "expected a number, got None", 3),
        ({b"num-samples": b"many"}, "expected a number, got b'many'", 3),
        ({b"num-samples": b"-1"}, "expected a number, got b'-1'", 3),
        ({b"num-samples": b"9" * 18}, f"says {'9' * 18}, but the last image is 3", 3),
        ({b"num-samples": b"9" * 5000}, f"expected a number, got b'{'9' * 78}", 3),
        ({b"num-samples": b"2"}, "says 2, but there is image 3 too", 2),
        ({b"image-999999999": b"x"}, "says 3, but there is image 999999999 too", 3),
    ],
)
def test_each_fault_is_a_problem_and_the_rest_is_read(
    tmp_path: Path, three: Contents, change: Mapping[bytes, bytes | None], message: str, samples: int
) -> None:
    changed = {key: value for key, value in {**three, **change}.items() if value is not None}
    write(tmp_path / "a", changed)
    items = list(read(tmp_path / "a"))
    assert [item.message for item in items if isinstance(item, Problem)] == [message]
    assert sum(isinstance(item, Sample) for item in items) == samples


def test_other_keys_do_not_count(tmp_path: Path, three: Contents) -> None:
    others = {b"image-x": b"1", b"image-00000001": b"1", b"image-000000000": b"1", b"image_hr-000000001": b"1"}
    write(tmp_path / "a", {**three, **others})
    assert [type(item) for item in read(tmp_path / "a")] == [Sample] * 3


def test_an_lmdb_of_another_kind_says_so(tmp_path: Path) -> None:
    write(tmp_path / "a", {b"0": b"{}", b"1": b"{}"})
    assert [item.message for item in read(tmp_path / "a") if isinstance(item, Problem)] == [
        "expected a number, got None"
    ]


def test_an_interrupted_download_is_a_problem(tmp_path: Path, three: Contents) -> None:
    path = write(tmp_path / "a", {**three, b"label-000000009": b"x" * 100_000})
    content = path.read_bytes()
    for length in (len(content) - 5000, 8192, 100, 0):
        path.write_bytes(content[:length])
        items = list(read(path))
        assert items
        assert all(isinstance(item, Problem) for item in items)
    path.write_bytes(content[:-5000])
    (item,) = read(path)
    assert isinstance(item, Problem)
    assert "the file is cut off" in item.message


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_ends_no_process_but_the_one_that_reads_it(tmp_path: Path, three: Contents, seed: int) -> None:
    path = write(tmp_path / "a", three)
    content = bytearray(path.read_bytes())
    rng = random.Random(seed)
    for _ in range(2000):
        content[rng.randrange(2 * 4096, len(content))] = rng.randrange(256)
    path.write_bytes(content)
    items = list(read(path))
    assert items
    assert all(isinstance(item, Problem | Sample) for item in items)


def test_reading_may_stop_early(tmp_path: Path, three: Contents) -> None:
    path = write(tmp_path / "a", three)
    found = records(path)
    assert next(found).label == b"3"
    found.close()  # type: ignore[attr-defined]  # a generator


@pytest.mark.parametrize("content", [b"", b"\0" * 10_000, b"text", bytes(range(256)) * 64])
def test_other_files_are_a_problem(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.mdb"
    path.write_bytes(content)
    assert [type(item) for item in read(tmp_path)] == [Problem]


def test_a_folder_without_a_database_is_a_problem(tmp_path: Path) -> None:
    assert [type(item) for item in read(tmp_path)] == [Problem]
