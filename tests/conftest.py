"""What several test folders share: an exported recogniser whose readings depend on the image, and a small training."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")  # read when paddlex is imported
_CACHE = tempfile.TemporaryDirectory(prefix="ocrflow-tests-")  # the user's own cache is not touched
os.environ["OCRFLOW_CACHE_DIR"] = _CACHE.name  # subprocesses inherit it

MODEL_NAME = "PP-OCRv6_tiny_rec"
BASE_WIDTH = 160
DICTIONARY = [chr(code) for code in range(33, 127)]


@pytest.fixture(scope="session")
def exported_model(tmp_path_factory: pytest.TempPathFactory, make_outputs_vary: Callable[[Any], None]) -> Path:
    """Folder of an exported network with seeded random weights; read only."""
    import paddle

    from ocrflow.inference.export import export_recognizer
    from ocrflow.nets.zoo import NETWORKS

    paddle.seed(3)
    net = NETWORKS[MODEL_NAME](len(DICTIONARY) + 2)
    make_outputs_vary(net)
    model_dir = tmp_path_factory.mktemp("exported") / "inference"
    export_recognizer(net, model_dir, MODEL_NAME, DICTIONARY, BASE_WIDTH)
    return model_dir


@pytest.fixture(scope="session")
def exported_onnx(exported_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`exported_model` with an inference.onnx; read only."""
    from ocrflow.inference.onnx_file import write_onnx

    model_dir = shutil.copytree(exported_model, tmp_path_factory.mktemp("exported_onnx") / "inference")
    write_onnx(model_dir)
    return model_dir


