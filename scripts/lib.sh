# lib.sh - sourced by the other scripts: messages, and the packages that are missing.

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf 'alcove: error: %s\n' "$*" >&2; exit 1; }

# Installs what scripts/packages.txt names and the machine lacks; does nothing where all is there.
install_packages() {
    command -v dpkg-query >/dev/null || { say "Not Debian: install the equivalents of scripts/packages.txt yourself."; return 0; }
    local missing=() name
    while read -r name; do
        case "$name" in '' | '#'*) continue ;; esac
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done < scripts/packages.txt
    [ ${#missing[@]} -gt 0 ] || return 0
    local sudo=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "packages are missing (${missing[*]}) and neither root nor sudo is at hand"
        sudo=sudo
    fi
    say "Installing: ${missing[*]}"
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo ${sudo:+env DEBIAN_FRONTEND=noninteractive} \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Where an earlier checkout or another generator left a build folder of other settings, start it anew.
configure() {
    cmake --preset "$1" >/dev/null || { rm -rf "$2/CMakeCache.txt" "$2/CMakeFiles"; cmake --preset "$1" >/dev/null; }
}
