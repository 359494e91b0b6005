#!/bin/sh
# Runs Varnish and drains it on SIGTERM. It marks Varnish as draining, so that the VCL refuses new
# requests. It stops Varnish when no request is open or the time is over. Varnish by itself would
# cut all connections at once. Exits with Varnish's status.
#
#     run.sh WORK-DIRECTORY VARNISHADM VARNISHSTAT SECONDS varnishd ARGUMENT…
directory=$1 varnishadm=$2 varnishstat=$3 seconds=$4
shift 4

# Open requests and fetches. A request that waits for another's fetch counts; an idle connection
# does not.
under_way() {
  "$varnishstat" -n "$directory" -1 -f 'MEMPOOL.req*.live' -f 'MEMPOOL.busyobj.live' | {
    sum=0
    while read -r _ count _; do sum=$((sum + count)); done
    echo "$sum"
  }
}

end() {
  kill -TERM "$child"
  wait "$child"
  exit $?
}

drain() {
  trap end TERM INT
  "$varnishadm" -n "$directory" -t 1 backend.set_health draining healthy >/dev/null 2>&1 || end
  # The VCL refuses cache misses only, so the ban makes every object a miss. Transfers continue.
  "$varnishadm" -n "$directory" -t 1 ban obj.status '!=' 0 >/dev/null 2>&1
  until=$(($(date +%s) + seconds))
  # Checked twice, because a request may move from one counter to the other in between.
  quiet=0
  while [ "$quiet" -lt 2 ] && [ "$(date +%s)" -le "$until" ]; do
    sleep 0.05
    if [ "$(under_way)" = 0 ]; then quiet=$((quiet + 1)); else quiet=0; fi
  done
  end
}

trap drain TERM INT
"$@" &
child=$!
wait "$child"
