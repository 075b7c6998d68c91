# What demo, setup and test share: talking to the person, installing what is missing, building.
# Sourced by them (bash); leaves the working folder at the root of the project.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
root=$PWD
logs=$root/build/logs
opencode_version=1.18.33

# --- Talking -----------------------------------------------------------------------------------------------

bold='' red='' plain=''
if [[ -t 1 && -z ${NO_COLOR-} && ${TERM-dumb} != dumb ]]; then
    bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
fi

heading() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }

# A line to show, and the reason to stop: one sentence, and where to look or what to do next.
say() { printf '%s\n' "$1"; }
fail() {
    printf '%serror:%s %s\n' "$red" "$plain" "$1" >&2
    [[ -z ${2-} ]] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

# Seconds with one digit since a time that was read from $EPOCHREALTIME.
seconds_since() {
    local now=${EPOCHREALTIME/[.,]/} then=${1/[.,]/}
    local tenths=$(((now - then + 50000) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# --- What is needed ----------------------------------------------------------------------------------------
# A line is: purpose, Debian package, how to see that it is there (a command in PATH, a file,
# or any file that fits a pattern).

needs() {
    cat <<'NEEDS'
build g++                  command g++
build meson                command meson
build ninja-build          command ninja
build pkg-config           command pkg-config
build python3              command python3
build git                  command git
build libcli11-dev         file CLI/CLI.hpp
build libcpp-httplib-dev   file httplib.h
build libsqlitecpp-dev     file SQLiteCpp/SQLiteCpp.h
build libsqlite3-dev       file sqlite3.h
build nlohmann-json3-dev   file nlohmann/json.hpp
build libhowardhinnant-date-dev file date/tz.h
build libspdlog-dev        file spdlog/spdlog.h
build libssl-dev           file openssl/evp.h
build doctest-dev          file doctest/doctest.h
run   tzdata               file /usr/share/zoneinfo/UTC
run   bubblewrap           command bwrap
run   ripgrep              command rg
agent ca-certificates      file /etc/ssl/certs/ca-certificates.crt
agent nodejs               command node
agent npm                  command npm
test  nodejs               command node
test  wrk                  command wrk
test  clang-format         command clang-format
test  shellcheck           command shellcheck
test  clang                command clang++
test  procps               command ps
test  libclang-rt-dev      any /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a
test-npm ca-certificates   file /etc/ssl/certs/ca-certificates.crt
test-npm nodejs            command node
test-npm npm               command npm
peers nodejs               command node
peers npm                  command npm
peers make                 command make
load  wrk                  command wrk
engine docker.io           command dockerd
engine iptables            command iptables
engine mmdebstrap          command mmdebstrap
engine nodejs              command node
engine npm                 command npm
all-peers postgresql       file /usr/lib/postgresql
NEEDS
}

reason_for() {
    case $1 in
    build) say "compile skerry" ;;
    run) say "fence projects in, let the agent search, and know the time zones" ;;
    agent) say "fetch OpenCode" ;;
    test) say "check and measure the code, and run Node projects" ;;
    test-npm) say "fetch what the tests use from npm" ;;
    peers | all-peers) say "measure others beside ours" ;;
    load) say "measure the server" ;;
    engine) say "run projects in containers" ;;
    esac
}

is_there() {
    case $1 in
    command) command -v "$2" >/dev/null ;;
    file) [[ -e $2 || -e /usr/include/$2 || -e /usr/local/include/$2 ]] ;;
    any) compgen -G "$2" >/dev/null ;;
    esac
}

# The packages of one purpose that this machine lacks, one a line.
missing_for() {
    local purpose package kind what
    while read -r purpose package kind what; do
        if [[ $purpose == "$1" ]] && ! is_there "$kind" "$what"; then say "$package"; fi
    done < <(needs)
}

# --- Debian's packages -------------------------------------------------------------------------------------

# Runs apt-get as root; what it prints goes to the log.
apt_get() {
    local as_root=()
    [[ $EUID == 0 ]] || as_root=(sudo)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -o DPkg::Lock::Timeout=120 "$@" \
        >>"$logs/apt.log" 2>&1
}

# Why apt-get failed, in a sentence.
apt_failure() {
    local log=$logs/apt.log name
    name=$(sed -n -e 's/^E: Unable to locate package //p' -e "s/^E: Package '\(.*\)' has no installation candidate/\1/p" \
        "$log" | tail -n 1)
    if grep -qiE 'No space left|enough free space' "$log"; then
        say "the disk is full"
    elif grep -q 'Could not get lock' "$log"; then
        say "another program is installing packages right now; try again when it is done"
    elif grep -qE 'Could not resolve|Temporary failure|Failed to fetch|Could not connect|Unable to connect' "$log"; then
        say "Debian's packages cannot be downloaded: is the network there?"
    elif [[ -n $name ]]; then
        say "the package $name is not to be had here (skerry builds on Debian 12 and newer)"
    elif grep -qE 'not in the sudoers|may not run sudo|password is required|incorrect password' "$log"; then
        say "sudo refuses to install packages"
    else
        say "apt-get could not install the packages"
    fi
}

# Installs the packages, with the lists of packages fetched first where there are none or they are too old.
install_packages() {
    local by_hand="as root: apt-get install --no-install-recommends $*"
    command -v apt-get >/dev/null ||
        fail "this machine has no apt-get (is it a Debian?), and these are missing: $*" \
            "install what gives the same under your system's names, then run this again"
    if [[ $EUID != 0 ]]; then
        command -v sudo >/dev/null || fail "only root can install packages, and there is no sudo here" "$by_hand"
        # Asks for the password now, where it is seen, or fails where nobody is there to answer.
        if [[ -t 0 ]]; then sudo -v; else sudo -n true 2>/dev/null; fi ||
            fail "only root can install packages, and sudo lets you not" "$by_hand"
    fi
    mkdir -p "$logs" && : >"$logs/apt.log"
    if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then apt_get update || true; fi
    apt_get install -y --no-install-recommends "$@" ||
        { apt_get update && apt_get install -y --no-install-recommends "$@"; } ||
        fail "$(apt_failure)" "what apt-get said: $logs/apt.log"
}

