/* test_gguf.c - the reader against files that lie: cut, with flipped bytes, with counts, lengths, offsets and types at
 * their extremes. It must refuse with FAULT_MODEL or read; under ASan, nothing else can hide. */
#include "tests/support/support.h"

#include "models/format/gguf.h"
#include "models/format/quant.h"
#include "models/session.h"
#include "tests/support/tiny_model.h"

#include <math.h>

/* ---- files made by hand ---- */

struct file {
    unsigned char *data; /* aligned to 64 */
    size_t bytes;
};

static void put(struct file *f, const void *data, size_t bytes)
{
    memcpy(f->data + f->bytes, data, bytes);
    f->bytes += bytes;
}

static void put_u32(struct file *f, uint32_t value)
{
    put(f, &value, sizeof value);
}

static void put_u64(struct file *f, uint64_t value)
{
    put(f, &value, sizeof value);
}

static void put_text(struct file *f, const char *text)
{
    put_u64(f, strlen(text));
    put(f, text, strlen(text));
}

static struct file file_new(uint32_t version, uint64_t tensors, uint64_t keys)
{
    struct file f = {aligned_alloc(64, 1 << 16), 0};
    assert_non_null(f.data);
    memset(f.data, 0, 1 << 16);
    put(&f, "GGUF", 4);
    put_u32(&f, version);
    put_u64(&f, tensors);
    put_u64(&f, keys);
    return f;
}

static void put_tensor(struct file *f, const char *name, uint64_t width, uint64_t rows, uint32_t type, uint64_t offset)
{
    put_text(f, name);
    put_u32(f, 2);
    put_u64(f, width);
    put_u64(f, rows);
    put_u32(f, type);
    put_u64(f, offset);
}

/* Pads the header and adds data. */
static void put_data(struct file *f, size_t bytes)
{
    f->bytes = (f->bytes + 31) / 32 * 32 + bytes;
}

/* Reads the file and frees it. The message of the refusal must hold `why`; NULL = it must be read. */
static void expect(struct file f, const char *why)
{
    struct error err;
    AUTO(gguf) *g = NULL;
    int result = gguf_read(&g, (struct slice){(char *)f.data, f.bytes}, "made.gguf", &err);
    if (!why) {
        assert_ok(result, err);
    } else {
        assert_int_equal(result, -1);
        assert_int_equal(err.code, FAULT_MODEL);
        if (!strstr(err.message, why))
            fail_msg("\"%s\" does not say \"%s\"", err.message, why);
    }
    gguf_drop(&g);
    free(f.data);
}

static void headers_that_promise_too_much_are_refused(void **state UNUSED)
{
    expect(file_new(3, 0, 0), NULL);
    expect(file_new(2, 0, 0), NULL);
    expect(file_new(1, 0, 0), "version 1");
    expect(file_new(4, 0, 0), "version 4");
    expect(file_new(0x03000000, 0, 0), "big-endian");
    expect(file_new(3, 1, 0), "tensors, more than fit");
    expect(file_new(3, UINT64_MAX, 0), "tensors, more than fit");
    expect(file_new(3, 0, 1), "keys, more than fit");
    expect(file_new(3, 0, UINT64_MAX), "keys, more than fit");
    expect(file_new(3, 0, UINT64_MAX / 48), "keys, more than fit");
}

