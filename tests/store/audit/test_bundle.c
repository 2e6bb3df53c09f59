/* test_bundle.c - a proof convinces without store and key, opens one row only, and not one byte of it may
 * change. */
#include "store/audit/bundle.h"
#include "store/audit/commitment.h"
#include "tests/store/fixture.h"

#define PROOF_BYTES_MAX (1u << 20)

static int verify(struct slice bytes, const struct bundle_wish *wish, struct bundle_verdict *ret,
                  struct error *err)
{
    FILE *file = fmemopen((void *)bytes.data, bytes.bytes, "r");
    assert_non_null(file);
    int failed = bundle_verify(file, wish, ret, err);
    fclose(file);
    return failed;
}

static struct buffer *prove(struct world *w, const char *document, bool digests_only)
{
    struct buffer *proof;
    struct error err;
    assert_ok(buffer_new(&proof, PROOF_BYTES_MAX, &err), err);
    assert_ok(audit_prove(w->store, document, digests_only, proof, &err), err);
    return proof;
}

static void accepted(struct slice bytes, const struct bundle_wish *wish)
{
    struct bundle_verdict verdict;
    struct error err;
    assert_ok(verify(bytes, wish, &verdict, &err), err);
    bundle_verdict_clear(&verdict);
}

static void refused(struct slice bytes, const struct bundle_wish *wish, const char *words)
{
    struct bundle_verdict verdict;
    struct error err;
    if (verify(bytes, wish, &verdict, &err) == 0)
        fail_msg("accepted; expected \"%s\"", words);
    assert_int_equal(err.code, FAULT_AUDIT);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" is not said in \"%s\"", words, err.message);
    assert_null(verdict.record);
    assert_null(verdict.run);
}

static void every_result_is_proved(void **state UNUSED)
{
    struct world w;
    char name[32];
    world_start(&w);
    for (unsigned runs = 0; runs < 3; runs++)
        run_of(&w, 4);
    for (unsigned i = 0; i < 4; i++)
        for (int digests_only = 0; digests_only < 2; digests_only++) {
            struct bundle_verdict verdict;
            struct error err;
            snprintf(name, sizeof name, "note-%u.txt", i);
            AUTO(buffer) *proof = prove(&w, name, digests_only);
            assert_ok(verify(buffer_slice(proof), &(struct bundle_wish){0}, &verdict, &err), err);
            assert_string_equal(verdict.kind, "proof");
            assert_int_equal(verdict.has_stored, !digests_only);
            assert_int_equal(verdict.first, 14 + i); /* the newest of the three: 1 + 2 * 6 + 1 + i */
            assert_int_equal(verdict.size, w.store->tree.size);
            assert_false(verdict.is_pinned);
            assert_int_equal(strstr(proof->data, "was seen") != NULL, !digests_only);
            assert_null(strstr(proof->data, "note-"));
            bundle_verdict_clear(&verdict);
        }
    world_end(&w);
}

static void quarantined_and_empty_results_are_proved(void **state UNUSED)
{
    struct world w;
    char run[33];
    world_start(&w);
    run_start(&w, "clinical-note", DIGEST_A, run);
    struct outcome o = outcome_of(&w, "bad.pdf", "");
    o.status = OUTCOME_QUARANTINED;
    o.reason = "not readable";
    o.span_count = 0;
    o.results = SLICE("");
    commit(&w, run, &o);
    AUTO(buffer) *proof = prove(&w, o.document_id, false);
    accepted(buffer_slice(proof), &(struct bundle_wish){0});
    assert_non_null(strstr(proof->data, "document-quarantined"));
    world_end(&w);
}

