#!/usr/bin/env bash
# A ten-line program builds against the installed tree, by pkg-config and by find_package, and the installed program
# finds its packs. Installs from the build tree this test belongs to.
set -euo pipefail
build=${ALCOVE_BUILD_DIR:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state
# A library built with the sanitizers needs their runtime in the program that loads it.
flags=()
grep -q 'ALCOVE_SANITIZE:BOOL=ON' "$build/CMakeCache.txt" && flags=(-fsanitize=address,undefined)
export ASAN_OPTIONS=detect_leaks=0

cmake --install "$build" --prefix "$work/usr" >/dev/null
test -f "$work/usr/include/alcove.h"
[ "$(find "$work/usr/include" -type f | wc -l)" = 1 ] || { echo "FAILED: more than one public header" >&2; exit 1; }

cat > "$work/ten.c" <<'C'
#include <alcove.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
    const char *text = "Seen by Dr. Ann Lee, SSN 219-09-9998.";
    char *out = NULL;
    alcove_error *error = alcove_error_new();
    alcove_redactor *redactor = alcove_redactor_new(NULL, NULL, error);
    if (!redactor || alcove_redact(redactor, text, strlen(text), &out, NULL, error))
        return fprintf(stderr, "%s\n", alcove_error_message(error)), 1;
    puts(out);
    alcove_free(out);
    alcove_redactor_free(redactor);
    alcove_error_free(error);
    return 0;
}
C

check() { # how it was built
    LD_LIBRARY_PATH=$libdir "$work/ten" > "$work/out" || { echo "FAILED: $1" >&2; exit 1; }
    grep -q 'SSN_1' "$work/out" && ! grep -qE '219-09-9998|Ann|Lee' "$work/out" ||
        { echo "FAILED: $1: not redacted" >&2; exit 1; }
}

pc=$(find "$work/usr" -name alcove.pc)
libdir=$(dirname "$(dirname "$pc")")
cc "${flags[@]}" "$work/ten.c" -o "$work/ten" $(PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --cflags --libs alcove)
check pkg-config

mkdir "$work/project"
cat > "$work/project/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(ten LANGUAGES C)
find_package(alcove REQUIRED)
add_executable(ten ../ten.c)
target_link_libraries(ten alcove::libalcove)
CMAKE
cmake -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$work/usr" -DCMAKE_C_FLAGS="${flags[*]}" >/dev/null
cmake --build "$work/project/build" >/dev/null
cp "$work/project/build/ten" "$work/ten"
check find_package

nm -D --defined-only "$libdir/libalcove.so" | awk '$2 ~ /[TDBR]/ && $3 !~ /^(alcove_|ALCOVE_0)/ { print; bad = 1 } END { exit bad }' ||
    { [ ${#flags[@]} -gt 0 ] || { echo "FAILED: more than alcove_* is exported" >&2; exit 1; }; }
"$work/usr/bin/alcove" rules list --json | grep us-hipaa >/dev/null || { echo "FAILED: installed packs not found" >&2; exit 1; }
"$work/usr/bin/alcove" --version | grep -q '^alcove '
echo "4 passed, 0 failed"
