#!/usr/bin/env bash
# Builds the API documentation of the modules that a plugin author imports, by the toolchain's own docc:
#     Docs/Tools/api.sh [FOLDER]      Runs/api if not given; a warning is an error.
# Look at it with: python3 -m http.server --directory FOLDER/Beckon   (then /documentation/beckon)
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-Runs/api}

swift build --target BeckonTesting
products=$(swift build --show-bin-path)
map=$(find "$products" -path '*CKernels.build/module.modulemap' | head -n 1)
triple=$(swift -print-target-info |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["unversionedTriple"])')

rm -rf "$folder"
for module in Tensors Beckon BeckonTesting; do
  mkdir -p "$folder/graphs/$module"
  swift symbolgraph-extract -module-name "$module" -I "$products/Modules" ${map:+-Xcc -fmodule-map-file="$map"} \
    -target "$triple" -minimum-access-level public -output-dir "$folder/graphs/$module"
  catalog=()
  if [ "$module" = Beckon ]; then catalog=(Docs/API.docc); fi
  docc convert "${catalog[@]}" --additional-symbol-graph-dir "$folder/graphs/$module" --warnings-as-errors \
    --fallback-display-name "$module" --fallback-bundle-identifier "org.beckon.$module" --output-dir "$folder/$module"
  echo "$module: $folder/$module"
done
