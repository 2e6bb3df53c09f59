/* test_quant.c - dequantised blocks against another implementation's, bit for bit (tests/golden/make-quant-rows says whose
 * and how), and halves against arithmetic. */
#include "tests/support/support.h"

#include "base/hash.h"
#include "models/format/quant.h"

#include <math.h>

#define BLOCKS 4

/* clang-format off */
static const struct row {
    uint32_t kind;
    int scale, minimum; /* places of halves in a block */
    float first[4];
    const char *sha256; /* of the floats of all blocks, little-endian */
} rows[] = {
    {TENSOR_Q4_0, 0, -1, {0.0625f, -0.109375f, -0.03125f, 0.046875f},
     "94f87a27b92bbec61fd43ebb992b8a1cbc93d623e8aee3b38cb2f6b3b4b0a8c3"},
    {TENSOR_Q4_1, 0, 2, {0.12109375f, 0.19921875f, 0.02734375f, 0.10546875f},
     "d19b0d43692d651dc096d871de59fe6ea13aaab067565afa4fee8c17448a609b"},
    {TENSOR_Q5_0, 0, -1, {-0.1875f, -0.109375f, -0.03125f, -0.203125f},
     "7232683ad0e949f185c5195a74ca1979ad5b4a43a595fbc6e0621c3bcb89db40"},
    {TENSOR_Q5_1, 0, 2, {0.49609375f, 0.32421875f, 0.15234375f, 0.48046875f},
     "84049167422fe83c60d2a9647d92aae964e65d62bb129015afb72ed8b325f1a5"},
    {TENSOR_Q8_0, 0, -1, {1.28125f, 1.859375f, -1.5625f, -0.984375f},
     "ad0b6b36155532d7a41d20aa77ce7229e11f5f294716c1fab3dc9749a7f8c135"},
    {TENSOR_Q2_K, 80, 82, {0.3125f, 0.46875f, 0, 0.15625f},
     "36c4ceccdd66c2f0657d256ae578c85214636769570ecc6321f1bc88d9a5d46e"},
    {TENSOR_Q3_K, 108, -1, {1.265625f, -1.6875f, 0.421875f, -0.84375f},
     "4d64caadce72bba8529f367e99407cc79d90eb7c815a91515059327bda408890"},
    {TENSOR_Q4_K, 0, 2, {5.390625f, -0.109375f, 2.390625f, 4.890625f},
     "9ad338bac181ce1ee7c61c6875ecdae917e8b13904d8f17bae992123ce20dc18"},
    {TENSOR_Q5_K, 0, 2, {14.3320312f, 0.41015625f, 11.2382812f, 5.56640625f},
     "3285c9452ea82dfa10b2f3f19aa6f4b1b0d60e25f9e8e51532c5ede252b9f5f3"},
    {TENSOR_Q6_K, 208, -1, {-10.9375f, -14.84375f, 18.75f, 2.34375f},
     "bef001e7ae56bf9495a8f857657415a4b0a8794100aed355797bc891610b8b92"},
    {TENSOR_IQ4_NL, 0, -1, {1.390625f, -1.015625f, 0.015625f, 1.078125f},
     "9a17a2d5eabadb0864d2f43a1576005a27c6f12d8e11f47997af335af77ab7b1"},
};
/* clang-format on */

static void put_half(unsigned char *block, int place, float value)
{
    uint16_t half = half_from_float(value);
    if (place >= 0)
        memcpy(block + place, &half, sizeof half);
}

static void blocks_mean_what_they_mean_elsewhere(void **state UNUSED)
{
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        const struct tensor_type *type = tensor_type_of(rows[r].kind);
        unsigned char data[BLOCKS * 256];
        float floats[BLOCKS * 256];
        char hex[HASH_HEX_BYTES];
        for (size_t k = 0; k < BLOCKS; k++) {
            unsigned char *block = data + k * type->bytes;
            for (size_t i = 0; i < type->bytes; i++)
                block[i] = (unsigned char)(37 * i + 101 * k + type->kind);
            put_half(block, rows[r].scale, 0x1p-6f);
            put_half(block, rows[r].minimum, 3 * 0x1p-8f);
        }
        type->dequantise(data, floats, (size_t)BLOCKS * type->block);
        print_message("%s\n", type->name);
        for (size_t i = 0; i < COUNT_OF(rows[r].first); i++)
            assert_true(floats[i] == rows[r].first[i]);
        struct hash hash = hash_bytes((struct slice){(char *)floats, (size_t)BLOCKS * type->block * sizeof(float)});
        hash_hex(&hash, hex);
        assert_string_equal(hex, rows[r].sha256);
    }
}

/* Each scale of a block in turn, so that none goes unchecked. */
static void a_scale_that_is_no_number_is_seen(void **state UNUSED)
{
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        const struct tensor_type *type = tensor_type_of(rows[r].kind);
        const int places[] = {rows[r].scale, rows[r].minimum};
        for (size_t p = 0; p < COUNT_OF(places); p++)
            for (size_t k = 0; k < BLOCKS; k++) {
                unsigned char data[BLOCKS * 256] = {0};
                assert_true(type->finite(data, (size_t)BLOCKS * type->block));
                put_half(data + k * type->bytes, places[p], p ? INFINITY : NAN);
                assert_int_equal(type->finite(data, (size_t)BLOCKS * type->block), places[p] < 0);
            }
    }
}

static void every_half_survives_the_way_to_float_and_back(void **state UNUSED)
{
    for (uint32_t half = 0; half < 0x10000; half++) {
        float value = half_to_float((uint16_t)half);
        if (isnan(value))
            assert_true((half & 0x7c00) == 0x7c00 && (half & 0x3ff));
        else
            assert_int_equal(half_from_float(value), half);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_mean_what_they_mean_elsewhere),
        cmocka_unit_test(a_scale_that_is_no_number_is_seen),
        cmocka_unit_test(every_half_survives_the_way_to_float_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
