#!/bin/sh
# Installs the npm packages, including Node 24, if they are missing or differ from
# package-lock.json. Writes to standard error only.
#
#   . harness/bootstrap.sh      in a script of harness/, or with SEAWALL_ROOT set;
#                               leaves SEAWALL_NODE set to the Node 24 binary
#   sh harness/bootstrap.sh     the same on its own
#
# It installs the packages in a staging folder, and moves them into place once they are complete
# and Node 24 has started. So concurrent calls are safe without a lock, and so is an interrupt at
# any moment.

bootstrap_say() { printf 'seawall: %s\n' "$*" >&2; }
bootstrap_fail() { bootstrap_say "$@"; exit 70; }

# The parent of the running script's folder, through symbolic links.
bootstrap_find_root() {
  bootstrap_file=$1
  while [ -h "$bootstrap_file" ]; do
    bootstrap_link=$(readlink "$bootstrap_file")
    case $bootstrap_link in
      /*) bootstrap_file=$bootstrap_link ;;
      *) bootstrap_file=$(dirname "$bootstrap_file")/$bootstrap_link ;;
    esac
  done
  SEAWALL_ROOT=$(CDPATH= cd -- "$(dirname -- "$bootstrap_file")/.." && pwd -P)
}

bootstrap_installed() {
  cmp -s "$SEAWALL_ROOT/package-lock.json" "$bootstrap_stamp" && [ -x "$SEAWALL_NODE" ]
}

bootstrap_check_system_node() {
  command -v node >/dev/null 2>&1 ||
    bootstrap_fail 'needs Node 20 or newer to set itself up, and there is no node:' \
      'https://nodejs.org, or `apt-get install nodejs npm`'
  command -v npm >/dev/null 2>&1 ||
    bootstrap_fail 'needs npm, which usually comes with Node, to set itself up:' \
      '`apt-get install npm`'
  bootstrap_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) ||
    bootstrap_fail 'the node in PATH does not run'
  [ "$bootstrap_major" -ge 20 ] 2>/dev/null ||
    bootstrap_fail 'needs Node 20 or newer to set itself up;' \
      "the one in PATH is $(node --version)"
}

# A killed call left its staging folder, whose name contains its pid.
bootstrap_sweep() {
  for bootstrap_left in "$SEAWALL_ROOT"/.seawall-installing.*; do
    kill -0 "${bootstrap_left##*.}" 2>/dev/null || rm -rf "$bootstrap_left"
  done
}

# Runs a child that an interrupt ends and awaits before its folder is removed.
bootstrap_run() {
  "$@" >&2 &
  bootstrap_child=$!
  bootstrap_status=0
  wait "$bootstrap_child" || bootstrap_status=$?
  bootstrap_child=
  return "$bootstrap_status"
}

bootstrap_leave() {
  if [ -n "$bootstrap_child" ]; then
    kill "$bootstrap_child" 2>/dev/null || :
    wait "$bootstrap_child" 2>/dev/null || :
  fi
  rm -rf "$bootstrap_aside"
}

bootstrap_node_runs() {
  bootstrap_node=$bootstrap_aside/node_modules/node/bin/node
  [ "$("$bootstrap_node" -p 'process.versions.node.split(".")[0]' 2>/dev/null)" = 24 ]
}

# npm may be configured to skip install scripts, but one of them downloads Node 24, so it is run
# here.
bootstrap_ensure_node() {
  bootstrap_node_runs && return
  bootstrap_say 'fetching Node 24'
  bootstrap_run sh -c 'cd "$1" && exec node installArchSpecificPackage.js' sh \
    "$bootstrap_aside/node_modules/node" || :
  bootstrap_node_runs ||
    bootstrap_fail 'the npm package node@24 brought no Node 24 that runs here;' \
      '`npm ci --foreground-scripts` shows why'
}

# A concurrent call may have installed its packages meanwhile; they are identical.
bootstrap_put_in_place() {
  cp "$SEAWALL_ROOT/package-lock.json" "$bootstrap_aside/node_modules/.seawall-stamp"
  bootstrap_installed && return
  [ ! -e "$SEAWALL_ROOT/node_modules" ] ||
    mv "$SEAWALL_ROOT/node_modules" "$bootstrap_aside/old" || :
  mv "$bootstrap_aside/node_modules" "$SEAWALL_ROOT/" 2>/dev/null || bootstrap_installed ||
    bootstrap_fail "could not put the npm packages into $SEAWALL_ROOT"
}

bootstrap_install() {
  bootstrap_check_system_node
  bootstrap_sweep
  bootstrap_child=
  bootstrap_aside=$SEAWALL_ROOT/.seawall-installing.$$
  trap bootstrap_leave EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  bootstrap_say 'installing the npm packages, Node 24 among them'
  mkdir "$bootstrap_aside" ||
    bootstrap_fail "may not write to $SEAWALL_ROOT, and its npm packages are not installed"
  cp "$SEAWALL_ROOT/package.json" "$SEAWALL_ROOT/package-lock.json" "$SEAWALL_ROOT/.npmrc" \
    "$bootstrap_aside"
  # The development packages are always installed, whatever NODE_ENV, because the checks need them.
  bootstrap_run npm ci --loglevel=error --include=dev --prefix "$bootstrap_aside" ||
    bootstrap_fail 'npm ci failed, as shown above; once that is solved, the same command goes on'
  bootstrap_ensure_node
  bootstrap_put_in_place
  bootstrap_leave
  trap - EXIT INT TERM HUP
}

[ -n "${SEAWALL_ROOT:-}" ] || bootstrap_find_root "$0"
SEAWALL_NODE=$SEAWALL_ROOT/node_modules/node/bin/node
bootstrap_stamp=$SEAWALL_ROOT/node_modules/.seawall-stamp
bootstrap_installed || bootstrap_install
