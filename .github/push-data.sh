#!/usr/bin/env bash
# Pushes the commit in FOLDER's bundle to main. Where main moved meanwhile it is put on top; where that does not fit
# nothing is pushed: the merge that moved main has started a run of its own, which files everything.
# The bundle comes from the job that reads strangers' files, so it is looked at before anything is written: one commit on
# top of a commit of main, with ordinary files below datapackage/ alone.
# Says sha=… to the workflow, empty where nothing may be published.   push-data.sh FOLDER
set -euo pipefail
branch=${BRANCH:-main}
said=${GITHUB_OUTPUT:-/dev/null}
sha=$(cat "$1/sha")
refuse() {
  echo "::error::不推送：$1 / not pushed: $2"
  exit 1
}
[[ $sha =~ ^[0-9a-f]{40}$ ]] || refuse "提交号不对" "the id of the commit is none"
[[ $branch =~ ^[A-Za-z0-9][A-Za-z0-9._/-]*$ ]] || refuse "分支名不对" "the branch has no name"
git fetch --quiet origin "$branch"
main=$(git rev-parse FETCH_HEAD)
if [ ! -f "$1/data.bundle" ]; then
  git merge-base --is-ancestor "$sha" "$main" || refuse "提交不在 $branch 上" "the commit is not on $branch"
  echo "sha=$sha" | tee -a "$said"
  exit 0
fi
if [ -n "${GH_TOKEN:-}" ]; then gh auth setup-git; fi
git fetch --quiet "$1/data.bundle" HEAD
made=$(git rev-parse FETCH_HEAD)
[ "$made" = "$sha" ] || refuse "不是说好的提交" "it is another commit"
[ "$(git rev-list --parents --max-count 1 "$made" | wc -w)" = 2 ] || refuse "不是接在一个提交上" "it does not have one parent"
git merge-base --is-ancestor "$made^" "$main" || refuse "上一个提交不在 $branch 上" "its parent is not on $branch"
while IFS= read -r -d '' state && IFS= read -r -d '' path; do
  case $path in datapackage/*) ;; *) refuse "改了 datapackage/ 以外的文件 $path" "$path lies outside of datapackage/" ;; esac
  case $(cut -d ' ' -f 2 <<< "$state") in 100644 | 000000) ;; *) refuse "$path 不是普通文件" "$path is no ordinary file" ;; esac
done < <(git diff --raw --no-renames -z "$made^" "$made")
git checkout --quiet --detach "$made"
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
