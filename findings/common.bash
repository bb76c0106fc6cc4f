# Sourced by every finding: a temporary folder, pinned packages unpacked into it, and the comparison
# of what was seen with what is written down. Nothing is installed on the machine itself.
# Exit codes: 0 the behaviour is as written, 1 it is another, 2 it could not be looked at.

set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

work=$(mktemp -d)
root=$work/root
differs=0

finish() {
  local code=$?
  if declare -F clean_up >/dev/null; then clean_up || true; fi
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT

cannot() {
  printf 'not checked: %s\n' "$*" >&2
  exit 2
}

# debian NAME=VERSION...: the packages and what they need that is not installed, unpacked in $root.
debian() {
  local spec file archives=$work/archives
  # Nothing is installed, so no lock is needed, and another apt-get may be at work.
  local options=(-o APT::Sandbox::User=root -o "Dir::Cache::archives=$archives" -o Debug::NoLocking=1)
  mkdir -p "$archives/partial" "$root"
  for spec in "$@"; do
    apt-cache show "$spec" >/dev/null 2>&1 || apt-get update -qq || true
    apt-cache show "$spec" >/dev/null 2>&1 || cannot "the mirror has no $spec"
  done
  apt-get -qq -y "${options[@]}" --no-install-recommends --reinstall --allow-downgrades \
    --download-only install "$@" >"$work/apt.log" 2>&1 || {
    cat "$work/apt.log" >&2
    cannot "apt-get cannot fetch $*"
  }
  for file in "$archives"/*.deb; do dpkg-deb -x "$file" "$root"; done
  for spec in "$@"; do unpacked "$spec"; done
  PATH=$root/usr/bin:$root/bin:$PATH
  LD_LIBRARY_PATH=$(find "$root" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
  export PATH LD_LIBRARY_PATH
}

# The version comes from the archive's own control file, not from its name.
unpacked() {
  local name=${1%%=*} version=${1#*=} files
  files=("$work/archives/$name"_*.deb)
  printf 'package   %s %s\n' "$name" "$(dpkg-deb -f "${files[0]}" Version)"
  [ "$(dpkg-deb -f "${files[0]}" Version)" = "$version" ] || cannot "$name is not $version"
}

# npm_packages NAME@VERSION... or ALIAS@npm:NAME@VERSION...: installed in $work, where the scripts of the findings run.
npm_packages() {
  local spec name version
  printf '{"private":true}\n' >"$work/package.json"
  (cd "$work" && npm install --silent --no-audit --no-fund --ignore-scripts --save-exact "$@") ||
    cannot "npm cannot install $*"
  for spec in "$@"; do
    name=${spec%%@*}
    version=$(node -p "require('$work/node_modules/$name/package.json').version")
    printf 'package   %s %s\n' "$name" "$version"
    [ "$version" = "${spec##*@}" ] || cannot "$name is not ${spec##*@}"
  done
}

# seen WHAT WRITTEN ACTUAL: prints what was seen, and notes whether it is what is written down.
seen() {
  printf 'seen      %s: %s\n' "$1" "${3:-(nothing)}"
  [ "$2" = "$3" ] && return
  printf 'DIFFERS   %s: written down is %s\n' "$1" "${2:-(nothing)}"
  differs=1
}

# seen_like WHAT PATTERN ACTUAL: the same with an extended regular expression.
seen_like() {
  printf 'seen      %s: %s\n' "$1" "$3"
  [[ $3 =~ $2 ]] && return
  printf 'DIFFERS   %s: written down is /%s/\n' "$1" "$2"
  differs=1
}

guess() { printf 'guess     %s\n' "$*"; }

verdict() {
  if [ "$differs" = 0 ]; then
    echo 'verdict   as written down'
  else
    echo 'verdict   the behaviour has changed'
    exit 1
  fi
}
