"""MKL's kernels on AMD processors."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocrflow.cpu import VARIABLE, use_fast_kernels

AMD, INTEL = "vendor_id : AuthenticAMD\nflags : sse2 avx avx2\n", "vendor_id : GenuineIntel\nflags : sse2 avx avx2\n"


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (AMD, None, "5"),
        (INTEL, None, None),
        (AMD.replace(" avx2", ""), None, None),
        (AMD, "4", "4"),
        (None, None, None),
    ],
)
def test_only_amd_with_avx2_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, before: str | None, after: str | None
) -> None:
    if text:
        (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setenv(VARIABLE, before or "")
    if before is None:
        monkeypatch.delenv(VARIABLE)
    use_fast_kernels(tmp_path / "cpuinfo")
    assert os.environ.get(VARIABLE) == after
    monkeypatch.delenv(VARIABLE, raising=False)
