"""Detectors as wholes: maps in both modes, and the exported graph on the CPU with oneDNN."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import paddle
import pytest
from paddle import nn

from ocrflow import nets
from ocrflow.nets.fuse import fused_copy

ANY_IMAGES = paddle.static.InputSpec([-1, 3, -1, -1], "float32", name="x")
LIGHT = ("PP-OCRv6_tiny_det", "PP-OCRv6_small_det", "PP-OCRv5_mobile_det")


def network(model: str) -> nn.Layer:
    """A fresh network whose batch statistics fit noise, so that its maps differ from place to place."""
    paddle.seed(1)
    net = nets.build(model)
    for layer in net.sublayers():
        if hasattr(layer, "_momentum"):
            layer._momentum = 0.0
    net.train()
    with paddle.no_grad():
        net(paddle.to_tensor(noise(2, 96, 128)))
    net.eval()
    return net


def noise(count: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, 3, height, width)).astype(np.float32)


@pytest.mark.parametrize("model", LIGHT)
@paddle.no_grad()
def test_maps_have_the_size_of_the_image(model):
    net = network(model)
    for shape in ((1, 32, 32), (2, 64, 160), (1, 96, 32)):
        found = net(paddle.to_tensor(noise(*shape))).numpy()
        assert found.shape == (shape[0], 1, *shape[1:])
        assert found.std() > 1e-4 and found.min() >= 0 and found.max() <= 1


def test_training_mode_trains_every_parameter():
    net = nets.build("PP-OCRv6_tiny_det")
    maps = net(paddle.to_tensor(noise(2, 64, 64)), auxiliary=True)
    assert maps.shape == [2, 12, 64, 64]
    (maps - 0.3).abs().mean().backward()
    trained = [(name, parameter) for name, parameter in net.named_parameters() if not parameter.stop_gradient]
    assert len(trained) > 200
    assert not [name for name, parameter in trained if parameter.grad is None]


@paddle.no_grad()
def test_without_training_branches_eval_mode_is_the_same():
    full = network("PP-OCRv6_tiny_det")
    plain = nets.build("PP-OCRv6_tiny_det", training_branches=False)
    missing, unexpected = plain.set_state_dict(full.state_dict())
    assert not missing and all(name.startswith(("head.thresh", "head.aux_")) for name in unexpected)
    plain.eval()
    image = paddle.to_tensor(noise(1, 64, 64))
    assert np.array_equal(plain(image).numpy(), full(image).numpy())


@pytest.mark.parametrize("model", ["PP-OCRv5_mobile_det", "PP-OCRv5_server_det"])
def test_graph_can_be_exported(model):
    net = fused_copy(nets.build(model, training_branches=False))
    program = paddle.jit.to_static(net, input_spec=[ANY_IMAGES], full_graph=True).forward.concrete_program
    (output,) = program.outputs
    assert list(output.shape)[:2] == [-1, 1]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[nn.Layer, Path]:
    """A network and the folder it was exported to."""
    net = network("PP-OCRv6_tiny_det")
    folder = tmp_path_factory.mktemp("exported")
    static = paddle.jit.to_static(fused_copy(net), input_spec=[ANY_IMAGES], full_graph=True)
    paddle.jit.save(static, str(folder / "inference"))
    return net, folder


def predictor(folder: Path, onednn: bool):
    from paddle import inference

    config = inference.Config(str(folder / "inference.json"), str(folder / "inference.pdiparams"))
    config.disable_gpu()
    config.disable_glog_info()
    config.set_cpu_math_library_num_threads(1)
    if onednn:
        config.enable_mkldnn()
    else:
        config.disable_mkldnn()
    return inference.create_predictor(config)


def test_exported_files(exported):
    """The training branches are not in them, nor the interpolation that paddlepaddle 3.3 cannot run with oneDNN."""
    net, folder = exported
    in_use = sum(parameter.size for parameter in fused_copy(net).parameters())
    assert (folder / "inference.pdiparams").stat().st_size < 4.3 * in_use
    assert "interp" not in (folder / "inference.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("onednn", [True, False])
def test_exported_network_runs_at_any_size(exported, onednn):
    net, folder = exported
    runner = predictor(folder, onednn)
    feed = runner.get_input_handle("x")
    for shape in ((1, 32, 32), (2, 64, 160), (1, 224, 96)):
        images = noise(*shape)
        feed.reshape(images.shape)
        feed.copy_from_cpu(images)
        runner.run()
        found = runner.get_output_handle(runner.get_output_names()[0]).copy_to_cpu()
        with paddle.no_grad():
            expected = net(paddle.to_tensor(images)).numpy()
        assert found.shape == expected.shape
        assert abs(found - expected).max() < 5e-5
