#!/usr/bin/env bash
# Asks every source address whether its file is still there and still the same; the answer goes into the summary of the run.
set -euo pipefail
python=${PYTHON:-.venv/bin/python}
exec "$python" -m pipeline recheck --summary "$GITHUB_STEP_SUMMARY"
