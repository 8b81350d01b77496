#!/usr/bin/env bash
# Pushes the commit in FOLDER's bundle to main. Where main moved meanwhile it is put on top; where that does not fit
# nothing is pushed: the merge that moved main has started a run of its own, which files everything.
# Says sha=… to the workflow, empty where nothing may be published.   push-data.sh FOLDER
set -euo pipefail
branch=${BRANCH:-main}
said=${GITHUB_OUTPUT:-/dev/null}
sha=$(cat "$1/sha")
if [ ! -f "$1/data.bundle" ]; then
  echo "sha=$sha" | tee -a "$said"
  exit 0
fi
if [ -n "${GH_TOKEN:-}" ]; then gh auth setup-git; fi
git fetch --quiet "$1/data.bundle" HEAD
git checkout --quiet --detach FETCH_HEAD
for try in 1 2 3 4 5; do
  git fetch --quiet origin "$branch"
  if ! git -c user.name="github-actions[bot]" -c user.email="41898282+github-actions[bot]@users.noreply.github.com" \
    rebase --quiet FETCH_HEAD; then
    git rebase --abort
    echo "::notice::main 已经变了，由下一次运行来收录和发布 / main has moved on; the next run files and publishes"
    echo "sha=" | tee -a "$said"
    exit 0
  fi
  if git push --quiet origin "HEAD:refs/heads/$branch"; then
    echo "sha=$(git rev-parse HEAD)" | tee -a "$said"
    exit 0
  fi
  sleep "$((try * ${WAIT:-3}))"
done
echo "::error::推送了五次都没有成功 / five attempts to push failed"
exit 1
