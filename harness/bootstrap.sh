#!/bin/sh
# Installs the npm packages, Node 24 among them, when they are missing or differ from package-lock.json. Writes to standard error only.
#
#   . harness/bootstrap.sh      in a script of harness/, or with SEAWALL_ROOT set; leaves SEAWALL_NODE set to the Node 24 binary
#   sh harness/bootstrap.sh     the same by itself
#
# Two at once are safe, and so is an interrupt at any moment: the stamp, which is a copy of the lock file, is written last, after
# Node 24 was seen to run.

bootstrap_say() { printf 'seawall: %s\n' "$*" >&2; }
bootstrap_fail() { bootstrap_say "$@"; exit 70; }

# The folder above the one that the running script is in, through symbolic links.
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
  command -v node >/dev/null 2>&1 || bootstrap_fail 'needs Node 20 or newer to set itself up, and there is no node: https://nodejs.org, or `apt-get install nodejs npm`'
  command -v npm >/dev/null 2>&1 || bootstrap_fail 'needs npm, which usually comes with Node, to set itself up: `apt-get install npm`'
  bootstrap_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || bootstrap_fail 'the node in PATH does not run'
  [ "$bootstrap_major" -ge 20 ] 2>/dev/null || bootstrap_fail "needs Node 20 or newer to set itself up; the one in PATH is $(node --version)"
}

# When the owner of this process was started, so that a process id that is used again is not taken for the old owner.
bootstrap_started() { ps -o lstart= -p "$1" 2>/dev/null | tr -d ' '; }

# 0 when the holder of the lock, or the npm that it started, lives; 1 when both are dead; 2 when nobody has signed yet. An npm whose
# starter was killed goes on writing, so that it counts as well.
bootstrap_owner_lives() {
  [ -s "$bootstrap_lock/owner" ] || return 2
  while read -r bootstrap_pid bootstrap_since; do
    kill -0 "$bootstrap_pid" 2>/dev/null && [ "$(bootstrap_started "$bootstrap_pid")" = "$bootstrap_since" ] && return 0
  done < "$bootstrap_lock/owner"
  return 1
}

bootstrap_sign() { printf '%s %s\n' "$1" "$(bootstrap_started "$1")" >> "$bootstrap_lock/owner"; }

# mkdir is the lock. Its owner writes who it is right after; a lock whose owner is dead, or that names nobody for five seconds, is broken.
bootstrap_take_lock() {
  bootstrap_waited=0
  bootstrap_nameless=0
  until mkdir "$bootstrap_lock" 2>/dev/null; do
    [ -d "$bootstrap_lock" ] || [ -w "$SEAWALL_ROOT" ] || bootstrap_fail "may not write to $SEAWALL_ROOT, and its npm packages are not installed"
    bootstrap_owner_lives && bootstrap_owner=0 || bootstrap_owner=$?
    case $bootstrap_owner in
      0) bootstrap_nameless=0 ;;
      1) bootstrap_break_lock && continue ;;
      *) bootstrap_nameless=$((bootstrap_nameless + 1)); [ "$bootstrap_nameless" -lt 5 ] || bootstrap_break_lock || : ;;
    esac
    [ "$bootstrap_waited" -ne 1 ] || bootstrap_say 'waiting for another one that is installing the npm packages'
    [ "$bootstrap_waited" -lt 900 ] || bootstrap_fail "waited 15 minutes for $bootstrap_lock; remove $bootstrap_lock* if nothing else is installing"
    sleep 1
    bootstrap_waited=$((bootstrap_waited + 1))
  done
  bootstrap_held=$bootstrap_lock
  bootstrap_sign $$
}

# Under a second lock, and after a second look: of several that wait, one breaks the dead lock, and none the one that replaces it.
bootstrap_break_lock() {
  mkdir "$bootstrap_lock.breaking" 2>/dev/null || return 1
  bootstrap_held=$bootstrap_lock.breaking
  bootstrap_owner_lives || rm -rf "$bootstrap_lock"
  bootstrap_free_lock
  bootstrap_nameless=0
}

# Runs npm, or the node that runs it, as a child that an interrupt ends and waits for before the lock is given back.
bootstrap_run() {
  "$@" >&2 &
  bootstrap_child=$!
  bootstrap_sign "$bootstrap_child"
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
  bootstrap_free_lock
}

bootstrap_free_lock() { [ -z "$bootstrap_held" ] || rm -rf "$bootstrap_held"; bootstrap_held=; }

bootstrap_node_runs() { [ "$("$SEAWALL_NODE" -p 'process.versions.node.split(".")[0]' 2>/dev/null)" = 24 ]; }

# npm may have been told not to run install scripts, and Node 24 arrives by one: it is run by hand then.
bootstrap_ensure_node() {
  bootstrap_node_runs && return
  bootstrap_say 'fetching Node 24'
  bootstrap_run sh -c 'cd "$1" && exec node installArchSpecificPackage.js' sh "$SEAWALL_ROOT/node_modules/node" || :
  bootstrap_node_runs || bootstrap_fail 'the npm package node@24 brought no Node 24 that runs here; `npm ci --foreground-scripts` shows why'
}

bootstrap_install() {
  bootstrap_check_system_node
  bootstrap_held= bootstrap_child=
  trap bootstrap_leave EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  bootstrap_take_lock
  if ! bootstrap_installed; then
    bootstrap_say 'installing the npm packages, Node 24 among them'
    rm -f "$bootstrap_stamp"
    # The harness is run from here whatever NODE_ENV says: the checks need the development packages too.
    bootstrap_run npm ci --include=dev --prefix "$SEAWALL_ROOT" || bootstrap_fail 'npm ci failed, as shown above; once that is solved, the same command goes on'
    bootstrap_ensure_node
    cp "$SEAWALL_ROOT/package-lock.json" "$bootstrap_stamp.$$" && mv "$bootstrap_stamp.$$" "$bootstrap_stamp"
  fi
  bootstrap_free_lock
  trap - EXIT INT TERM HUP
}

[ -n "${SEAWALL_ROOT:-}" ] || bootstrap_find_root "$0"
SEAWALL_NODE=$SEAWALL_ROOT/node_modules/node/bin/node
bootstrap_stamp=$SEAWALL_ROOT/node_modules/.seawall-stamp
bootstrap_lock=$SEAWALL_ROOT/.seawall-installing
bootstrap_installed || bootstrap_install
