#!/bin/bash
# The engine takes nothing from libm but fma, sqrt and rint: libm chooses the rest by CPU, and promise 5 would be its to
# keep. Every undefined symbol of the models room is looked up among those that libm defines.
set -euo pipefail
library=$ALCOVE_BUILD_DIR/models/libalcove_models.a
[ -e "$library" ] || { echo "SKIPPED: engine symbols (no $library)"; exit 77; }
command -v nm >/dev/null || { echo "SKIPPED: engine symbols (no nm)"; exit 77; }
libm=$(ldconfig -p | sed -n 's/.*libm\.so\.6 (libc6,x86-64.*=> //p' | head -1)
[ -n "$libm" ] || { echo "SKIPPED: engine symbols (no libm found)"; exit 77; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
nm -D --defined-only "$libm" | awk '{print $3}' | sed 's/@.*//' | sort -u >"$scratch/libm"
printf '%s\n' fma fmaf rint rintf sqrt sqrtf | sort >"$scratch/allowed"
grep -qx fma "$scratch/libm" || { echo "libm's symbols cannot be read"; exit 1; }

nm -u "$library" | awk '$1 == "U" {print $2}' | sort -u >"$scratch/used"
grep -qx fmaf "$scratch/used" || { echo "the engine does not even use fmaf: was it built?"; exit 1; }
comm -12 "$scratch/used" "$scratch/libm" | comm -23 - "$scratch/allowed" >"$scratch/wrong"
if [ -s "$scratch/wrong" ]; then
    echo "taken from libm:"
    while read -r symbol; do
        nm -A -u "$library" 2>/dev/null | grep -w "U $symbol" | sed 's/.*libalcove_models.a:/  /'
    done <"$scratch/wrong"
    exit 1
fi
echo "from libm: $(comm -12 "$scratch/used" "$scratch/libm" | tr '\n' ' ')"
