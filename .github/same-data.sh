#!/usr/bin/env bash
# The committed data package is what the reports give.
set -euo pipefail
"${PYTHON:-.venv/bin/python}" -m pipeline package
changed=$(git status --porcelain -- datapackage)
if [ -n "$changed" ]; then
  echo "::error::数据包与年报不一致，请运行 make package 并提交 / the data package is not what the reports give: run make package and commit"
  git --no-pager diff --stat -- datapackage/data datapackage/datapackage.json
  exit 1
fi
