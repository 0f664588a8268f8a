"""The parts of the detector's loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import paddle
import pytest

from ocrflow.models import TASK_OF_MODEL
from ocrflow.tasks.text_detection.loss import SETTINGS_OF_MODEL, LossSettings, db_loss

V6 = SETTINGS_OF_MODEL["PP-OCRv6_tiny_det"]
SERVER = SETTINGS_OF_MODEL["PP-OCRv5_server_det"]
SIDE = 16


@pytest.fixture(scope="module")
def targets():
    """A text of 8 x 4 pixels, a border of the mask that does not count, thresholds of 0.5 where they count."""
    truth, mask = np.zeros((2, SIDE, SIDE), np.float32), np.ones((2, SIDE, SIDE), np.float32)
    truth[:, 4:8, 4:12] = 1
    mask[:, 0] = 0
    return tuple(map(paddle.to_tensor, (truth, mask, np.full_like(truth, 0.5), mask)))


def maps_of(targets, *channels: float | None) -> paddle.Tensor:
    """Constant maps; the true ones for None."""
    truth, _, threshold, _ = targets
    right = (truth, threshold, truth)
    maps = [right[i % 3] if value is None else paddle.full_like(truth, value) for i, value in enumerate(channels)]
    return paddle.stack(maps, axis=1)


def losses_of(targets, settings: LossSettings, *channels: float | None) -> dict[str, float]:
    return {name: float(value) for name, value in db_loss(maps_of(targets, *channels), targets, settings).items()}


@pytest.mark.parametrize("main", ["dice", "dice_focal", "bce"])
def test_the_truth_costs_nothing_and_the_contrary_much(targets, main):
    settings = LossSettings(main)
    assert losses_of(targets, settings, None, None, None)["loss"] == pytest.approx(0, abs=1e-4)
    truth, _, threshold, _ = targets
    wrong = paddle.stack([1 - truth, threshold, 1 - truth], axis=1)
    losses = db_loss(wrong, targets, settings)
    assert float(losses["loss_shrink_maps"]) >= 5 * 0.99
    assert float(losses["loss_threshold_maps"]) == pytest.approx(0, abs=1e-6)


def test_known_values(targets):
    losses = losses_of(targets, LossSettings(), 0.5, 0.8, 0.5)
    text, counted = 32, 15 * 16
    dice = 1 - 2 * text * 0.5 / (0.5 * counted + text)
    assert losses["loss_binary_maps"] == pytest.approx(dice, abs=1e-6)
    assert losses["loss_shrink_maps"] == pytest.approx(5 * dice, abs=1e-5)
    assert losses["loss_threshold_maps"] == pytest.approx(10 * 0.3, abs=1e-5)
    assert losses["loss"] == pytest.approx(6 * dice + 3, abs=1e-5)
    cross_entropy = losses_of(targets, LossSettings("bce"), 0.5, 0.8, 0.5)["loss_shrink_maps"]
    assert cross_entropy == pytest.approx(5 * np.log(2), abs=1e-5)


def test_cross_entropy_takes_the_hardest_others(targets):
    """Of the pixels beside texts, as many count as `negatives` for each pixel of text: first those that are worst."""
    truth = targets[0]
    probs = paddle.full_like(truth, 0.001) * (1 - truth) + 0.999 * truth
    probs[:, 12] = 0.9  # 16 of 208 pixels in each image
    maps = paddle.stack([probs, targets[2], truth], axis=1)
    few, many = (
        float(db_loss(maps, targets, LossSettings("bce", negatives=n))["loss_shrink_maps"]) / 5 for n in (0.5, 3)
    )
    hard, easy = -np.log(0.1), -np.log(0.999)
    assert few == pytest.approx((16 * hard + 32 * easy) / 48, rel=1e-3)
    assert many == pytest.approx((16 * hard + 112 * easy) / 128, rel=1e-3)


def test_pixels_out_of_the_mask_cost_nothing(targets):
    maps = maps_of(targets, None, None, None)
    maps[:, :, 0] = 0.9
    for settings in (LossSettings(), LossSettings("dice_focal"), LossSettings("bce")):
        assert float(db_loss(maps, targets, settings)["loss"]) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("main", ["dice", "dice_focal", "bce"])
def test_a_batch_without_text_gives_finite_gradients(targets, main):
    truth, mask, threshold, threshold_mask = targets
    empty = (paddle.zeros_like(truth), mask, threshold, paddle.zeros_like(threshold_mask))
    maps = maps_of(targets, 0.5, 0.5, 0.5)
    maps.stop_gradient = False
    loss = db_loss(maps, empty, LossSettings(main))["loss"]
    loss.backward()
    assert np.isfinite(float(loss)) and np.isfinite(maps.grad.numpy()).all()


def test_levels_are_weighted(targets):
    without = losses_of(targets, replace(V6, auxiliary=()), 0.2, 0.4, 0.2)
    levels = losses_of(targets, V6, 0.2, 0.4, 0.2, *(0.2, 0.4, 0.2) * 3)
    assert levels["loss_aux_maps_p3"] == pytest.approx(without["loss"], rel=1e-5)
    assert levels["loss"] == pytest.approx(without["loss"] * (1 + 0.2 + 0.3 + 0.4), rel=1e-5)
    right = losses_of(targets, V6, 0.2, 0.4, 0.2, None, None, None, *(0.2, 0.4, 0.2) * 2)
    assert right["loss_aux_maps_p4"] == pytest.approx(0, abs=1e-4)


def test_the_second_shrink_map_of_server_models_is_trained_through_the_binary_map(targets):
    losses = losses_of(targets, SERVER, None, None, 0.5)
    assert losses["loss_shrink_maps"] == pytest.approx(0, abs=1e-5)
    assert losses["loss_cbn"] == pytest.approx(losses["loss_binary_maps"])
    assert losses["loss"] == pytest.approx(2 * losses["loss_cbn"], abs=1e-4)


def test_settings_belong_to_models():
    assert set(SETTINGS_OF_MODEL) <= set(TASK_OF_MODEL)
    assert [name for name, settings in SETTINGS_OF_MODEL.items() if settings.two_maps] == [
        "PP-OCRv4_server_det",
        "PP-OCRv5_server_det",
    ]
