/* test_checkpoint.c - signed notes and checkpoints against those that others published. */
#include "store/audit/checkpoint.h"
#include "tests/support/support.h"

/* The example of the C2SP signed-note specification. */
#define SPEC_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define SPEC_NOTE                                                                                            \
    "This is an example message.\n\n\xe2\x80\x94 example.com/foo "                                           \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

/* The example of golang.org/x/mod/sumdb/note: seed, key, text and the note that it signs. */
#define GO_SEED "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173"
#define GO_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define GO_TEXT                                                                                              \
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
#define GO_LINE                                                                                              \
    "\n\xe2\x80\x94 PeterNeumann "                                                                           \
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

static struct secret *seed_from(const char *hex)
{
    struct error err;
    struct secret *seed;
    assert_ok(secret_new(&seed, SIGN_SEED_BYTES, &err), err);
    assert_true(hex_read(slice_of(hex), seed->data, seed->bytes));
    return seed;
}

static struct verifier verifier_from(const char *text)
{
    struct verifier v;
    assert_true(verifier_read(&v, slice_of(text)));
    return v;
}

static void the_key_of_a_seed_is_that_of_the_reference(void **state UNUSED)
{
    struct error err;
    struct verifier v;
    char text[VERIFIER_BYTES];
    AUTO(secret) *seed = seed_from(GO_SEED);
    assert_ok(verifier_of_seed(&v, "PeterNeumann", seed, &err), err);
    verifier_write(&v, text);
    assert_string_equal(text, GO_KEY);
}

static void a_note_is_signed_byte_for_byte_as_the_reference_does(void **state UNUSED)
{
    struct error err;
    struct verifier v = verifier_from(GO_KEY);
    AUTO(secret) *seed = seed_from(GO_SEED);
    AUTO(buffer) *note = NULL;
    assert_ok(buffer_new(&note, NOTE_BYTES_MAX, &err), err);
    assert_ok(buffer_append_text(note, GO_TEXT, &err), err);
    assert_ok(note_sign(note, 0, &v, seed, &err), err);
    assert_string_equal(note->data, GO_TEXT GO_LINE);
}

static void notes_of_others_verify(void **state UNUSED)
{
    struct error err;
    struct slice text;
    struct verifier spec = verifier_from(SPEC_KEY), go = verifier_from(GO_KEY);
    assert_ok(note_open(SLICE(SPEC_NOTE), &spec, &text, &err), err);
    assert_true(slice_equal(text, SLICE("This is an example message.\n")));
    assert_ok(note_open(SLICE(GO_TEXT GO_LINE), &go, &text, &err), err);
    assert_true(slice_equal(text, SLICE(GO_TEXT)));
    assert_int_equal(note_open(SLICE(SPEC_NOTE), &go, &text, &err), -1); /* not signed by this key */
    assert_int_equal(err.code, FAULT_AUDIT);
}

static void no_changed_byte_of_a_note_passes(void **state UNUSED)
{
    struct error err;
    struct slice text;
    struct verifier go = verifier_from(GO_KEY);
    char note[] = GO_TEXT GO_LINE;
    for (size_t i = 0; i + 1 < sizeof note; i++)
        for (int bit = 0; bit < 8; bit++) {
            note[i] = (char)(note[i] ^ (1 << bit));
            assert_int_equal(note_open(SLICE(note), &go, &text, &err), -1);
            note[i] = (char)(note[i] ^ (1 << bit));
        }
    for (size_t bytes = 0; bytes + 1 < sizeof note; bytes++)
        assert_int_equal(note_open((struct slice){note, bytes}, &go, &text, &err), -1);
    assert_ok(note_open(SLICE(note), &go, &text, &err), err);
}

static void a_malformed_verifier_key_is_refused(void **state UNUSED)
{
    static const char *const bad[] = {
        "",
        "+",
        "++",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* another id */
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumana+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* another name */
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* another algorithm */
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW+"};
    struct verifier v;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(verifier_read(&v, slice_of(bad[i])));
}

static void a_checkpoint_reads_as_it_was_written(void **state UNUSED)
{
    struct error err;
    struct verifier v;
    struct slice text;
    struct checkpoint c;
    struct hash root = hash_bytes(SLICE("root")), pages = hash_bytes(SLICE("pages"));
    AUTO(secret) *seed = seed_from(GO_SEED);
    assert_ok(verifier_of_seed(&v, "alcove/store/0123456789abcdef0123456789abcdef", seed, &err), err);
    for (int with = 0; with < 2; with++) {
        AUTO(buffer) *note = NULL;
        assert_ok(buffer_new(&note, NOTE_BYTES_MAX, &err), err);
        assert_ok(checkpoint_write(note, &v, seed, 20852163, &root, with ? &pages : NULL, &err), err);
        assert_ok(note_open(buffer_slice(note), &v, &text, &err), err);
        assert_ok(checkpoint_read(&c, text, &err), err);
        assert_true(slice_equal(c.origin, slice_of(v.name)));
        assert_true(c.size == 20852163);
        assert_true(hash_equal(&c.root, &root));
        assert_int_equal(c.extension.bytes, with ? 6 + 44 + 1 : 0);
    }
}

static void the_example_of_the_checkpoint_specification_reads(void **state UNUSED)
{
    struct error err;
    struct checkpoint c;
    assert_ok(checkpoint_read(&c,
                              SLICE("example.com/behind-the-sofa\n20852163\n"
                                    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"),
                              &err),
              err);
    assert_true(c.size == 20852163);
    assert_int_equal(c.root.bytes[0], 0x0a);
    assert_int_equal(c.root.bytes[31], 0x62);
}

static void a_malformed_checkpoint_is_refused(void **state UNUSED)
{
    static const char root[] = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    static const char *const sizes[] = {"",   "01", "-1", "+1", " 1", "1 ", "0x1", "9223372036854775808",
                                        "1e3"};
    struct error err;
    struct checkpoint c;
    char text[200];
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        snprintf(text, sizeof text, "o\n%s\n%s\n", sizes[i], root);
        assert_int_equal(checkpoint_read(&c, slice_of(text), &err), -1);
        assert_int_equal(err.code, FAULT_AUDIT);
    }
    static const char *const bad[] = {
        "",
        "o\n",
        "o\n1\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",    /* no padding */
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",   /* stray bits behind the last byte */
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",     /* no newline */
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n", /* an empty extension line */
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nx"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(checkpoint_read(&c, slice_of(bad[i]), &err), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_of_a_seed_is_that_of_the_reference),
        cmocka_unit_test(a_note_is_signed_byte_for_byte_as_the_reference_does),
        cmocka_unit_test(notes_of_others_verify),
        cmocka_unit_test(no_changed_byte_of_a_note_passes),
        cmocka_unit_test(a_malformed_verifier_key_is_refused),
        cmocka_unit_test(a_checkpoint_reads_as_it_was_written),
        cmocka_unit_test(the_example_of_the_checkpoint_specification_reads),
        cmocka_unit_test(a_malformed_checkpoint_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
