# Sourced: copies the package as it stands, changes that are not committed included, to a folder; .build there stays.
copy_package() {
  local from=$1 to=$2
  mkdir -p "$to"
  find "$to" -mindepth 1 -maxdepth 1 ! -name .build -exec rm -rf {} +
  # Files deleted but not yet committed are listed still.
  (cd "$from" && git ls-files -z --cached --others --exclude-standard \
    | while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done \
    | tar --null -cf - -T -) | tar -xf - -C "$to"
  git -C "$to" init -q
  git -C "$to" add -A
  git -C "$to" -c user.name=Tests -c user.email=tests@example.org commit -qm "The package as it stands"
}