# --- OpenCode ----------------------------------------------------------------------------------------------

# The npm package that holds the program for this machine.
opencode_package() {
    case $(uname -m) in
    x86_64) if grep -qsw avx2 /proc/cpuinfo; then say opencode-linux-x64; else say opencode-linux-x64-baseline; fi ;;
    aarch64) say opencode-linux-arm64 ;;
    *) fail "OpenCode has no program for this machine ($(uname -m))" ;;
    esac
}

# Where skerry itself looks for it: in a folder beside its own binary.
opencode_program() { printf '%s' "$1/node_modules/$2/bin/opencode"; }

has_opencode() {
    [[ -x $(opencode_program build/opencode "$1") ]] &&
        grep -qF "\"version\": \"$opencode_version\"" "build/opencode/node_modules/$1/package.json"
}

# npm_failure PACKAGE@VERSION NAME: why npm could not install it, in a sentence.
npm_failure() {
    local log=$logs/npm.log
    if grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|network' "$log"; then
        say "$2 cannot be downloaded from the npm registry: is the network there?"
    elif grep -q 'ENOSPC' "$log"; then
        say "the disk is full"
    elif grep -qE 'E404|ETARGET' "$log"; then
        say "the npm registry has no $1"
    else
        say "npm could not install $1"
    fi
}

# npm_install FOLDER [PACKAGE@VERSION]: with what goes wrong in a log, and no scripts of the packages.
npm_install() {
    npm install --ignore-scripts --prefer-offline --no-audit --no-fund --no-update-notifier --no-package-lock \
        --fetch-retry-mintimeout 2000 --fetch-retry-maxtimeout 5000 --prefix "$@" >"$logs/npm.log" 2>&1
}

# Installed aside, tried, and only then moved into place: a broken download is never taken for the program.
install_opencode() {
    local package=$1 aside=$root/build/opencode.new
    mkdir -p "$logs" && rm -rf "$aside" && mkdir -p "$aside"
    npm_install "$aside" "$package@$opencode_version" ||
        fail "$(npm_failure "$package@$opencode_version" OpenCode)" "what npm said: $logs/npm.log"
    [[ $("$(opencode_program "$aside" "$package")" --version 2>&1) == "$opencode_version" ]] ||
        fail "OpenCode was downloaded but does not run on this machine" \
            "see what it says: $(opencode_program "$aside" "$package") --version"
    rm -rf build/opencode && mv "$aside" build/opencode
}

# --- What the tests use from npm -----------------------------------------------------------------------------

node_tests=build/node-tests

has_node_tests() { cmp -s tests/e2e/node/package.json "$node_tests/package.json"; }

install_node_tests() {
    local aside=$root/$node_tests.new
    mkdir -p "$logs" && rm -rf "$aside" && mkdir -p "$aside"
    cp tests/e2e/node/package.json "$aside"
    npm_install "$aside" ||
        fail "$(npm_failure "what tests/e2e/node/package.json names" "What the tests use")" "what npm said: $logs/npm.log"
    rm -rf "$node_tests" && mv "$aside" "$node_tests"
}

# --- All of it ---------------------------------------------------------------------------------------------

# set_up PURPOSE...: says what is missing and what for, then installs it. Silent when everything is there.
set_up() {
    local purpose package='' packages=() told='' list node=''
    if [[ " $* " == *" test "* ]] && ! has_node_tests; then
        node=$node_tests
        set -- "$@" test-npm
    fi
    if [[ " $* " == *" agent "* ]]; then
        package=$(opencode_package) || exit 1
        if has_opencode "$package"; then package=''; fi
    fi
    for purpose; do
        if [[ $purpose == agent && -z $package ]]; then continue; fi # npm is only needed to fetch OpenCode
        mapfile -t list < <(missing_for "$purpose" | grep -vxF "$(printf '%s\n' '' "${packages[@]}")")
        ((${#list[@]})) || continue
        packages+=("${list[@]}")
        told+=$(fold -s -w 96 <<<"to $(reason_for "$purpose"): ${list[*]}" | sed -e 's/^/      /' -e '1s/^ */  - /')$'\n'
    done
    if ((${#packages[@]})); then
        say "Going to install from Debian's packages (apt-get$([[ $EUID == 0 ]] || say ", with sudo")):"
        printf '%s' "$told"
    fi
    [[ -z $package ]] ||
        say "Going to fetch OpenCode $opencode_version, the coding agent (npm package $package), into build/opencode."
    [[ -z $node ]] || say "Going to fetch what tests/e2e/node/package.json names from npm, into $node."
    if ((${#packages[@]})); then install_packages "${packages[@]}"; fi
    [[ -z $package ]] || install_opencode "$package"
    [[ -z $node ]] || install_node_tests
}

# configure FOLDER [MESON OPTION...]: makes a build folder ready for ninja, if it is not; one that was left half made too.
configure() {
    local folder=$1 again=()
    shift
    if [[ -f $folder/build.ninja ]]; then return; fi
    if [[ -f $folder/meson-private/coredata.dat ]]; then again=(--reconfigure); fi
    meson setup "${again[@]}" "$folder" "$@"
}
