"""The table of tasks."""

from __future__ import annotations

import pytest

from ocrflow.data.labels import Row
from ocrflow.models import TASKS
from ocrflow.tasks.tools import spread, tools_of


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_tools(task):
    tools = tools_of(task)
    for name in ("open_model", "scorer", "plain", "in_words", "export"):
        assert callable(getattr(tools, name))


def test_models_are_chosen_by_paddlex_metrics():
    assert [tools_of(task).main_metric for task in TASKS] == ["acc", "hmean"]


@pytest.mark.parametrize(("count", "lines"), [(0, []), (3, [1, 2, 3]), (4, [1, 2, 3, 4]), (9, [1, 3, 5, 7])])
def test_rows_are_spread_evenly(count, lines):
    rows = [Row("a.png", "", line) for line in range(1, count + 1)]
    assert [row.line for row in spread(rows, 4)] == lines