static void what_is_not_there_cannot_be_proved(void **state UNUSED)
{
    struct world w;
    struct error err;
    AUTO(buffer) *proof = NULL;
    world_start(&w);
    run_of(&w, 1);
    uint64_t size = w.store->tree.size;
    assert_ok(buffer_new(&proof, PROOF_BYTES_MAX, &err), err);
    assert_int_equal(audit_prove(w.store, "nothing.txt", false, proof, &err), -1);
    assert_int_equal(err.code, FAULT_INPUT);
    assert_int_equal(w.store->tree.size, size);
    execute(&w, "UPDATE results SET redacted_text = CAST('altered' AS BLOB)");
    assert_int_equal(audit_prove(w.store, "note-0.txt", false, proof, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_non_null(strstr(err.message, "redacted_text"));
    world_end(&w);
}

/* All but `about`, which explains and proves nothing. */
static json_t *meaning(struct slice bytes)
{
    json_t *value = json_loadb(bytes.data, bytes.bytes, JSON_REJECT_DUPLICATES, NULL);
    json_object_del(value, "about");
    return value;
}

static void no_byte_may_change(void **state UNUSED)
{
    struct world w;
    struct error err;
    world_start(&w);
    run_of(&w, 3);
    AUTO(buffer) *proof = prove(&w, "note-1.txt", false);
    json_t *before = meaning(buffer_slice(proof));
    size_t refusals = 0, from = (size_t)(strstr(proof->data, "\"about\"") - proof->data),
           to = (size_t)(strstr(proof->data, "\"verifier_key\"") - proof->data);
    for (size_t i = 0; i < proof->bytes; i++) {
        char kept = proof->data[i];
        struct bundle_verdict verdict;
        if (i >= from && i < to)
            continue;
        proof->data[i] = kept == '0' ? '1' : '0';
        if (verify(buffer_slice(proof), &(struct bundle_wish){0}, &verdict, &err)) {
            assert_int_equal(err.code, FAULT_AUDIT);
            refusals++;
        } else { /* 0.90000000000000002 and 0.90000000000000000 are one number; a last line break is none */
            json_t *after = meaning(buffer_slice(proof));
            if (!json_equal(before, after))
                fail_msg("byte %zu may change", i);
            json_decref(after);
            bundle_verdict_clear(&verdict);
        }
        proof->data[i] = kept;
    }
    assert_true(refusals > 3000);
    json_decref(before);
    world_end(&w);
}

static struct slice dumped(const json_t *value, char **ret)
{
    *ret = json_dumps(value, JSON_INDENT(1));
    return slice_of(*ret);
}

static void an_alteration_is_named(void **state UNUSED)
{
    static const struct {
        const char *part, *key; /* set to a text of the same type; NULL part: of the bundle itself */
        const char *value, *words;
    } rows[] = {
        {NULL, "format", "alcove-proof-9", "format: is not one"},
        {NULL, "verifier_key", "alcove/x+00000000+AAAA", "verifier_key: is not a verifier key"},
        {NULL, "checkpoint", "alcove/x\n1\nAAAA\n\n", "checkpoint: is not signed"},
        {NULL, "opening", "00", "opening: is not 64 hex digits"},
        {NULL, "opening", DIGEST_A, "digests.results: is not what the record commits to"},
        {NULL, "more", "x", "has a key that does not belong there"},
        {"result", "leaf_hash", DIGEST_A, "result.leaf_hash: is not the hash of the record"},
        {"result", "record", "{}", "result.leaf_hash"},
        {"run", "record", "{}", "run.leaf_hash"},
        {"run", "leaf", "1", "run.leaf: is not of its type"},
        {"digests", "spans", DIGEST_B, "digests.spans: is not what the record commits to"},
        {"digests", "labels", "x", "digests.labels: is not 64 hex digits"},
        {"stored", "results", "{}", "stored.results: is not what its digest says"},
        {"stored", "redacted_text", "Ann was seen.", "stored.redacted_text: is not what its digest says"},
        {"stored", "labels", "{}", "stored.labels"},
        {"stored", "reason", "none", "stored.reason"}};
    struct world w;
    world_start(&w);
    run_of(&w, 2);
    AUTO(buffer) *proof = prove(&w, "note-1.txt", false);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *bundle = json_loads(proof->data, 0, NULL);
        json_t *part = rows[i].part ? json_object_get(bundle, rows[i].part) : bundle;
        char *text;
        json_object_set_new(part, rows[i].key, json_string(rows[i].value));
        refused(dumped(bundle, &text), &(struct bundle_wish){0}, rows[i].words);
        free(text);
        json_decref(bundle);
    }
    refused(SLICE(""), &(struct bundle_wish){0}, "is empty");
    refused(SLICE("[]"), &(struct bundle_wish){0}, "made of JSON objects");
    refused(SLICE("{\"format\":1,\"format\":1}"), &(struct bundle_wish){0}, "not JSON");
    refused(SLICE("{\"format\":\"\xff\"}"), &(struct bundle_wish){0}, "not JSON");
    assert_int_equal(buffer_append_text(proof, "{}", &(struct error){0}), 0);
    refused(buffer_slice(proof), &(struct bundle_wish){0}, "something follows");
    world_end(&w);
}

/* The records of one proof, the row of another: both are real, and do not belong together. */
static void parts_of_two_proofs_do_not_fit(void **state UNUSED)
{
    static const char *const parts[] = {"result", "run", "stored", "digests", "opening", "checkpoint"};
    struct world w;
    world_start(&w);
    run_of(&w, 2);
    run_of(&w, 2);
    AUTO(buffer) *one = prove(&w, "note-0.txt", false);
    struct outcome o;
    char run[33];
    run_start(&w, "another", DIGEST_B, run);
    o = outcome_of(&w, "other.txt", "Other text.");
    o.results = SLICE("{}");
    commit(&w, run, &o);
    AUTO(buffer) *two = prove(&w, "other.txt", false);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        json_t *a = json_loads(one->data, 0, NULL), *b = json_loads(two->data, 0, NULL);
        struct bundle_verdict verdict;
        struct error err;
        char *text;
        json_object_set(a, parts[i], json_object_get(b, parts[i]));
        if (verify(dumped(a, &text), &(struct bundle_wish){0}, &verdict, &err) == 0)
            fail_msg("the %s of another proof is accepted", parts[i]);
        assert_int_equal(err.code, FAULT_AUDIT);
        free(text);
        json_decref(a);
        json_decref(b);
    }
    world_end(&w);
}

