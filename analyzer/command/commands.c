/* commands.c - the list of all commands: one row each, in the order of the help. */
#include "analyzer/command/command.h"

/* clang-format off */
#define COMMANDS(row)                                                                                        \
    row(run) row(redact) row(results_list) row(results_show) row(results_export)                             \
    row(store_init) row(store_info) row(store_check) row(store_backup)                                       \
    row(store_keys_list) row(store_keys_add) row(store_keys_remove)                                          \
    row(audit_log) row(audit_verify) row(audit_checkpoint)                                                   \
    row(audit_prove) row(audit_replay) row(audit_export) row(audit_verify_bundle)                            \
    row(rules_list) row(rules_show) row(rules_lint) row(rules_test) row(rules_explain)                       \
    row(pipeline_init) row(pipeline_check) row(pipeline_explain) row(pipeline_schema)                        \
    row(model_list) row(model_info) row(model_add) row(model_verify) row(model_tokenize)                     \
    row(model_logits) row(model_embed) row(model_generate) row(model_bench)                                  \
    row(doctor) row(completion) row(help)
/* clang-format on */

#define DECLARE(name) extern const struct command command_##name;
#define POINT(name) &command_##name,

COMMANDS(DECLARE)

const struct command *const commands_all[] = {COMMANDS(POINT) NULL};
