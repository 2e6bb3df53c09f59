#!/usr/bin/env bash
# Results as they are asked for: a step that no result has is told of, a label that none has is not.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/run_lib.sh"
cat > "$work/steps.yaml" <<YAML
version: 1
name: steps
purpose: Tests of the results
redact: {rules: [$work/mini.yaml]}
steps:
  - classify: {name: kind, model: $work/tiny.gguf, labels: [Letter, Call]}
  - summarize: {name: summary, model: $work/tiny.gguf, max_tokens: 16}
YAML
last=make_tiny_model
check "$build_dir/tests/make_tiny_model" "$work/tiny.gguf"
expect 0 run "$work/steps.yaml" "$work/docs" --store "$store" -q

expect 0 results list --store "$store" --where knid=Letter
says '0 documents'
warns 'no result has a step "knid" (did you mean "kind"?); the steps are: '
warns 'summary'
expect 0 results list --store "$store" --where bogus=x --json
check test ! -s "$work/out"
warns 'no result has a step \"bogus\"; the steps are: '
expect 0 results export --store "$store" --where bogus=x
check test ! -s "$work/out"
warns 'no result has a step "bogus"; the steps are: '
expect 0 results list --store "$store" --where kind=Nothing
says '0 documents'
silent
finish
