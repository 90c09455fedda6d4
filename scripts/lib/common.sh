# Sourced by the scripts of this folder.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# quietly LOG COMMAND…: runs it with its output in build/logs/LOG and with an empty standard input; what it said is
# shown if it fails.
quietly() {
  local log="$root/build/logs/$1"
  shift
  mkdir -p "$root/build/logs"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 60 "$log" >&2
    echo "Failed: $* (all of it is in $log)" >&2
    return 1
  fi
}

# build_release TARGET…: brings targets of the release build up to date, one caller at a time.
build_release() {
  mkdir -p "$root/build"
  (
    cd "$root"
    exec 9>"$root/build/.release.lock"
    flock 9
    if [ ! -e build/release/build.ninja ]; then
      scripts/setup build </dev/null >&2
      quietly configure-release cmake --preset release
    fi
    quietly "build-$1" cmake --build --preset release --target "$@"
  )
}
