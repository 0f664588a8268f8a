"""What `paddle.distributed.launch` starts, which takes a file and no module: `worker.py JOB.json`."""

from __future__ import annotations

import sys
from pathlib import Path

from ocrflow.training.worker import main

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