static void the_signer_is_pinned(void **state UNUSED)
{
    struct world w, stranger;
    struct store_info info;
    struct error err;
    world_start(&w);
    run_of(&w, 2);
    AUTO(buffer) *proof = prove(&w, "note-1.txt", false);
    struct slice bytes = buffer_slice(proof);
    assert_ok(store_info(w.store, &info, &err), err);
    accepted(bytes, &(struct bundle_wish){.verifier_key = info.signer});
    accepted(bytes, &(struct bundle_wish){.anchor = w.anchor});
    char old[PATH_MAX], other[PATH_MAX];
    snprintf(old, sizeof old, "%s", path_of(w.folder, "old.anchor"));
    copy_file(w.anchor, old);
    struct bundle_verdict verdict;
    assert_ok(verify(bytes, &(struct bundle_wish){.anchor = old}, &verdict, &err), err);
    assert_true(verdict.is_pinned && verdict.is_anchored);
    bundle_verdict_clear(&verdict);
    AUTO(buffer) *later = prove(&w, "note-0.txt", false); /* the copy does not know its checkpoint */
    assert_ok(verify(buffer_slice(later), &(struct bundle_wish){.anchor = old}, &verdict, &err), err);
    assert_true(verdict.is_pinned);
    assert_false(verdict.is_anchored);
    bundle_verdict_clear(&verdict);

    world_start(&stranger);
    assert_ok(store_info(stranger.store, &info, &err), err);
    refused(bytes, &(struct bundle_wish){.verifier_key = info.signer},
            "verifier_key: is not the one that --key");
    refused(bytes, &(struct bundle_wish){.anchor = stranger.anchor}, "has no checkpoint of the log");
    snprintf(other, sizeof other, "%s", path_of(w.folder, "missing.anchor"));
    assert_int_equal(verify(bytes, &(struct bundle_wish){.anchor = other}, &verdict, &err), -1);
    assert_int_equal(err.code, FAULT_INPUT);
    world_end(&stranger);
    world_end(&w);
}

/* One who holds the store's key writes the log anew: same key, same length, other root. */
static void a_log_written_anew_does_not_fit_the_anchor(void **state UNUSED)
{
    struct world w;
    char aside[PATH_MAX], anchor[PATH_MAX];
    world_start(&w);
    store_drop(&w.store);
    snprintf(aside, sizeof aside, "%s", path_of(w.folder, "aside.alc"));
    snprintf(anchor, sizeof anchor, "%s", path_of(w.folder, "true.anchor"));
    copy_file(w.path, aside);
    copy_file(w.anchor, anchor);
    world_reopen(&w, STORE_WRITE);
    run_of(&w, 2);
    AUTO(buffer) *first = prove(&w, "note-1.txt", false);
    store_drop(&w.store);
    copy_file(aside, w.path);
    char keep[PATH_MAX];
    snprintf(keep, sizeof keep, "%s", path_of(w.folder, "keep.anchor"));
    copy_file(w.anchor, keep);
    copy_file(anchor, w.anchor);
    world_reopen(&w, STORE_WRITE);
    run_of(&w, 2);
    AUTO(buffer) *second = prove(&w, "note-1.txt", false);
    accepted(buffer_slice(first), &(struct bundle_wish){.anchor = keep});
    accepted(buffer_slice(second), &(struct bundle_wish){0});
    refused(buffer_slice(second), &(struct bundle_wish){.anchor = keep}, "the anchor has another root");
    world_end(&w);
}

static void an_opening_opens_its_row_alone(void **state UNUSED)
{
    struct world w;
    struct error err;
    world_start(&w);
    run_of(&w, 2);
    AUTO(buffer) *one = prove(&w, "note-0.txt", false), *two = prove(&w, "note-1.txt", false);
    json_t *a = json_loads(one->data, 0, NULL), *b = json_loads(two->data, 0, NULL), *record;
    struct hash opening, committed, plain = hash_bytes(SLICE("[NAME_1] was seen."));
    assert_ok(json_read(&record, bundle_text(json_object_get(b, "result"), "record"), &err), err);
    assert_true(bundle_hash(b, "opening", &opening) && bundle_hash(record, "redacted_text", &committed));
    struct hash same = commitment_of(&opening, "redacted_text", &plain);
    assert_true(hash_equal(&same, &committed));
    assert_true(bundle_hash(a, "opening", &opening)); /* the same text in another row */
    struct hash other = commitment_of(&opening, "redacted_text", &plain);
    assert_false(hash_equal(&other, &committed));
    json_decref(record);
    json_decref(a);
    json_decref(b);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_result_is_proved),
        cmocka_unit_test(quarantined_and_empty_results_are_proved),
        cmocka_unit_test(what_is_not_there_cannot_be_proved),
        cmocka_unit_test(no_byte_may_change),
        cmocka_unit_test(an_alteration_is_named),
        cmocka_unit_test(parts_of_two_proofs_do_not_fit),
        cmocka_unit_test(the_signer_is_pinned),
        cmocka_unit_test(a_log_written_anew_does_not_fit_the_anchor),
        cmocka_unit_test(an_opening_opens_its_row_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
