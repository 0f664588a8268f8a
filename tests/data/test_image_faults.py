"""Paths in lists."""

from __future__ import annotations

import pytest

from ocrflow.data.image_faults import path_problem


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("/etc/a.png", "path_absolute"),
        ("C:/data/a.png", "path_absolute"),
        ("C:\\data\\a.png", "path_absolute"),
        ("\\\\server\\a.png", "path_absolute"),
        ("images\\a.png", "path_backslash"),
        ("../a.png", "path_escapes"),
        ("images/../../a.png", "path_escapes"),
        ("images/a\0.png", "path_invalid"),
        ("images/a\x7f.png", "path_invalid"),
    ],
)
def test_bad_paths(image: str, code: str) -> None:
    problem = path_problem(image)
    assert problem is not None and problem[0] == code


@pytest.mark.parametrize("image", ["a.png", "./images/a b.png", "images/../a.png", "车/é:1.jpg", "..a/b..png", " a"])
def test_good_paths(image: str) -> None:
    assert path_problem(image) is None
