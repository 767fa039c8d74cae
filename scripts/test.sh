#!/usr/bin/env bash
# Everything that must hold before a change may land, on a fresh Debian or Ubuntu with Rust and gcc:
#   scripts/test.sh                 all stages, in order
#   scripts/test.sh --stage NAME    one stage with what it needs: tools, fmt, clippy, tests, browser
#   scripts/test.sh --list          the stages
# JIXUE_TEST_POSTGRES=postgres://… uses that server instead of a private one in a temporary folder.
# JIXUE_CHROMIUM and JIXUE_CHROMEDRIVER name another browser than the first one on the path.
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

readonly RUST_MIN_MINOR=94 # Rust 1.94
readonly POSTGRES_MIN=15
readonly AXE_VERSION=4.14.1
readonly AXE_SHA256=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
readonly STAGES="tools fmt clippy tests browser"
readonly logs=$root/target/test-logs

die() { printf '\ntest.sh: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# ---------------------------------------------------------------- stages and their times

table=() current='' current_start=0 scratch='' postgres_stop=()

begin() { current=$1 current_start=$SECONDS; printf '\n==== %s\n' "$1"; }

finish() {
  local took=$((SECONDS - current_start))
  table+=("$(printf '%-10s %-7s %4d s' "$current" "$1" "$took")")
  printf -- '---- %s %s after %d s\n' "$current" "$1" "$took"
  current=''
}

stage() { begin "$1"; "stage_$1"; finish passed; }

# Sums cargo's closing lines. The line that this prints says what ran, so an empty run cannot look like a good one.
totals() {
  awk '
    /^test result:/ { for (i = 1; i < NF; i++) {
      if ($(i + 1) ~ /^passed/) p += $i; if ($(i + 1) ~ /^failed/) f += $i; if ($(i + 1) ~ /^ignored/) s += $i } }
    END { printf "total: %d passed, %d failed, %d skipped\n", p, f, s }' "$logs"/*.log
}

at_exit() {
  local code=$?
  trap - EXIT INT TERM
  if [ -n "$current" ]; then finish FAILED; fi
  if [ ${#postgres_stop[@]} -gt 0 ]; then "${postgres_stop[@]}" >/dev/null 2>&1 || true; fi
  if [ -n "$scratch" ]; then rm -rf "$scratch"; fi
  if [ ${#table[@]} -gt 0 ]; then
    printf '\n%s\n' "stage      result  time"
    printf '%s\n' "${table[@]}"
    printf '%-10s %-7s %4d s\n' all "$([ "$code" = 0 ] && echo passed || echo FAILED)" "$SECONDS"
    if [ -f target/house-figures.txt ]; then cat target/house-figures.txt; fi
    if compgen -G "$logs/*.log" >/dev/null; then totals; fi
  fi
  exit "$code"
}
trap at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---------------------------------------------------------------- tools

postgres_bin() { # the folder of the newest PostgreSQL that is new enough
  local folder
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -Vr) "$(dirname "$(command -v initdb || echo /none/x)")"; do
    if [ -x "$folder/initdb" ] && [ "$("$folder/postgres" --version | grep -oE '[0-9]+' | head -1)" -ge "$POSTGRES_MIN" ]; then
      echo "$folder"
      return 0
    fi
  done
  return 1
}

first_of() { local name; for name in "$@"; do if has "$name"; then echo "$name"; return 0; fi; done; return 1; }
find_chromium() { [ -n "${JIXUE_CHROMIUM:-}" ] || first_of chromium chromium-browser google-chrome-stable google-chrome >/dev/null; }
find_driver() { [ -n "${JIXUE_CHROMEDRIVER:-}" ] || has chromedriver; }
has_cjk_font() { compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' >/dev/null || { has fc-list && [ -n "$(fc-list :lang=zh-cn file)" ]; }; }
has_venv() { has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }

# Package names of what is missing; asked by command, since node or PostgreSQL may come from elsewhere.
missing_packages() {
  postgres_bin >/dev/null || echo postgresql
  find_chromium || echo chromium
  find_driver || echo chromium-driver
  has_cjk_font || echo fonts-noto-cjk
  { has pdftotext && has pdfsig; } || echo poppler-utils
  has certutil || echo libnss3-tools
  has qpdf || echo qpdf
  has zbarimg || echo zbar-tools
  has ffmpeg || echo ffmpeg
  has node || echo nodejs
  has npm || echo npm
  has_venv || echo python3-venv
  has jq || echo jq
  has openssl || echo openssl
}

# Ubuntu calls the browser's packages otherwise.
local_names() {
  local name
  for name in "$@"; do
    case $name in
      chromium) if apt-cache show chromium 2>/dev/null | grep -q '^Package'; then echo chromium; else echo chromium-browser; fi ;;
      chromium-driver) if apt-cache show chromium-driver 2>/dev/null | grep -q '^Package'; then echo chromium-driver; else echo chromium-chromedriver; fi ;;
      *) echo "$name" ;;
    esac
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  has apt-get || die "please install with your system's packager: ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    die "missing: ${missing[*]}
  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  echo "installing ${missing[*]}"
  mkdir -p "$logs"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update </dev/null >"$logs/apt.txt" 2>&1 || { tail -5 "$logs/apt.txt"; die "apt-get update failed"; }
  mapfile -t missing < <(local_names "${missing[@]}")
  apt-get install -y --no-install-recommends "${missing[@]}" </dev/null >>"$logs/apt.txt" 2>&1 ||
    { tail -15 "$logs/apt.txt"; die "apt-get install failed"; }
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} = 0 ] || die "installed, but still not found: ${missing[*]}"
}

