# Sourced by every engine's script: a temporary folder with the program on its PATH, a small grid, and
# the whole sweep in one process, which what the engine has made must equal to the byte.
# Exit codes: 0 it does, 1 it does not, 2 the engine could not be had.

set -euo pipefail
export LC_ALL=C

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)

finish() {
  local code=$?
  if declare -F clean_up >/dev/null; then clean_up || true; fi
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT

cannot() {
  printf 'not run: %s\n' "$*" >&2
  exit 2
}

# needs COMMAND PACKAGE...: Debian's packages, where the command is not there.
needs() {
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  [ "$(id -u)" = 0 ] || cannot "no $command: as root the script installs Debian's $*"
  apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@" >/dev/null ||
    cannot "apt-get cannot install $*"
}

node "$project/bin/setup.js"
mkdir "$work/bin"
printf '#!/bin/sh\nexec node "%s" "$@"\n' "$project/bin/rss-err.js" >"$work/bin/rss-err"
chmod +x "$work/bin/rss-err"
export PATH="$work/bin:$PATH"
cd "$work"

cat >sweep.json <<'GRID'
{
  "format": "rss-err/grid@1",
  "command": "compare",
  "options": { "topology": ["pu:8", "pu:64"], "threads": [1, 5], "seed": "1..6", "operations": 20000 }
}
GRID

rss-err sweep --grid sweep.json --output whole.ndjson 2>/dev/null

same() {
  cmp "$1" whole.ndjson || { echo "DIFFERS: $1 is not what one process gives" >&2; exit 1; }
  printf 'same bytes as one process: %s lines\n' "$(wc -l <"$1")"
}
