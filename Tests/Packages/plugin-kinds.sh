#!/usr/bin/env bash
# Begins a plugin of every kind in a copy of the package, builds it once with all of them, holds them to the conformance
# checks, and runs each one's spec.
#
#   plugin-kinds.sh [BECKON [FOLDER]]     BECKON begins the plugins; FOLDER keeps the build between runs
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
beckon=${1:-$root/.build/release/beckon}
work=${2:-$root/.build/plugin-kinds}
source "$root/Tests/Packages/copy.sh"

fail() { echo "plugin kinds: $*" >&2; exit 1; }

beckon=$(cd "$(dirname "$beckon")" && pwd)/$(basename "$beckon")
copy_package "$root" "$work"
cd "$work"
kinds=$("$beckon" help plugin new | sed -n 's/^kinds: //p' | tr -d ,)
[ "$(echo "$kinds" | wc -w)" -ge 15 ] || fail "only these kinds: $kinds"

identifiers=()
for kind in $kinds; do
  # targetSelector becomes OwnTargetSelector, own-target-selector.
  name=Own$(echo "$kind" | sed -E 's/(^|-)(.)/\U\2/g')
  "$beckon" plugin new "$name" --kind "$kind" --quiet
  identifiers+=("$(echo "$name" | sed -E 's/([a-z])([A-Z])/\1-\L\2/g; s/^O/o/')")
done
changed=$(git status --porcelain | grep -v '^??' || true)
[ -z "$changed" ] || fail "existing files were edited: $changed"
swift format lint --strict --recursive Plugins/Own*

# Each as a file of its own, loaded by the program that began it: in CI that is the release build, whose linker drops what
# nobody seems to use.
plugins=()
for folder in Plugins/Own*; do
  file=$work/.build/prebuilt/$(basename "$folder").so
  mkdir -p "$(dirname "$file")"
  "$beckon" plugin build "$folder" --to "$file" --quiet
  plugins+=(--plugin "$file")
done
for identifier in "${identifiers[@]}"; do
  "$beckon" run "Experiments/$identifier/$identifier.json" --quiet --out "Runs/prebuilt/$identifier" "${plugins[@]}"
done

# Only the conformance checks are wanted here; the rest of the tests is run elsewhere.
sed -i.bak -E '/^ *tests\(of: "(Tensors|Networking|Datasets|Reports|BeckonCLI|Beckon|Simulation|Lab|Architecture|Reference)"/d' \
  Package.swift
swift build --build-tests 2>&1 | tail -n 5
swift test --skip-build --filter ConformanceTests 2>&1 | tail -n 3

components=$(.build/debug/beckon components)
for identifier in "${identifiers[@]}"; do
  grep -q "^  $identifier  " <<<"$components" || fail "$identifier is not registered"
  .build/debug/beckon run "Experiments/$identifier/$identifier.json" --quiet --out "Runs/$identifier"
  test -s "Runs/$identifier/report.html" || fail "$identifier has no report"
done
echo "plugin kinds: ok (${#identifiers[@]} kinds)"
