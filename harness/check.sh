#!/bin/sh
# One command checks everything: types, imports, dead code, style, tests. Called by `npm test`.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
. harness/bootstrap.sh
exec node_modules/.bin/node --disable-warning=ExperimentalWarning harness/check.ts "$@"
