#!/usr/bin/env bash
# Where the newest entry of datapackage/versions.yml has no tag yet, puts the files of its release into FOLDER: every file that the
# site offers, the package with the filed reports as one zip, checksums, and the notes. Says due=true or false.
#   pack-release.sh FOLDER
set -euo pipefail
mkdir -p "$1/files"
version=$("${PYTHON:-.venv/bin/python}" -c 'import json; print(json.load(open("datapackage/datapackage.json", encoding="utf-8"))["version"])')
# Between releases a state of the data has a name of its own, 1.2.3+1a2b3c4d: it is published and not released.
if [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+\+[0-9a-f]{8}$ ]]; then
  echo "due=false" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
  exit 0
fi
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  echo "::error::版本号应当像 1.2.3 / a version is like 1.2.3"
  exit 1
fi
# A remote that does not answer is no reason to release: it may have the tag.
if ! tags=$(git ls-remote --tags origin "refs/tags/v$version"); then
  echo "::warning::远端没有回答，这次不发行 / the remote does not answer; nothing is released this time"
  tags=unknown
fi
if [ ! -f datapackage/versions.yml ] || [ -n "$tags" ]; then
  echo "due=false" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
  exit 0
fi
echo "$version" > "$1/version"
# A release has no folders: the files of this state, and not those of the states before it, which have the same names.
data="${SITE:-build/site}/data"
for folder in "$data" "$data/data" "$data/parquet"; do
  if [ -d "$folder" ]; then
    find "$folder" -maxdepth 1 -type f ! -name '*.html' ! -name SHA256SUMS -exec cp -- {} "$1/files/" \;
  fi
done
"${PYTHON:-.venv/bin/python}" -m pipeline large "$1/files"
git archive --format=zip --output "$1/files/datapackage-with-reports-$version.zip" HEAD datapackage
"${PYTHON:-.venv/bin/python}" -m pipeline offline "$1/files/site-offline-$version.zip" --site "${SITE:-build/site}"
"${PYTHON:-.venv/bin/python}" -m pipeline sbom "$1/files/sbom.cdx.json" --release "$version"
(cd "$1/files" && find . -type f ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- > SHA256SUMS)
# The newest part of the changelog, without its heading, and how to see that a file is ours.
awk '/^## / { if (seen++) exit; next } seen' CHANGELOG.md > "$1/notes.md"
cat >> "$1/notes.md" << 'END'

---
核对文件：`sha256sum --check SHA256SUMS`；核对来历（由本仓库的工作流做成）：`gh attestation verify 文件 --repo 本仓库`。用到的软件见 `sbom.cdx.json`。
*Check a file with SHA256SUMS, and that this repository's workflow made it with `gh attestation verify FILE --repo OWNER/NAME`; the software used is in `sbom.cdx.json`.*
END
echo "due=true" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
