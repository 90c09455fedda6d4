# Sourced: sets `mirror` to the address of the Debian archive that this machine uses, or to nothing.
# From deb822 stanzas (whose fields come in any order), else from one-line sources.
debianSuites='^(stable|bookworm|trixie|forky|sid|testing|unstable)$'
mirror=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk -v suites="$debianSuites" '
  function flush() { if (uri != "" && wanted) { print uri; done = 1; exit } uri = ""; wanted = 0 }
  /^[[:space:]]*$/ { flush() }
  tolower($1) == "uris:" { uri = $2 }
  tolower($1) == "suites:" { for (i = 2; i <= NF; i++) if ($i ~ suites) wanted = 1 }
  END { if (!done) flush() }' || true)
[ -n "$mirror" ] || mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | awk -v suites="$debianSuites" '
  $1 == "deb" { for (i = 2; i < NF; i++) if ($i ~ /:\//) { if ($(i + 1) ~ suites) { print $i; exit } break } }' || true)
