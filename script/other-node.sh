# Sourced by script/test: runs it again with another Node than the one of this machine.
# shellcheck shell=bash

# The releases that are tried, by their first number.
declare -A NODE_RELEASES=([20]=20.20.2 [22]=22.23.3 [24]=24.21.0)

# other_node MAJOR: fetches that Node into the cache, if it is not there yet, and prints its directory. What the npm
# package `node` installs by a script is a package for each platform, with the program and its headers: that is taken.
other_node() {
  local release=${NODE_RELEASES[${1:-none}]:-} package at
  [ -n "$release" ] || fail "--node: give one of $(printf '%s\n' "${!NODE_RELEASES[@]}" | sort | paste -sd' '), not '${1:-}'"
  package=$(node -p '`node-${process.platform}-${process.arch}`')
  at=$(cache_directory)/node-$release
  if [ ! -x "$at/node_modules/$package/bin/node" ]; then
    say "npm install $package@$release" >&2
    mkdir -p "$at"
    npm install --prefix "$at" --ignore-scripts --no-audit --no-fund --no-save "$package@$release" >&2 </dev/null ||
      fail "Node $release could not be fetched: see npm's output above"
  fi
  printf '%s\n' "$at/node_modules/$package"
}

cache_directory() {
  printf '%s\n' "${DOGTRAINER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dog-trainer}"
}

# tree_files: the files of the working tree, NUL-separated, without what is made from them.
tree_files() {
  if git rev-parse --is-inside-work-tree > /dev/null 2>&1; then
    # A file that was removed and is not committed yet is listed all the same.
    git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done
  else
    find . \( -name node_modules -o -name dist -o -name coverage -o -name data \) -prune -o -type f -printf "%P\0"
  fi
}

# with_other_node MAJOR ARGUMENT...: runs script/test on a copy of the tree, since native modules fit one Node only.
with_other_node() {
  local major=$1 node tree
  shift
  node=$(other_node "$major") || exit 1
  tree=$(cache_directory)/tree-$major
  mkdir -p "$tree"
  find "$tree" -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
  tree_files | tar --null -T - -cf - | tar -xf - -C "$tree"
  cd "$tree"
  say "Node $("$node/bin/node" --version) in $tree"
  exec env PATH="$node/bin:$PATH" npm_config_nodedir="$node" script/test "$@"
}