@pytest.fixture(scope="session")
def exported_detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an exported network for which bright pixels are text; read only."""
    import paddle

    from ocrflow.inference.export import export_detector

    mean = paddle.nn.Conv2D(3, 1, 1)
    mean.weight.set_value(np.full((1, 3, 1, 1), 10 / 3, np.float32))
    mean.bias.set_value(np.array([-10], np.float32))
    model_dir = tmp_path_factory.mktemp("exported_detector") / "inference"
    net = paddle.nn.Sequential(mean, paddle.nn.Sigmoid())
    export_detector(net, model_dir, "PP-OCRv6_tiny_det", longest_side=320)
    return model_dir


@pytest.fixture(scope="session")
def make_outputs_vary() -> Callable[[Any], None]:
    """A function that makes a fresh network read many characters; without it every time step would be the same."""
    return _make_outputs_vary


def _make_outputs_vary(net: Any) -> None:
    """Fit the batch statistics to images and sharpen the output."""
    import paddle

    from ocrflow.inference.preprocess import resize_normalize

    rng = np.random.default_rng(0)
    images = paddle.to_tensor(np.stack([resize_normalize(blurred_noise(rng, 40, 130), BASE_WIDTH) for _ in range(8)]))
    for layer in net.sublayers():
        if hasattr(layer, "_momentum"):
            layer._momentum = 0.3
    net.train()
    for _ in range(6):
        net(images)
    classifier = net.head.ctc_head.fc2
    classifier.weight.set_value(classifier.weight * 40)
    net.eval()


def blurred_noise(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A uint8 BGR image of soft random patches."""
    patches = rng.integers(0, 256, (max(height // 8, 2), max(width // 8, 2), 3), dtype=np.uint8)
    return cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="session")
def mixed_images() -> list[np.ndarray]:
    """24 images of sizes a recogniser meets, from one pixel to wider than the widest input."""
    rng = np.random.default_rng(7)
    odd = [(1, 1), (200, 9), (94, 24), (24, 94), (20, 1500), (48, 160), (48, 161), (3, 250)]
    sizes = odd + list(zip(rng.integers(12, 90, 16).tolist(), rng.integers(20, 600, 16).tolist(), strict=True))
    return [blurred_noise(rng, height, width) for height, width in sizes]


@pytest.fixture(scope="session")
def patches(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Dark images with one, two and no bright patches, which `exported_detector` takes for texts; read only."""
    folder = tmp_path_factory.mktemp("patches")
    rng = np.random.default_rng(1)
    paths = []
    for index, places in enumerate(([(40, 60)], [(40, 60), (200, 20)], [])):
        image = np.zeros((160, 320, 3), np.uint8)
        for left, top in places:
            noise = rng.integers(190, 256, (4, 12, 3), dtype=np.uint8)
            image[top : top + 30, left : left + 90] = cv2.resize(noise, (90, 30), interpolation=cv2.INTER_CUBIC)
        paths.append(folder / f"{index}.png")
        cv2.imwrite(str(paths[-1]), image)
    return paths


@pytest.fixture(scope="session")
def plates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of 24 training and 6 validation plates; read only."""
    from ocrflow.data.synth.dataset import synthesize

    folder = tmp_path_factory.mktemp("plates") / "data"
    synthesize(folder, style="plates", num_samples=30, seed=5, val_percent=20, workers=1)
    return folder


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of 8 training and 4 validation street scenes; read only."""
    from ocrflow.data.synth.dataset import synthesize

    folder = tmp_path_factory.mktemp("scenes") / "data"
    synthesize(folder, style="scenes", num_samples=12, seed=5, val_percent=33, workers=1)
    return folder


@pytest.fixture(scope="session")
def train_config(plates: Path) -> Callable[..., Any]:
    """A function that gives the configuration of a training on `plates` in one process; takes `Train`'s keys."""
    from ocrflow.config import GlobalSection, RunConfig, TrainSection

    def config(output: Path, dataset: Path = plates, **train: Any) -> RunConfig:
        settings = {"epochs_iters": 2, "batch_size": 4, "num_processes": 1, "log_interval": 2, **train}
        section = GlobalSection(dataset_dir=str(dataset), output=str(output), device="cpu")
        return RunConfig(Global=section, Train=TrainSection(**settings))

    return config


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, train_config: Callable[..., Any]) -> tuple[Any, Any]:
    """Configuration and result of the stage train after two epochs from random weights; read only."""
    from ocrflow.stages.base import run_stage

    config = train_config(tmp_path_factory.mktemp("trained") / "output")
    with pytest.MonkeyPatch.context() as patch:
        _log_nowhere(patch)
        return config, run_stage("train", config)


@pytest.fixture
def untracked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings in this process keep MLflow out, whose store takes seconds to make."""
    _log_nowhere(monkeypatch)


def _log_nowhere(patch: pytest.MonkeyPatch) -> None:
    from ocrflow.tracking import run

    patch.setattr(run, "start_run", lambda config, data_version: run.RunLogger(run.NullLogger()))


@pytest.fixture(scope="session")
def drawn_pdf() -> bytes:
    """A PDF with one page of 200 x 100 points: white with a red rectangle of 100 x 50 at its bottom left."""
    return _pdf(b"")


@pytest.fixture(scope="session")
def locked_pdf() -> bytes:
    """A PDF that needs a password to be opened (PDF 1.7, 7.6.3: revision 2 of the standard security handler)."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    user, owner, identity = (b"open" + padding)[:32], (b"owner" + padding)[:32], b"0123456789abcdef"
    entry_o = _rc4(hashlib.md5(owner).digest()[:5], user)
    key = hashlib.md5(user + entry_o + (-4 & 0xFFFFFFFF).to_bytes(4, "little") + identity).digest()[:5]
    encrypt = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>"
    filled = encrypt % (entry_o.hex().encode(), _rc4(key, padding).hex().encode())
    return _pdf(b"/Encrypt %s /ID [<%s> <%s>]" % (filled, *[identity.hex().encode()] * 2))


def _rc4(key: bytes, content: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i, j, result = 0, 0, bytearray()
    for byte in content:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        result.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(result)


def _pdf(trailer: bytes) -> bytes:
    stream = b"1 0 0 rg 0 0 100 50 re f"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 5 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (trailer, len(content))
    return content + b"xref\n0 5\n0000000000 65535 f \n" + table + end
