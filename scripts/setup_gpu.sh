#!/usr/bin/env bash
# Replaces PaddlePaddle's CPU build in .venv by the GPU build of the same version, from Paddle's own package index.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${PADDLE_INDEX:-}" ]; then
  echo "setup: GPU=1 needs PADDLE_INDEX=URL: the package index for your CUDA version, from Paddle's installation page" >&2
  exit 2
fi
version=$(sed -n 's/^paddlepaddle==//p' requirements.lock)
uv=$(command -v uv || echo .tools/bin/uv)
"$uv" pip uninstall --quiet --python .venv/bin/python paddlepaddle
"$uv" pip install --quiet --python .venv/bin/python --index "$PADDLE_INDEX" "paddlepaddle-gpu==$version"
