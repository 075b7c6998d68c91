# A Docker engine of our own for the tests: what scripts/engine does. Sourced after lib.sh.
# shellcheck shell=bash disable=SC2154

engine_data=/var/lib/skerry-engine # images and volumes; apart from those of an engine that the system starts
engine_run=/run/skerry-engine      # its pid, its log
engine_by_system=$engine_run/by-system # is there when the init system has started one for us
compose_suite=trixie               # the first Debian with Compose v2; the program needs no newer libc than Debian 12's
compose_folder=/usr/local/lib/docker/cli-plugins

engine_answers() { timeout 5 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
# Also one that is too busy to answer.
engine_runs() { engine_answers || { [[ -d /run/systemd/system ]] && systemctl is-active --quiet docker; }; }
has_compose() { docker compose version >/dev/null 2>&1; }

# Whether this process may do what an engine does: mounts, networks, control groups (21, 12 of capabilities(7)).
may_contain() {
    local able
    able=$((16#$(sed -n 's/^CapEff:\s*//p' /proc/self/status)))
    (((able >> 21 & 1) && (able >> 12 & 1)))
}

# Says why there is no engine and none can be made, and is false then.
why_no_engine() {
    if command -v docker >/dev/null && engine_answers && has_compose; then return 0; fi
    if [[ -n ${DOCKER_HOST-} ]]; then
        say "the Docker engine of DOCKER_HOST does not answer or has no Compose v2 on this side"
    elif [[ $EUID != 0 ]]; then
        say "no Docker engine with Compose v2 answers, and only root can install and start one"
    elif ! command -v apt-get >/dev/null; then
        say "no Docker engine with Compose v2 answers, and without apt-get none can be installed"
    elif ! may_contain; then
        say "no Docker engine answers, and this machine (a container without privileges) can run none"
    else
        return 0
    fi
    return 1
}

# Compose v2 out of the package of a newer Debian, for this one has none. Nothing is added to apt's sources: the
# list of packages and the download are in a folder of their own, from the mirror that apt uses anyway.
install_compose() {
    local aside options mirror
    aside=$(mktemp -d) && chmod 755 "$aside"
    # shellcheck disable=SC2064
    trap "rm -rf '$aside'" RETURN
    # shellcheck disable=SC1091,SC2016
    mirror=$(apt-get indextargets --format '$(SITE) $(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
        awk '$3 == codename { print $2; exit }' codename="$(. /etc/os-release && echo "$VERSION_CODENAME")")
    [[ -n $mirror ]] || fail "apt's sources name no mirror of Debian" "see /etc/apt/sources.list.d"
    mkdir -p "$aside"/{none,lists/partial,cache/archives/partial,files}
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$mirror" "$compose_suite" \
        /usr/share/keyrings/debian-archive-keyring.gpg >"$aside/debian.sources"
    options=(-o Dir::Etc::sourcelist="$aside/debian.sources" -o Dir::Etc::sourceparts="$aside/none"
        -o Dir::State::lists="$aside/lists" -o Dir::Cache="$aside/cache" -o Dir::State::status=/dev/null
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$aside/none"
        -o Acquire::Languages=none -o APT::Sandbox::User=root)
    : >"$logs/apt.log"
    (apt_get "${options[@]}" update && cd "$aside" && apt_get "${options[@]}" download docker-compose) ||
        fail "Compose v2: $(apt_failure)" "what apt-get said: $logs/apt.log"
    dpkg-deb -x "$aside"/docker-compose_*.deb "$aside/files"
    install -D -m 755 -t "$compose_folder" "$aside/files/usr/libexec/docker/cli-plugins/docker-compose"
    has_compose || fail "Compose v2 was installed but does not run" "docker compose version"
}

# As the init system would, what is missing: where a hierarchy that processes are in is mounted nowhere, containers
# cannot be measured. None is made that is not there, for it would be the whole machine's, unless there is none for
# devices, without which there are no containers.
mount_control_groups() {
    local hierarchies hierarchy folder options
    if ! mountpoint -q /sys/fs/cgroup; then
        if [[ $(</proc/self/cgroup) =~ ^0::[^$'\n']*$ ]]; then
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
        else
            mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
        fi
    fi
    if [[ $(stat --file-system --format %T /sys/fs/cgroup) == cgroup2fs ]]; then return; fi
    mapfile -t hierarchies < <(awk -F: '$1 != 0 { print $2 }' /proc/self/cgroup)
    if [[ ${hierarchies[*]} != *devices* ]]; then
        mapfile -t -O "${#hierarchies[@]}" hierarchies < <(awk '$4 == 1 { print $1 }' /proc/cgroups)
    fi
    for hierarchy in "${hierarchies[@]}"; do
        folder=/sys/fs/cgroup/${hierarchy#name=} options=$hierarchy
        [[ $hierarchy != name=* ]] || options=none,$hierarchy
        mountpoint -q "$folder" && continue
        { mkdir -p "$folder" && mount -t cgroup -o "$options" cgroup "$folder"; } || rmdir "$folder" || true
    done
}

# An engine that was killed leaves files that keep the next one from starting.
remove_stale_pid_files() {
    local file
    for file in "$engine_run/dockerd.pid" "$engine_run/exec/containerd/containerd.pid"; do
        if [[ -f $file ]] && ! kill -0 "$(<"$file")" 2>/dev/null; then rm -f "$file"; fi
    done
}

# Running containers outlive it, and more networks fit than the 31 of the engine's own choice.
launch_engine() {
    setsid dockerd --host unix:///var/run/docker.sock --data-root "$engine_data" --exec-root "$engine_run/exec" \
        --pidfile "$engine_run/dockerd.pid" --live-restore --default-address-pool base=10.213.0.0/16,size=26 \
        >>"$engine_run/dockerd.log" 2>&1 </dev/null 9>&- &
    local engine=$! tenth
    for ((tenth = 0; tenth < 400; ++tenth)); do
        if engine_answers; then return 0; fi
        kill -0 "$engine" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

start_engine() {
    mount_control_groups
    if [[ -d /run/systemd/system ]]; then
        systemctl start docker || fail "the Docker engine does not start" "journalctl -u docker"
        engine_answers || fail "the Docker engine has started and does not answer" "journalctl -u docker"
        return
    fi
    mkdir -p "$engine_data" "$engine_run"
    # Twice: what a killed engine has left may take a moment to be gone.
    local _
    for _ in 1 2; do
        remove_stale_pid_files
        if launch_engine; then return; fi
    done
    fail "the Docker engine does not start: $(grep -E 'level=fatal|failed to start' "$engine_run/dockerd.log" | tail -n 1)" \
        "its log: $engine_run/dockerd.log"
}

# Makes an engine with Compose v2 answer.
have_engine() {
    local reason packages ran=''
    reason=$(why_no_engine) || fail "$reason" "see docs/docker.md"
    mkdir -p "$logs"
    exec 9>>/tmp/skerry-engine.lock && flock 9
    if engine_runs; then ran=yes; fi
    mapfile -t packages < <(missing_for engine)
    if ((${#packages[@]})); then
        say "Going to install from Debian's packages: ${packages[*]}"
        # The package's own start is left out: where no init system runs it would not be ours to stop.
        RUNLEVEL=1 install_packages "${packages[@]}"
    fi
    if ! has_compose; then
        say "Going to fetch Compose v2 from Debian's $compose_suite into $compose_folder."
        install_compose
    fi
    if ! engine_answers; then
        say "Starting a Docker engine (log: $engine_run/dockerd.log)."
        start_engine
    fi
    # Also where installing the package has started it.
    if [[ -z $ran && -d /run/systemd/system ]]; then mkdir -p "$engine_run" && : >"$engine_by_system"; fi
    exec 9>&-
    say "Docker engine $(docker version --format '{{.Server.Version}}') answers, Compose $(docker compose version --short)."
}

# Ends the engine that have_engine has started and what runs in it; another one is left alone.
stop_engine() {
    local pid file=$engine_run/dockerd.pid
    if [[ -f $engine_by_system ]]; then
        rm "$engine_by_system"
        systemctl stop docker.socket docker.service
        return
    fi
    if [[ ! -f $file ]] || ! pid=$(<"$file") || ! kill -0 "$pid" 2>/dev/null; then return 0; fi
    docker ps --quiet | xargs --no-run-if-empty docker kill >/dev/null 2>&1 || true
    kill "$pid"
    timeout 20 tail --pid="$pid" -f /dev/null || kill -KILL "$pid"
}
