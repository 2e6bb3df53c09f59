/* document.c - see document.h. Nothing is reported before it is committed with its audit record. */
#include "analyzer/run/document.h"

#include "analyzer/run/kept.h"
#include "analyzer/run/resume.h"
#include "analyzer/run/signals.h"
#include "base/clock.h"

double document_ms(int64_t *start_ns)
{
    int64_t now = clock_monotonic_ns();
    double ms = (double)(now - *start_ns) / 1e6;
    *start_ns = now;
    return ms;
}

/* ---- committing and reporting ---- */

static int commit_analysis(struct runner *r, struct outcome *outcome, const struct analysis *analysis,
                           uint64_t *ret_leaf, struct error *err)
{
    struct kept kept;
    int failed = kept_fill(&kept, outcome, analysis, r->plan->pipeline->keep, err) ||
                 store_commit(r->store, r->end->run, outcome, ret_leaf, err);
    kept_clear(&kept);
    return failed ? -1 : 0;
}

static int commit(struct runner *r, struct in_hand *d, struct error *err)
{
    static const enum outcome_status statuses[] = {
        [RUN_DONE] = OUTCOME_DONE, [RUN_QUARANTINED] = OUTCOME_QUARANTINED, [RUN_FAILED] = OUTCOME_FAILED};
    struct outcome outcome = {.document = d->report.document,
                              .document_id = d->id,
                              .input = d->input,
                              .status = statuses[d->report.status],
                              .reason = d->report.reason};
    int64_t start = clock_monotonic_ns();
    int failed = d->report.analysis ? commit_analysis(r, &outcome, d->report.analysis, &d->report.leaf, err)
                                    : store_commit(r->store, r->end->run, &outcome, &d->report.leaf, err);
    d->report.has_leaf = !failed;
    d->report.commit_ms = document_ms(&start);
    return failed;
}

static void count(struct runner *r, const struct in_hand *d)
{
    struct run_counts *c = &r->end->counts;
    uint64_t *const by_status[] = {&c->done, &c->skipped, &c->quarantined, &c->failed};
    c->documents++;
    ++*by_status[d->report.status];
    r->end->redactions += d->report.analysis ? d->report.analysis->span_count : 0;
    if (d->report.status == RUN_QUARANTINED || d->report.status == RUN_FAILED) {
        enum fault code = d->problem.code == FAULT_INPUT ? FAULT_DOCUMENT : d->problem.code;
        r->end->worst = fault_worse(r->end->worst, code);
    }
}

/* A document that a signal took out of hand is dropped whole: no trace of it. */
int document_end(struct runner *r, struct in_hand *d, bool has_failed, struct error *err)
{
    if (has_failed && d->problem.code == FAULT_INTERRUPTED)
        return RUN_STOP;
    if (has_failed) {
        bool is_quarantined = d->problem.code == FAULT_DOCUMENT || d->problem.code == FAULT_PRIVACY;
        d->report.status = is_quarantined ? RUN_QUARANTINED : RUN_FAILED;
        d->report.reason = d->problem.message;
        d->report.analysis = NULL;
    }
    if (d->report.status != RUN_SKIPPED && commit(r, d, err))
        return -1;
    count(r, d);
    if (r->plan->on_document(r->plan->context, &d->report, err))
        return -1;
    if (r->keeper.is_broken) {
        *err = d->problem;
        return -1;
    }
    return signals_any() ? RUN_STOP : 0;
}

int document_begin(struct runner *r, struct in_hand *d, struct error *err)
{
    *d = (struct in_hand){.report = {.reason = ""}};
    d->input = store_commit_bytes(r->store, SLICE("")); /* of what could not be read */
    d->report.id = d->id;
    return id_new(d->id, err);
}

int document_is_done(struct runner *r, struct in_hand *d, struct error *err)
{
    if (r->plan->is_forced)
        return 0;
    int done = resume_is_done(r->store, d->report.document, &d->input, &r->plan->pipeline->digest, err);
    d->report.status = done > 0 ? RUN_SKIPPED : RUN_DONE;
    return done;
}

int document_analyze(struct runner *r, struct in_hand *d, struct slice text, struct error *err)
{
    struct analysis analysis;
    bool has_failed = keeper_analyze(&r->keeper, text, &analysis, &d->problem) != 0;
    d->report.analysis = &analysis;
    int result = document_end(r, d, has_failed, err);
    d->report.analysis = NULL;
    analysis_clear(&analysis);
    return result;
}
