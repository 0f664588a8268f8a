#!/usr/bin/env bash
# The virtual environment .venv with everything in requirements.lock, and ocrflow itself. Needs Python 3.11.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3.11}
command -v "$python" >/dev/null || { echo "setup: $python not found; install Python 3.11 or set PYTHON=PATH" >&2; exit 3; }
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
  { echo "setup: $("$python" --version) found, Python 3.11 needed; set PYTHON=PATH" >&2; exit 3; }
export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1} # trust what the machine trusts, e.g. a firm's own certificate authority
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  [ -x .tools/bin/uv ] || { "$python" -m venv .tools && .tools/bin/python -m pip install -qq uv; }
  uv=.tools/bin/uv
fi
[ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv
echo "setup: installing $(wc -l < requirements.lock) packages into .venv"
"$uv" pip sync --quiet --python .venv/bin/python requirements.lock
"$uv" pip install --quiet --python .venv/bin/python --no-deps --editable .
