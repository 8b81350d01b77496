#!/usr/bin/env bash
# Makes the release that pack-release.sh prepared.   release.sh FOLDER COMMIT
set -euo pipefail
version=$(cat "$1/version")
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]
[[ $2 =~ ^[0-9a-f]{40}$ ]]
(cd "$1/files" && sha256sum --check --quiet SHA256SUMS)
exec gh release create "v$version" --target "$2" --title "数据 data $version" --notes-file "$1/notes.md" "$1"/files/*