static void keys_that_lie_are_refused(void **state UNUSED)
{
    static const struct {
        uint32_t kind, element;
        uint64_t count;
        const char *why;
    } rows[] = {{13, 0, 0, "unknown kind"},
                {UINT32_MAX, 0, 0, "unknown kind"},
                {9, 13, 0, "arrays of kind"},
                {9, 9, 0, "arrays of kind"},
                {9, 8, 1, "texts do not fit"},
                {9, 8, UINT64_MAX, "texts do not fit"},
                {9, 10, UINT64_MAX / 8 + 1, "too long"},
                {9, 10, UINT64_MAX / 8, "ends inside"},
                {9, 0, UINT64_MAX, "ends inside"},
                {8, UINT32_MAX, UINT64_MAX, "ends inside"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct file f = file_new(3, 0, 1);
        put_text(&f, "some.key");
        put_u32(&f, rows[i].kind);
        put_u32(&f, rows[i].element);
        put_u64(&f, rows[i].count);
        expect(f, rows[i].why);
    }
    struct file empty = file_new(3, 0, 1);
    put_text(&empty, "");
    put_u64(&empty, 0);
    expect(empty, "name of a key");
    struct file twice = file_new(3, 0, 2);
    for (int i = 0; i < 2; i++) {
        put_text(&twice, "some.key");
        put_u32(&twice, 4);
        put_u32(&twice, 7);
    }
    expect(twice, "appears twice");
    struct file odd = file_new(3, 0, 1);
    put_text(&odd, "some.key");
    put_u32(&odd, 7);
    put(&odd, "\2", 1);
    expect(odd, "neither 0 nor 1");
}

static void tensors_that_lie_are_refused(void **state UNUSED)
{
    static const struct {
        uint64_t width, rows, offset;
        uint32_t type;
        const char *why;
    } rows[] = {{32, 2, 0, TENSOR_F32, NULL},
                {256, 2, 0, 23, "IQ4_XS is not supported yet"},
                {32, 2, 0, 99, "unknown type 99"},
                {0, 2, 0, TENSOR_F32, "dimension 0 is 0"},
                {32, 0, 0, TENSOR_F32, "dimension 1 is 0"},
                {33, 2, 0, TENSOR_Q8_0, "no multiple of 32"},
                {UINT64_MAX, 1, 0, TENSOR_F32, "too large"},
                {UINT64_MAX / 4, UINT64_MAX / 4, 0, TENSOR_F32, "too large"},
                {(uint64_t)1 << 62, 4, 0, TENSOR_F16, "too large"},
                {64, 2, 0, TENSOR_F32, "do not lie inside"},
                {32, 2, 32, TENSOR_F32, "do not lie inside"},
                {32, 2, 8, TENSOR_F32, "not aligned"},
                {32, 2, UINT64_MAX - 31, TENSOR_F32, "do not lie inside"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct file f = file_new(3, 1, 0);
        put_tensor(&f, "t", rows[i].width, rows[i].rows, rows[i].type, rows[i].offset);
        put_data(&f, 256);
        expect(f, rows[i].why);
    }
}

static void tensors_may_neither_overlap_nor_share_a_name(void **state UNUSED)
{
    static const struct {
        const char *name;
        uint64_t offset;
        const char *why;
    } rows[] = {{"u", 128, NULL}, {"u", 96, "overlaps"}, {"u", 0, "overlaps"}, {"t", 128, "appears twice"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct file f = file_new(3, 2, 0);
        put_tensor(&f, "t", 32, 1, TENSOR_F32, 0);
        put_tensor(&f, rows[i].name, 32, 1, TENSOR_F32, rows[i].offset);
        put_data(&f, 256);
        expect(f, rows[i].why);
    }
}

static void dimensions_are_bounded(void **state UNUSED)
{
    static const uint32_t counts[] = {0, 5, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct file f = file_new(3, 1, 0);
        put_text(&f, "t");
        put_u32(&f, counts[i]);
        put_data(&f, 256);
        expect(f, "dimensions");
    }
}

static void the_alignment_must_be_a_sane_power_of_two(void **state UNUSED)
{
    static const struct {
        uint32_t alignment;
        const char *why;
    } rows[] = {{8, NULL}, {64, NULL}, {0, "not between"}, {1, "not between"}, {24, "power of two"}, {1 << 17, "not between"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct file f = file_new(3, 0, 1);
        put_text(&f, "general.alignment");
        put_u32(&f, 4);
        put_u32(&f, rows[i].alignment);
        expect(f, rows[i].why);
    }
}

static void values_are_read_as_what_they_are(void **state UNUSED)
{
    struct error err;
    AUTO(gguf) *g = NULL;
    struct file f = file_new(3, 0, 5);
    put_text(&f, "small");
    put_u32(&f, 1); /* int8 */
    put(&f, "\x05", 1);
    put_text(&f, "negative");
    put_u32(&f, 5); /* int32 */
    put_u32(&f, UINT32_MAX);
    put_text(&f, "large");
    put_u32(&f, 10); /* uint64 */
    put_u64(&f, (uint64_t)1 << 40);
    put_text(&f, "real");
    put_u32(&f, 6);
    put(&f, &(float){0.5f}, 4);
    put_text(&f, "nan");
    put_u32(&f, 6);
    put(&f, &(float){NAN}, 4);
    assert_ok(gguf_read(&g, (struct slice){(char *)f.data, f.bytes}, "made.gguf", &err), err);
    uint32_t number = 0, otherwise = 9;
    float real = 0;
    struct slice text;
    assert_ok(gguf_u32(g, "small", 0, 100, NULL, &number, &err), err);
    assert_int_equal(number, 5);
    assert_ok(gguf_u32(g, "absent", 0, 100, &otherwise, &number, &err), err);
    assert_int_equal(number, 9);
    assert_int_equal(gguf_u32(g, "absent", 0, 100, NULL, &number, &err), -1);
    assert_int_equal(gguf_u32(g, "small", 6, 100, NULL, &number, &err), -1);
    assert_int_equal(gguf_u32(g, "negative", 0, UINT32_MAX, NULL, &number, &err), -1);
    assert_int_equal(gguf_u32(g, "large", 0, UINT32_MAX, NULL, &number, &err), -1);
    assert_int_equal(gguf_u32(g, "real", 0, UINT32_MAX, NULL, &number, &err), -1);
    assert_ok(gguf_real(g, "real", 0, 1, NULL, &real, &err), err);
    assert_true(real == 0.5f);
    assert_int_equal(gguf_real(g, "nan", -1e30f, 1e30f, NULL, &real, &err), -1);
    assert_int_equal(gguf_real(g, "small", 0, 10, NULL, &real, &err), -1);
    assert_int_equal(gguf_text(g, "small", NULL, &text, &err), -1);
    assert_int_equal(err.code, FAULT_MODEL);
    gguf_drop(&g);
    free(f.data);
}

/* ---- a whole model, damaged ---- */

static int load_bytes(const char *path, const unsigned char *data, size_t bytes, struct error *err)
{
    FILE *f = fopen(path, "wbe");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, bytes, f), bytes);
    assert_int_equal(fclose(f), 0);
    AUTO(model) *model = NULL;
    int result = model_load(&model, path, NULL, err);
    if (result == 0) { /* what was read must also run, or say that its numbers are no numbers */
        AUTO(session) *session = NULL;
        const float *logits;
        if (session_new(&session, model, 1, NULL, err) == 0 &&
            session_extend(session, (token[]){0}, 1, ROWS_LAST, &logits, err))
            assert_int_equal(err->code, FAULT_MODEL);
    }
    return result;
}

static void a_model_cut_anywhere_is_refused(void **state UNUSED)
{
    struct tiny_model tiny = tiny_model_default();
    size_t bytes;
    unsigned char *data = tiny_model_bytes(&tiny, &bytes);
    char *folder = scratch_new();
    const char *path = path_of(folder, "cut.gguf");
    struct error err;
    assert_ok(load_bytes(path, data, bytes, &err), err);
    for (size_t at = 0; at < bytes; at += at < 16384 ? 37 : bytes / 50) {
        assert_int_equal(load_bytes(path, data, at, &err), -1);
        assert_int_equal(err.code, FAULT_MODEL);
        assert_string_equal(err.file, path);
    }
    free(data);
    scratch_drop(folder);
}

/* Headers: every word set to extremes, and random bytes flipped. */
static void a_model_with_wrong_bytes_is_read_or_refused(void **state UNUSED)
{
    static const uint64_t extremes[] = {0, 1, 0xff, 0x7fffffff, 0x80000000, UINT32_MAX, (uint64_t)1 << 32,
                                        INT64_MAX, (uint64_t)1 << 63, UINT64_MAX};
    uint64_t random = test_seed();
    struct tiny_model tiny = tiny_model_default();
    tiny.kind = TENSOR_Q4_1;
    tiny.embedding_kind = TENSOR_Q8_0;
    tiny.layers = 1;
    size_t bytes, refused = 0, tries = 0;
    unsigned char *data = tiny_model_bytes(&tiny, &bytes), *damaged = malloc(bytes);
    assert_non_null(damaged);
    char *folder = scratch_new();
    const char *path = path_of(folder, "damaged.gguf");
    for (int i = 0; i < 1500; i++, tries++) {
        struct error err;
        memcpy(damaged, data, bytes);
        size_t at = random_next(&random) % (i % 3 ? 1600 : bytes - 8);
        if (i % 2)
            memcpy(damaged + at, &extremes[random_next(&random) % COUNT_OF(extremes)], i % 4 == 1 ? 4 : 8);
        else
            damaged[at] ^= (unsigned char)(1u << random_next(&random) % 8);
        if (load_bytes(path, damaged, bytes, &err)) {
            assert_int_equal(err.code, FAULT_MODEL);
            refused++;
        }
    }
    print_message("%zu of %zu damaged models refused\n", refused, tries);
    assert_true(refused > tries / 10);
    free(damaged);
    free(data);
    scratch_drop(folder);
}

static void weights_that_are_no_numbers_are_refused(void **state UNUSED)
{
    size_t count;
    const struct tensor_type *types = tensor_types(&count);
    for (size_t i = 0; i < count; i++) {
        struct error err;
        struct tiny_model tiny = tiny_model_default();
        if (!types[i].dequantise)
            continue;
        tiny.kind = tiny.embedding_kind = types[i].kind;
        tiny.dim = tiny.ffn_dim = 256; /* a multiple of every block */
        tiny.head_size = 64;
        size_t bytes;
        unsigned char *data = tiny_model_bytes(&tiny, &bytes);
        AUTO(gguf) *g = NULL;
        assert_ok(gguf_read(&g, (struct slice){(char *)data, bytes}, "tiny", &err), err);
        const struct gguf_tensor *t = gguf_tensor(g, "blk.1.ffn_down.weight");
        memset(data + (t->data - data) + t->bytes / 2 / t->type->bytes * t->type->bytes, 0xff,
               t->type->bytes); /* a NaN in each of the formats */
        gguf_drop(&g);
        char *folder = scratch_new();
        assert_int_equal(load_bytes(path_of(folder, "nan.gguf"), data, bytes, &err), -1);
        assert_int_equal(err.code, FAULT_MODEL);
        assert_non_null(strstr(err.message, "blk.1.ffn_down.weight"));
        scratch_drop(folder);
        free(data);
    }
}

static void what_is_no_file_is_refused_with_its_path(void **state UNUSED)
{
    struct error err;
    struct model *model = NULL;
    static const char *const paths[] = {"/nowhere/model.gguf", "/tmp", "/dev/null"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        assert_int_equal(model_load(&model, paths[i], NULL, &err), -1);
        assert_int_equal(err.code, FAULT_MODEL);
        assert_string_equal(err.file, paths[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_that_promise_too_much_are_refused),
        cmocka_unit_test(keys_that_lie_are_refused),
        cmocka_unit_test(tensors_that_lie_are_refused),
        cmocka_unit_test(tensors_may_neither_overlap_nor_share_a_name),
        cmocka_unit_test(dimensions_are_bounded),
        cmocka_unit_test(the_alignment_must_be_a_sane_power_of_two),
        cmocka_unit_test(values_are_read_as_what_they_are),
        cmocka_unit_test(a_model_cut_anywhere_is_refused),
        cmocka_unit_test(a_model_with_wrong_bytes_is_read_or_refused),
        cmocka_unit_test(weights_that_are_no_numbers_are_refused),
        cmocka_unit_test(what_is_no_file_is_refused_with_its_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
