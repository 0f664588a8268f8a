"""Running an exported model."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import yaml

from ocrflow.errors import DataError, OutsideError, UsageError
from ocrflow.inference import recognizer as module
from ocrflow.inference.recognizer import Recognizer


@pytest.fixture(scope="module")
def recognizer(exported_model):
    return Recognizer(exported_model, batch_size=4)


def test_batches_give_what_single_images_give(recognizer, mixed_images):
    images = [*mixed_images, *mixed_images[::-1]]
    together = recognizer.predict(images)
    assert len({reading.text for reading in together}) > 20  # the fixture does not answer everything alike
    for image, reading in zip(images, together, strict=True):
        (alone,) = recognizer.predict([image])
        assert alone.text == reading.text
        assert alone.score == pytest.approx(reading.score, abs=1e-5)


def test_equals_the_network_on_the_unpadded_input(exported_model, recognizer, mixed_images):
    import paddle

    from ocrflow.inference.preprocess import resize_normalize

    loaded = paddle.jit.load(str(exported_model / "inference"))
    loaded.eval()
    for image in mixed_images[:6]:
        probs_NTK = loaded(paddle.to_tensor(resize_normalize(image, 160)[None])).numpy()
        (expected,) = recognizer.codec.decode(probs_NTK)
        (reading,) = recognizer.predict([image])
        assert reading.text == expected.text
        assert reading.score == pytest.approx(expected.score, abs=1e-4)


def test_never_more_than_a_batch_and_never_mixed_widths(exported_model, mixed_images, monkeypatch):
    recognizer = Recognizer(exported_model, batch_size=3, threads=1)
    shapes = []
    run = recognizer.runner.run
    monkeypatch.setattr(recognizer.runner, "run", lambda batch, alone: (shapes.append(batch.shape), run(batch))[1])
    narrow = [np.full((48, 100, 3), grey, np.uint8) for grey in range(7)]
    recognizer.predict([narrow[0], np.zeros((48, 300, 3), np.uint8), *narrow[1:]])
    assert [(shape[0], shape[3]) for shape in shapes] == [(3, 160), (3, 160), (1, 300), (1, 160)]


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_engines_read_the_same(recognizer, exported_onnx, mixed_images, engine):
    other = Recognizer(exported_onnx, engine=engine, threads=2)
    assert other.runner.name == engine
    expected = recognizer.predict(mixed_images)
    found = other.predict(mixed_images)
    assert [reading.text for reading in found] == [reading.text for reading in expected]
    assert [reading.score for reading in found] == pytest.approx([reading.score for reading in expected], abs=1e-4)


def test_several_threads_may_use_it(recognizer, exported_onnx, mixed_images):
    shared = Recognizer(exported_onnx, threads=2)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: shared.predict(mixed_images), range(4)))
    expected = [reading.text for reading in recognizer.predict(mixed_images)]
    assert all([reading.text for reading in answer] == expected for answer in answers)


def test_no_images(recognizer):
    assert recognizer.predict([]) == []
    assert list(recognizer.predict_files([])) == []


def test_files_in_order_with_faults_between(recognizer, mixed_images, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 3)
    paths = [tmp_path / f"{index}.png" for index in range(8)]
    for path, image in zip(paths, mixed_images, strict=False):
        cv2.imwrite(str(path), image)
    paths[3].write_bytes(b"no image")
    paths[6].unlink()
    results = list(recognizer.predict_files(paths))
    assert [isinstance(result, DataError) for result in results] == [index in (3, 6) for index in range(8)]
    assert "3.png" in str(results[3])
    assert "6.png" in str(results[6])
    good = [index for index in range(8) if index not in (3, 6)]
    assert [results[index] for index in good] == recognizer.predict([mixed_images[index] for index in good])


def test_a_dictionary_of_another_size_is_refused(exported_model, tmp_path):
    model_dir = shutil.copytree(exported_model, tmp_path / "model")
    settings = yaml.safe_load((model_dir / "inference.yml").read_text(encoding="utf-8"))
    settings["PostProcess"]["character_dict"] = ["a", "b"]
    (model_dir / "inference.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    with pytest.raises(UsageError, match=r"2 characters and so needs 4 classes .* the network has 96"):
        Recognizer(model_dir).predict([np.zeros((48, 48, 3), np.uint8)])


@pytest.mark.parametrize("name", ["inference.json", "inference.pdiparams"])
def test_damaged_files_are_refused(exported_model, tmp_path, name):
    model_dir = shutil.copytree(exported_model, tmp_path / "model")
    content = (model_dir / name).read_bytes()
    (model_dir / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(OutsideError, match="Paddle cannot load the model"):
        Recognizer(model_dir)


def test_devices(exported_model):
    import paddle

    with pytest.raises(UsageError, match="tpu"):
        Recognizer(exported_model, device="tpu")
    if not paddle.is_compiled_with_cuda():
        with pytest.raises(OutsideError, match="GPU"):
            Recognizer(exported_model, device="gpu:0")


def test_nothing_is_printed(exported_model, capfd):
    Recognizer(exported_model).predict([np.zeros((48, 48, 3), np.uint8)])
    assert capfd.readouterr() == ("", "")
