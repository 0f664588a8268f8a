"""The stage report: what all stages found out, as one HTML page that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.provenance import made_of
from ocrflow.report.page.page import PAGE, write_page


def run(config: RunConfig) -> dict[str, Any]:
    """Write `report.html` of the results in `Global.output`; a part that is not there says so on the page.

    Raises:
        UsageError: no stage has left a result.
        OutsideError: the page cannot be written.
    """
    output = Path(config.Global.output)
    if not any(path.name != "report_result.json" for path in output.glob("*_result.json")):
        raise UsageError(
            f"{output}: no stage has run",
            fix="ocrflow run -c CONFIG (ocrflow ocr for the pipeline), or name the folder in Global.output",
        )
    written = write_page(output / PAGE, config)
    for stage, reason in written.missing.items():
        print(f"not on the page: {stage}: {reason}")
    print(f"the page: {output / PAGE} ({written.bytes / 1e6:.1f} MB, {written.images} pictures)")
    return {
        "page": PAGE,
        "bytes": written.bytes,
        "images": written.images,
        "unreadable": written.unreadable,
        "missing": written.missing,
        "made_of": made_of(config),
    }
