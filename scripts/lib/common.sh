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

# Below, each failure is passed on by hand: where a caller tests a function's result, bash's errexit is off inside it.

# build_release TARGET…: brings targets of the release build up to date, one caller at a time.
build_release() {
  mkdir -p "$root/build"
  (
    cd "$root" || exit
    exec 9>"$root/build/.release.lock"
    flock 9 || exit
    if [ ! -e build/release/build.ninja ]; then
      scripts/setup build </dev/null >&2 || exit
      quietly configure-release cmake --preset release || exit
    fi
    quietly "build-$1" cmake --build --preset release --target "$@" || exit
  )
}

# build_package: brings the WebAssembly module and the npm package in wasm/ up to date, one caller at a time.
build_package() {
  mkdir -p "$root/build"
  (
    cd "$root" || exit
    exec 9>"$root/build/.package.lock"
    flock 9 || exit
    if [ ! -e build/wasm/build.ninja ]; then
      scripts/setup wasm </dev/null >&2 || exit
      quietly configure-wasm cmake --preset wasm || exit
    fi
    quietly build-wasm cmake --build --preset wasm --target portico_wasm || exit
    cd wasm || exit
    # npm keeps a copy of the lock file with what it has installed.
    if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
      quietly npm-ci npm ci --no-audit --no-fund || exit
    fi
    # The newest of what it is built from has to be older than what was built last.
    if [ ! -e dist/.built ] ||
      [ -n "$(find package.json tsconfig.json tsconfig.types.json scripts src ../build/wasm/wasm/portico.wasm ../build/wasm/wasm/portico-doctor.wasm -newer dist/.built -print -quit)" ]; then
      quietly npm-build npm run build || exit
      touch dist/.built
    fi
  )
}

# build_web_demo: brings the page of web-demo/ and its server up to date, once the npm package is; one caller at a time.
build_web_demo() {
  mkdir -p "$root/build"
  (
    cd "$root/web-demo" || exit
    exec 9>"$root/build/.web-demo.lock"
    flock 9 || exit
    if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
      quietly web-demo-npm-ci env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund || exit
    fi
    if [ ! -e dist/.built ] ||
      [ -n "$(find package.json vite.config.ts index.html public scripts server shared src ../wasm/dist -newer dist/.built -print -quit)" ]; then
      quietly web-demo-build npm run build || exit
      touch dist/.built
    fi
  )
}
