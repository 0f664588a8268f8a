"""Making Paddle's matrix kernels fast on AMD processors."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "MKL_DEBUG_CPU_TYPE"
_AVX2 = "5"


def use_fast_kernels(cpu_info: Path = Path("/proc/cpuinfo")) -> None:
    """Tell Intel's MKL, which PaddlePaddle brings, to use its AVX2 kernels on AMD processors, too.

    It takes them for processors without AVX2 otherwise and multiplies matrices at a third of the speed. Only MKL
    before 2020.1 reads the variable, others ignore it; what the user has set stays. Child processes inherit it.

    Args:
        cpu_info: Linux's description of the processors.
    """
    if VARIABLE in os.environ:
        return
    try:
        text = cpu_info.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if "AuthenticAMD" in text and " avx2" in text:
        os.environ[VARIABLE] = _AVX2
