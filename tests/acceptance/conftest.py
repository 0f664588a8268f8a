"""What the acceptance tests share: their modules can be imported by name, and no run reads another one's cache."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, no font from the environment, and an empty cache folder."""

    def refuse(self: socket.socket, address: object) -> None:
        raise AssertionError(f"a connection to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.delenv("PADDLE_PDX_LOCAL_FONT_FILE_PATH", raising=False)
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(tmp_path / "cache"))
