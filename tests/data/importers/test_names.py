from __future__ import annotations

import pytest

from ocrflow.data.importers.names import Names, clean_name, stem_of


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("a/b.jpg", "a/b.jpg"),
        ("images/b.jpg", "b.jpg"),
        ("images", "images"),
        (r"C:\data\b.jpg", "C_/data/b.jpg"),
        ("/etc/../../b.jpg", "etc/b.jpg"),
        ("a\tb\n.jpg", "a_b_.jpg"),
        ("x\udc80.png", "x_.png"),
        ("京A&1_2-3.jpg", "京A&1_2-3.jpg"),
        ("../..", ""),
        ("", ""),
        (" a .png", "a .png"),
    ],
)
def test_names_are_made_safe(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_long_name_is_cut_and_stays_different_from_others_like_it() -> None:
    first, second = clean_name("京" * 100 + "1.jpg"), clean_name("京" * 100 + "2.jpg")
    assert first != second
    assert max(len(first.encode()), len(second.encode())) <= 190
    assert first.endswith(".jpg")


def test_a_name_is_given_once_whatever_its_case() -> None:
    names = Names(by_stem=False)
    assert [names.take(name) for name in ("a.jpg", "A.jpg", "a.jpg", "a.png", "a_2.jpg", "b/a.jpg")] == [
        "a.jpg",
        "A_2.jpg",
        "a_3.jpg",
        "a.png",
        "a_2_2.jpg",
        "b/a.jpg",
    ]


def test_by_stem_the_suffix_makes_no_difference() -> None:
    names = Names(by_stem=True)
    assert [names.take(name) for name in ("a.jpg", "a.png", "a")] == ["a.jpg", "a_2.png", "a_3"]


def test_the_stem_keeps_folders_and_dots() -> None:
    assert [stem_of(name) for name in ("v1.2/a.b.jpg", "v1.2/a", ".hidden")] == ["v1.2/a.b", "v1.2/a", ".hidden"]