check_rust() {
  has cargo || die "Rust 1.$RUST_MIN_MINOR or newer is needed: https://www.rust-lang.org/tools/install"
  local version major minor
  version=$(rustc --version | awk '{print $2}')
  IFS=. read -r major minor _ <<<"$version"
  { [ "$major" -gt 1 ] || [ "$minor" -ge "$RUST_MIN_MINOR" ]; } || die "Rust $version is too old, 1.$RUST_MIN_MINOR is needed: rustup update stable"
  cargo clippy --version >/dev/null 2>&1 || die "clippy is missing: rustup component add clippy"
  cargo fmt --version >/dev/null 2>&1 || die "rustfmt is missing: rustup component add rustfmt"
  has cc || die "a C compiler is missing: sudo apt-get install -y gcc libc6-dev"
  echo "$(rustc --version), $(node --version), $("$(postgres_bin)/postgres" --version)"
}

# axe-core in one exact version; it stays under target and is never part of the tree.
fetch_axe() {
  export JIXUE_AXE_PATH=$root/target/tools/node_modules/axe-core/axe.min.js
  is_right() { [ "$(sha256sum "$JIXUE_AXE_PATH" 2>/dev/null | cut -d' ' -f1)" = "$AXE_SHA256" ]; }
  is_right && return 0
  mkdir -p target/tools
  npm install --prefix target/tools --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    "axe-core@$AXE_VERSION" </dev/null || die "npm could not fetch axe-core $AXE_VERSION"
  is_right || die "axe-core $AXE_VERSION is not the file that we know; look at $JIXUE_AXE_PATH before you go on"
}

stage_tools() { install_packages; check_rust; fetch_axe; }

# ---------------------------------------------------------------- a private PostgreSQL

start_postgres() {
  [ -z "$scratch" ] || return 0 # a stage before this one started it
  if [ -n "${JIXUE_TEST_POSTGRES:-}" ]; then echo "PostgreSQL: the given JIXUE_TEST_POSTGRES"; return 0; fi
  local bin port password tries user=nobody as=()
  bin=$(postgres_bin)
  scratch=$(mktemp -d /tmp/jixue-test.XXXXXX)
  chmod 755 "$scratch"
  mkdir "$scratch/pg"
  if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    if id postgres >/dev/null 2>&1; then user=postgres; fi
    as=(runuser -u "$user" --)
  fi
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && printf '%s\n' "$password" >"$scratch/pg/password")
  [ ${#as[@]} = 0 ] || chown -R "$user" "$scratch/pg"
  (cd "$scratch/pg" && "${as[@]}" "$bin/initdb" -D "$scratch/pg/data" -U jixue --pwfile="$scratch/pg/password" \
    --auth-local=trust --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8 >"$scratch/initdb.txt" 2>&1) ||
    { cat "$scratch/initdb.txt"; die "initdb failed"; }
  rm -f "$scratch/pg/password"
  # fsync, synchronous_commit and full_page_writes stay on: what the tests see is what a city gets.
  for tries in 1 2 3 4 5 6 7 8; do
    port=$((20000 + RANDOM % 30000))
    if (cd "$scratch/pg" && "${as[@]}" "$bin/pg_ctl" -D "$scratch/pg/data" -l "$scratch/pg/server.log" -w -t 60 start \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$scratch/pg -c max_connections=200" \
      </dev/null >"$scratch/start.txt" 2>&1); then break; fi
    [ "$tries" -lt 8 ] || { cat "$scratch/pg/server.log"; die "PostgreSQL did not start"; }
  done
  postgres_stop=("${as[@]}" "$bin/pg_ctl" -D "$scratch/pg/data" -m immediate stop)
  (cd "$scratch/pg" && "${as[@]}" "$bin/createdb" -h "$scratch/pg" -p "$port" -U jixue jixue)
  export JIXUE_TEST_POSTGRES="postgres://jixue:$password@127.0.0.1:$port/jixue"
  echo "PostgreSQL: private, port $port"
}

# ---------------------------------------------------------------- the checks

stage_fmt() { cargo fmt --all --check || die "not formatted: run cargo fmt --all"; }

stage_clippy() { cargo clippy --workspace --all-targets --locked -- -D warnings; }

# Runs cargo test and keeps what it said for the totals.
cargo_test() {
  local log=$logs/$1.log
  shift
  mkdir -p "$logs"
  cargo test --locked "$@" </dev/null 2>&1 | tee "$log"
}

stage_tests() { start_postgres; cargo_test tests --workspace -- --skip browser::; }

stage_browser() {
  rm -rf target/screenshots
  start_postgres
  cargo_test browser --workspace --test it -- browser:: --test-threads=2
  grep -Eq '^test result: ok\. [1-9]' "$logs/browser.log" || die "no browser test ran"
}

# ---------------------------------------------------------------- what was asked

case "${1:-}" in
  '') wanted=$STAGES ;;
  --list) echo "$STAGES"; exit 0 ;;
  --stage)
    wanted=${2:-}
    [[ " $STAGES " == *" $wanted "* && -n "$wanted" ]] || die "--stage wants one of: $STAGES"
    # Every stage but fmt needs the tools; a look at what is there takes a second.
    case $wanted in tests | browser) wanted="tools $wanted" ;; esac
    ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
rm -f "$logs"/*.log
for name in $wanted; do stage "$name"; done
