/* audit_replay_text.h - what a replay found: as a record, for people and programs, as an exit status. */
#ifndef ALCOVE_ANALYZER_COMMAND_AUDIT_REPLAY_TEXT_H
#define ALCOVE_ANALYZER_COMMAND_AUDIT_REPLAY_TEXT_H

#include "analyzer/command/command.h"
#include "analyzer/run/replay.h"

/* Writes the event `audit-replay`. Without rows: it was refused. */
CHECKED int replay_record(struct store *store, const struct recorded *recorded, const struct replay *replay,
                          struct error *err);

/* A table and a verdict; with --json one object: {"document","result","same","compared":[{"name","state",
 * "recorded","now"}],"kernels":{"recorded","now"},"program":{...},"reason"?}. */
CHECKED int replay_print(const struct context *context, const struct recorded *recorded,
                         const struct crew_facts *facts, const struct replay *replay, struct error *err);

/* 0: all the same; -1 with what is not: the fault of the input that differs, FAULT_AUDIT for a result. */
CHECKED int replay_settle(const struct replay *replay, struct error *err);

#endif
