#!/usr/bin/env bash
# The layer check passes on the tree, and sees each kind of breach when one is planted.
set -euo pipefail
source_dir=${ALCOVE_SOURCE_DIR:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0

"$source_dir/scripts/check-layers" "$source_dir" >/dev/null
passed=$((passed + 1))

breach() { # file, line to add, what the check must say
    rm -rf "$work/tree"
    mkdir "$work/tree"
    (cd "$source_dir" && cp -r base rules models store pipelines analyzer scripts "$work/tree")
    printf '%s\n' "$2" >> "$work/tree/$1"
    if "$work/tree/scripts/check-layers" "$work/tree" 2> "$work/said"; then
        echo "FAILED: '$2' in $1 was not seen" >&2
        exit 1
    fi
    grep -qF "$3" "$work/said" || { echo "FAILED: wrong message for $1:" >&2; cat "$work/said" >&2; exit 1; }
    passed=$((passed + 1))
}

breach rules/rule.h '#include "store/store.h"' 'room rules may include: base'
breach base/error.h '#include "rules/rule.h"' 'room base may include: nothing of ours'
breach analyzer/alcove.c '#include "models/session.h"' 'enter models by its front door'
breach models/model.h '#include "base/redacted_make.h"' 'only the redactor makes a redacted_text'
breach analyzer/steps/steps.h '#include "base/redacted_make.h"' 'only the redactor makes a redacted_text'
breach analyzer/alcove.c 'int x(void) { return prompt_add_tokens(NULL, NULL, 0, NULL); }' 'only the command line may pass ids'

echo "$passed passed, 0 failed"
