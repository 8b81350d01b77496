#!/usr/bin/env bash
# Files the inbox, rebuilds the data package and commits both, here alone; a bundle of that commit goes to FOLDER for
# the job that may push it. What cannot be filed stays in the inbox and stops nothing.   file-and-package.sh FOLDER
set -euo pipefail
python=${PYTHON:-.venv/bin/python}
mkdir -p "$1"
base=$(git rev-parse HEAD)
code=0
"$python" -m pipeline inbox || code=$?
if [ "$code" -gt 1 ]; then exit "$code"; fi
if [ "$code" = 1 ]; then
  echo "::warning::收件箱里有没能收录的文件，原因见上 / some files of the inbox are not filed; see above"
fi
"$python" -m pipeline package
git add --all -- datapackage
if git diff --cached --quiet; then
  changed=false
else
  changed=true
  git -c user.name="github-actions[bot]" -c user.email="41898282+github-actions[bot]@users.noreply.github.com" \
    commit --quiet --message "Data: file the inbox, rebuild the package"
  git bundle create --quiet "$1/data.bundle" "$base..HEAD"
fi
git rev-parse HEAD > "$1/sha"
echo "changed=$changed" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
