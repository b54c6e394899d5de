#!/usr/bin/env bash
# Builds, tests and runs Docs/Examples/OwnPlugins as somebody else's package: Beckon by git URL and tag, so that SwiftPM
# applies the rules for dependencies (a path would skip the check for unsafe flags).
#
#   own-package.sh [FOLDER]     FOLDER keeps the build between runs; .build/own-package if not given
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$root/.build/own-package}
source "$root/Tests/Packages/copy.sh"

fail() { echo "own package: $*" >&2; exit 1; }

# SwiftPM remembers what a version was: every run is a version of its own.
version="1.0.$(date +%s)"
copy_package "$root" "$work/beckon"
git -C "$work/beckon" tag "$version"

own="$work/own"
mkdir -p "$own"
find "$own" -mindepth 1 -maxdepth 1 ! -name .build -exec rm -rf {} +
cp -R "$root/Docs/Examples/OwnPlugins/." "$own/"
sed -i.bak "s|https://git.example.org/beckon.git|file://$work/beckon|" "$own/Package.swift"
grep -q "file://$work/beckon" "$own/Package.swift" || fail "the manifest names another address"
cd "$own"

swift build --build-tests 2>&1 | tail -n 5
swift test --skip-build 2>&1 | tail -n 3
study=.build/debug/study
"$study" components scorer/recency | grep -q "from: Recency" || fail "its component is not registered"
"$study" run Experiments/recency/recency.json --quiet
test -s Runs/recency/report.html || fail "no report"
grep -q '"recency"' Runs/recency/results.json || fail "no result of its scorer"

# A component of its own is part of a run's identity: an edit makes stale the runs that use it, and no others.
identity() { python3 -c "import json,sys; print([r['identity'] for r in json.load(open('Runs/recency/results.json'))['runs']][$1])"; }
if command -v python3 >/dev/null; then
  popularity=$(identity 0) recency=$(identity 1)
  sed -i.bak 's/counts\[Int(item)\] += 1/counts[Int(item)] += 2/' Plugins/Recency/RecencyScorer.swift
  swift build 2>&1 | tail -n 1
  "$study" run Experiments/recency/recency.json --quiet
  [ "$popularity" = "$(identity 0)" ] || fail "an edit of its scorer made stale a run that does not use it"
  [ "$recency" != "$(identity 1)" ] || fail "an edit of its scorer left its runs as they were"
else
  echo "own package: skipped without python3: identities after an edit"
fi

# What begins a plugin there is found by the next build; a prebuilt one is loaded.
"$study" plugin new Wander --kind scorer --quiet
mkdir -p "$work/elsewhere"
rm -rf "$work/elsewhere/Stroll"
cp -R Plugins/Wander "$work/elsewhere/Stroll"
(cd "$work/elsewhere/Stroll" && for file in Wander*; do mv "$file" "${file/Wander/Stroll}"; done \
  && sed -i.bak 's/Wander/Stroll/g; s/wander/stroll/g' ./*.swift && rm -f ./*.bak)
swift build 2>&1 | tail -n 1
"$study" run Experiments/wander/wander.json --quiet
"$study" plugin build "$work/elsewhere/Stroll" --to "$work/elsewhere/Stroll.so" --quiet
"$study" components scorer/stroll --plugin "$work/elsewhere/Stroll.so" | grep -q "from: Stroll.so" \
  || fail "a prebuilt plugin is not loaded"
echo "own package: ok ($version)"
