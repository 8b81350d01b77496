#!/usr/bin/env bash
# The review of a pull request, with its summary and, where a folder is named, its pages.   review.sh BASE [PAGES]
set -euo pipefail
python=${PYTHON:-.venv/bin/python}
exec "$python" -m pipeline review --base "$1" ${2:+--pages "$2"} \
  --event "$GITHUB_EVENT_PATH" --summary "$GITHUB_STEP_SUMMARY"
