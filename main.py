"""PaddleX's entry point: python main.py -c CONFIG.yaml -o Global.mode=check_dataset -o Global.dataset_dir=DIR"""

import sys

from ocrflow.cli import paddlex_main

sys.exit(paddlex_main())
