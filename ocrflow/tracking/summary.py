"""The Markdown note on a run and on a model version: scores, data and where to look at the wrong rows."""

from __future__ import annotations

from urllib.parse import quote

from ocrflow.tracking.candidate import Candidate


def note_on(model: str, candidate: Candidate, pages: list[str], run_id: str) -> str:
    """A short note.

    Args:
        model: PaddleX name.
        pages: artifacts of the run to link; the links work where MLflow's UI shows the note.
    """
    before = candidate.train.get("baseline") or {}
    lines = [f"### {model}", "", "| score | before training | exported model |", "|---|---|---|"]
    scores = candidate.metrics.items()
    lines += [f"| {key} | {_number(before.get(key))} | **{_number(value)}** |" for key, value in scores]
    lines += ["", f"{candidate.evaluate['wrong']} of {candidate.evaluate['rows_scored']} rows are wrong.", ""]
    lines += [f"- {key}: `{value}`" for key, value in candidate.tags.items() if key != candidate.main_metric]
    links = [f"[{page}](get-artifact?path={quote(page, safe='')}&run_uuid={run_id})" for page in pages]
    return "\n".join(lines + ([f"- look at: {', '.join(links)}"] if links else [])) + "\n"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
