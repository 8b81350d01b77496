#!/usr/bin/env bash
# Does a change touch data alone? Says data_only=true or false to the workflow.   scope.sh BASE
set -euo pipefail
if git diff --quiet "$1" HEAD -- . ':(exclude)datapackage'; then only=true; else only=false; fi
echo "data_only=$only" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
