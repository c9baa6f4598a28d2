# Sourced by script/demo and script/test: makes this machine ready, or says what is missing by name.
# shellcheck shell=bash

# Debian keeps iptables and rabbitmq-server where only root looks.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# require_node: Node 20.19 or later, with npm.
require_node() {
  command -v node >/dev/null || fail "Node.js is missing: install Node 20.19 or later (with npm)"
  command -v npm >/dev/null || fail "npm is missing: install the one that belongs to Node $(node --version)"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node $(node --version) is too old: 20.19 or later is needed"
}

# missing_packages PROGRAM=PACKAGE...: prints the Debian packages whose programs are not here.
missing_packages() {
  local pair
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || printf '%s\n' "${pair#*=}"
  done | sort -u
}

# install_packages PACKAGE...: only as root on Debian or Ubuntu. Services that come along must not start:
# the tests run their own, on free ports.
install_packages() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
  say "installing: $*"
  local policy=/usr/sbin/policy-rc.d made=no status=0
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    made=yes
  fi
  {
    apt-get update -qq &&
      RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  } >&2 </dev/null || status=$?
  [ "$made" = no ] || rm -f "$policy"
  return "$status"
}

# sqlite_loads: the embedded store's native module is there and fits this Node. Which of the two: src/sqlite/database.ts.
sqlite_loads() {
  node -e 'new (require(Number(process.versions.napi) < 10 ? "better-sqlite3-node20" : "better-sqlite3"))(":memory:").close()' 2>/dev/null
}

# prepare_modules: node_modules as package-lock.json says. From Node 22.14 on better-sqlite3 brings its module along. For
# an older Node it is fetched where it can be; else it is compiled (about a minute), and only then a compiler is needed.
prepare_modules() {
  if [ node_modules/.package-lock.json -nt package-lock.json ] && sqlite_loads; then return; fi
  # The headers that came with this Node, where they did: node-gyp would fetch them from the network.
  local prefix
  prefix=$(node -p 'path.dirname(path.dirname(process.execPath))')
  if [ -z "${npm_config_nodedir:-}" ] && [ -f "$prefix/include/node/node.h" ]; then export npm_config_nodedir=$prefix; fi
  say "npm ci"
  npm ci --ignore-scripts --no-audit --no-fund >&2 </dev/null || fail "npm ci failed: see its output above"
  # No install script is needed then, and compiling what another Node wants would only take time.
  if sqlite_loads; then return; fi
  local missing=() output
  mapfile -t missing < <(missing_packages g++=g++ make=make python3=python3)
  say "npm rebuild"
  if output=$(npm rebuild 2>&1 </dev/null) && sqlite_loads; then return; fi
  if [ ${#missing[@]} -eq 0 ]; then
    printf '%s\n' "$output" >&2
    fail "better-sqlite3 was not compiled: see npm's output above (npm rebuild better-sqlite3)"
  fi
  say "there is no prebuilt better-sqlite3 for this Node to be had here: it must be compiled"
  install_packages "${missing[@]}" || fail "cannot compile better-sqlite3: as root, apt-get install ${missing[*]}"
  npm rebuild >&2 </dev/null || fail "npm rebuild failed: see its output above"
  sqlite_loads || fail "better-sqlite3 was not compiled: see npm's output above (npm rebuild better-sqlite3)"
}

# prepare_build: dist as the sources say.
prepare_build() {
  if [ -f dist/main.js ] && [ -z "$(find src script/bundle.mjs script/bundle script/keep-code.mjs tsconfig.json tsconfig.build.json vite.config.ts package.json -newer dist/main.js -print -quit)" ]; then return; fi
  say "npm run build"
  # A file whose source is gone must not stay.
  rm -rf dist
  npm run --silent build >&2
}
