#!/usr/bin/env bash
# Measures the release build on this machine and prints one table; a figure counts only beside its neighbours' of the same run.
#   scripts/measure.sh [--learners N] [--concurrency C] [OPERATION…]     operations: beat home verify certificate
# cpu_us is the server's own CPU time per operation; fsync_per_s is what the disk gave in the same minute.
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/.."

options=() operations=()
while [ $# -gt 0 ]; do
  case $1 in
    --learners | --concurrency) options+=("$1" "${2:?$1 wants a number}"); shift 2 ;;
    beat | home | verify | certificate) operations+=("$1"); shift ;;
    *) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done
[ ${#operations[@]} -gt 0 ] || operations=(beat home verify certificate)
command -v jq >/dev/null || { echo "measure.sh: jq is missing: sudo apt-get install -y jq" >&2; exit 1; }

cargo build --release --locked -p jixue --bin jixue
results=target/measure.jsonl
: >"$results"
for operation in "${operations[@]}"; do
  echo "measuring $operation …" >&2
  "${CARGO_TARGET_DIR:-target}/release/jixue" bench "$operation" "${options[@]}" --json </dev/null | jq -c . >>"$results"
done

echo "$(date -u +%FT%TZ)  $(git rev-parse --short HEAD 2>/dev/null || echo 'no commit')  $(nproc) cores  load $(cut -d' ' -f1-3 /proc/loadavg)  $(rustc --version)"
jq -rs '["op", "learners", "n", "concurrency", "cpu_us", "p50_us", "p99_us", "rss_mib", "fsync_per_s"] as $columns
  | $columns, (.[] as $row | $columns | map($row[.])) | @tsv' "$results" |
  awk -F'\t' '{ printf "%-12s", $1; for (i = 2; i <= NF; i++) printf " %12s", $i; print "" }'
