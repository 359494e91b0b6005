#!/bin/sh
# Runs Varnish, and on SIGTERM lets it finish what it has begun: it is told that it is draining (its rules then refuse what is new), and ended when
# nothing is under way any more or the time is over. Varnish itself would cut everything off at once. Ends with Varnish's own status.
#
#     run.sh WORK-DIRECTORY VARNISHADM VARNISHSTAT SECONDS varnishd ARGUMENT…
directory=$1 varnishadm=$2 varnishstat=$3 seconds=$4
shift 4

# Requests and fetches; one that waits for the other's fetch is among them, an idle connection is not.
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
  # Only what has no copy is looked at, and refused. What is being sent is sent all the same.
  "$varnishadm" -n "$directory" -t 1 ban obj.status '!=' 0 >/dev/null 2>&1
  until=$(($(date +%s) + seconds))
  # Twice, since a request may just be passing from one of the counts to the other.
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
