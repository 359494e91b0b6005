#!/bin/sh
# Runs all checks: types, imports, dead code, style, tests. Called by `npm test`.
set -eu
SEAWALL_ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd "$SEAWALL_ROOT"
. harness/bootstrap.sh
exec "$SEAWALL_NODE" --disable-warning=ExperimentalWarning harness/check.ts "$@"
