"""Several processes, really started: what they send one another."""

from __future__ import annotations

import json
import sys

import numpy as np
import paddle
import pytest

from ocrflow.training.ranks import Ranks
from ocrflow.training.starting import start_on_cpu

SCRIPT = """
import json, sys
from pathlib import Path
import numpy as np, paddle
from ocrflow.training.ranks import Ranks

paddle.set_device("cpu")
ranks = Ranks.join()
net = paddle.nn.Sequential(paddle.nn.Linear(3, 1), paddle.nn.BatchNorm1D(1))
net[0].weight.set_value(np.array([[0.5], [-1.0], [2.0]], np.float32))
linear = ranks.parallel(net[0])
x = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
mine = paddle.to_tensor(x[ranks.rank :: ranks.count])
((linear(mine) ** 2).sum() * (ranks.count / 5)).backward()
net[1]._mean.set_value(np.array([ranks.rank], np.float32))
net[0].bias.set_value(np.array([4.0 * ranks.rank], np.float32))
net[1]._variance.set_value(np.array([3.0 + ranks.rank], np.float32))
ranks.average([net[1]._mean, net[1]._variance, net[0].bias])
found = {
    "rank": [ranks.rank, ranks.count, ranks.first],
    "gradient": net[0].weight.grad.numpy().ravel().tolist(),
    "statistics": [float(net[1]._mean), float(net[1]._variance), float(net[0].bias)],
    "gathered": ranks.gather({"rank": ranks.rank, "text": "ß" * (1 + ranks.rank)}),
}
Path(sys.argv[1], f"{ranks.rank}.json").write_text(json.dumps(found))
"""


def test_two_processes(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    started = start_on_cpu([sys.executable, str(tmp_path / "script.py"), str(tmp_path)], 2, tmp_path)
    assert [process.wait(timeout=120) for process in started] == [0, 0]
    found = [json.loads((tmp_path / f"{rank}.json").read_text("utf-8")) for rank in range(2)]
    assert [part["rank"] for part in found] == [[0, 2, True], [1, 2, False]]
    x = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
    expected = (2 * x * (x @ [0.5, -1.0, 2.0])[:, None]).mean(axis=0)  # of the mean over all 5 rows, not 3 and 2
    for part in found:
        assert part["gradient"] == pytest.approx(expected, rel=1e-4)
        assert part["statistics"] == [0.5, 3.5, 2.0]
        assert part["gathered"] == [{"rank": 0, "text": "ß"}, {"rank": 1, "text": "ßß"}]


def test_one_process_sends_nothing():
    ranks, net = Ranks(), paddle.nn.BatchNorm1D(2)
    assert ranks.first and ranks.parallel(net) is net
    assert ranks.gather("x") == ["x"]
    net._mean.set_value(np.array([1.0, 2.0], np.float32))
    ranks.average([net._mean])
    ranks.average([])
    assert net._mean.tolist() == [1.0, 2.0]
