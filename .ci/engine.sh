# A Docker engine for the docker tests: the one that answers already, else one of our own where this
# user may start one. Sourced by .ci/run, which names it to the tests by DOCKER_HOST and ends it
# however the run ends. Nothing of it stays: its data, sockets and mounts lie in one temporary
# folder, and it leaves the machine's network rules alone.

engine_folder=
engine_pid=

engine_answers() {
  if command -v curl >/dev/null 2>&1; then
    curl -sf --max-time 3 --unix-socket "$1" http://localhost/_ping >/dev/null 2>&1
  else command -v docker >/dev/null 2>&1 && docker -H "unix://$1" version >/dev/null 2>&1; fi
}

engine_start() {
  if [ -n "${DOCKER_HOST:-}" ]; then
    echo "docker tests: on the engine that DOCKER_HOST names"
    return
  fi
  if engine_answers /var/run/docker.sock; then
    echo "docker tests: on the engine that is running here"
    return
  fi
  local missing=
  [ "$(id -u)" = 0 ] || missing="this user is not root"
  command -v dockerd >/dev/null 2>&1 ||
    missing="dockerd is not installed (apt-get install docker.io)"
  if [ -n "$missing" ]; then
    echo "docker tests: will be skipped; no engine answers, and none can be started: $missing"
    return
  fi

  engine_folder=$(mktemp -d "${TMPDIR:-/tmp}/seawall-engine-XXXXXX")
  local socket=$engine_folder/docker.sock
  dockerd -H "unix://$socket" --data-root "$engine_folder/data" \
    --exec-root "$engine_folder/exec" --pidfile "$engine_folder/pid" \
    --bridge none --iptables=false --ip-masq=false >"$engine_folder/log" 2>&1 &
  engine_pid=$!
  for _ in $(seq 60); do
    kill -0 "$engine_pid" 2>/dev/null || break
    if engine_answers "$socket"; then
      export DOCKER_HOST=unix://$socket
      echo "docker tests: on an engine that was started for them"
      return
    fi
    sleep 0.5
  done
  local last
  last=$(tail -n 1 "$engine_folder/log" | cut -c1-300)
  echo "docker tests: will be skipped; dockerd does not start here: $last"
  engine_stop
}

# Silent: the last line of the run is the count of tests.
engine_stop() {
  [ -n "$engine_folder" ] || return 0
  # A network that a test left would stay behind as a bridge whose route takes the addresses of the
  # next run's.
  local network networks=
  networks=$(curl -sf --max-time 3 --unix-socket "$engine_folder/docker.sock" \
    http://localhost/networks 2>/dev/null | grep -o '"Id":"[0-9a-f]\{12\}' | cut -d'"' -f4) || :
  kill "$engine_pid" 2>/dev/null || :
  for _ in $(seq 40); do kill -0 "$engine_pid" 2>/dev/null || break; sleep 0.5; done
  kill -9 "$engine_pid" 2>/dev/null || :
  wait "$engine_pid" 2>/dev/null || :
  # Its containerd ends with it, unless it had to be killed.
  local containerd=$engine_folder/exec/containerd/containerd.pid
  [ ! -s "$containerd" ] || kill -9 "$(cat "$containerd")" 2>/dev/null || :
  awk -v below="$engine_folder/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r |
    while read -r mount; do umount -l "$mount" 2>/dev/null || :; done
  for network in $networks; do ip link delete "br-$network" 2>/dev/null || :; done
  rm -rf "$engine_folder" 2>/dev/null || :
  engine_folder=
}
