"""The attention branch: teacher forcing."""

from __future__ import annotations

import math

import numpy as np
import paddle
import pytest

from ocrflow.nets.nrtr import END, PADDING, START, NRTRDecoder, PositionalEncoding, num_gtc_classes

CLASSES = num_gtc_classes(7)  # blank, five characters, space
TARGETS = paddle.to_tensor([[START, 4, 9, 5, END], [START, 6, END, PADDING, PADDING]])


@pytest.fixture
def decoder():
    paddle.seed(3)
    decoder = NRTRDecoder(64, CLASSES)
    decoder.eval()
    return decoder


@pytest.fixture
def features():
    return paddle.to_tensor(np.random.default_rng(0).standard_normal((2, 12, 64)).astype(np.float32))


def test_four_special_classes_the_characters_and_one_that_is_no_target():
    assert CLASSES == 4 + 6 + 1


def test_logits_of_every_next_character(decoder, features):
    assert decoder(features, TARGETS).shape == [2, 4, CLASSES]


@pytest.mark.parametrize("place", [1, 2, 3])
def test_no_character_sees_a_later_one(decoder, features, place):
    other = TARGETS.clone()
    other[0, place] = 8
    difference = abs((decoder(features, other) - decoder(features, TARGETS)).numpy()).max(axis=2)
    assert difference[0, :place].max() == 0
    assert difference[0, place:].min() > 0
    assert difference[1].max() == 0


def test_the_last_target_is_only_compared_with(decoder, features):
    other = TARGETS.clone()
    other[:, -1] = 8
    assert np.array_equal(decoder(features, other).numpy(), decoder(features, TARGETS).numpy())


def test_characters_look_at_the_features(decoder, features):
    changed = features.clone()
    changed[0, 11] += 3.0
    difference = abs((decoder(changed, TARGETS) - decoder(features, TARGETS)).numpy()).max(axis=2)
    assert difference[0].min() > 0
    assert difference[1].max() == 0


def test_padding_gets_no_gradient(decoder, features):
    decoder(features, TARGETS).square().mean().backward()
    gradient = abs(decoder.embedding.embedding.weight.grad.numpy()).max(axis=1)
    assert gradient[PADDING] == 0
    assert gradient[[START, 4, 9, 5, 6, END]].min() > 0


def test_positions_are_sines_and_cosines():
    encoding = PositionalEncoding(8)
    encoding.eval()
    added = encoding(paddle.zeros([1, 12, 8])).numpy()[0]
    for position in (0, 1, 11):
        angles = [position / 10000 ** (pair / 8) for pair in (0, 2, 4, 6)]
        expected = [value for angle in angles for value in (math.sin(angle), math.cos(angle))]
        assert added[position] == pytest.approx(expected, abs=1e-5)


def test_it_learns_to_continue(features):
    paddle.seed(4)
    decoder = NRTRDecoder(64, CLASSES)
    for layer in decoder.sublayers():
        if isinstance(layer, paddle.nn.Dropout):
            layer.p = 0.0
    adam = paddle.optimizer.Adam(1e-3, parameters=decoder.parameters())
    losses = []
    for _ in range(30):
        logits = decoder(features, TARGETS)
        loss = paddle.nn.functional.cross_entropy(logits, TARGETS[:, 1:], ignore_index=PADDING)
        loss.backward()
        adam.step()
        adam.clear_grad()
        losses.append(float(loss))
    assert losses[-1] < 0.1 < 1.5 < losses[0]
    read = decoder(features, TARGETS).argmax(axis=2).numpy()
    assert read[0].tolist() == [4, 9, 5, END] and read[1, :2].tolist() == [6, END]
