/* test_merkle.c - RFC 9162 trees against the reference values of Certificate Transparency. */
#include "store/audit/merkle.h"
#include "tests/support/support.h"

#define SIZE_MAX_TESTED 70u

static const char *const inputs[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const roots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

struct proof_vector {
    uint64_t a, b; /* leaf and size; first and second size */
    const char *path[4];
};
static const struct proof_vector inclusion[] = {
    {0, 1, {NULL}},
    {0,
     8,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {5,
     8,
     {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
    {1,
     5,
     {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}}};
static const struct proof_vector consistency[] = {
    {1, 1, {NULL}},
    {1,
     8,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {2,
     8,
     {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {6,
     8,
     {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2,
     5,
     {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}}};

static struct hash hash_from(const char *hex)
{
    struct hash hash;
    assert_true(hex_read(slice_of(hex), hash.bytes, HASH_BYTES));
    return hash;
}

static struct hash reference_leaf(size_t i)
{
    unsigned char bytes[16];
    size_t n = strlen(inputs[i]) / 2;
    assert_true(hex_read(slice_of(inputs[i]), bytes, n));
    return merkle_leaf((struct slice){(const char *)bytes, n});
}

static void append(struct merkle *tree, const struct hash *leaf)
{
    struct error err;
    uint64_t index, expected = tree->size;
    assert_ok(merkle_append(tree, leaf, &index, &err), err);
    assert_true(index == expected);
}

static int from_reference(void *context UNUSED, uint64_t index, struct hash *ret, struct error *err UNUSED)
{
    assert_true(index < COUNT_OF(inputs));
    *ret = reference_leaf(index);
    return 0;
}

/* Any number of distinct leaves. */
static int from_number(void *context UNUSED, uint64_t index, struct hash *ret, struct error *err UNUSED)
{
    *ret = merkle_leaf((struct slice){(const char *)&index, sizeof index});
    return 0;
}

static struct hash root_of_numbers(uint64_t size)
{
    struct merkle tree = {0};
    struct error err;
    for (uint64_t i = 0; i < size; i++) {
        struct hash leaf;
        assert_int_equal(from_number(NULL, i, &leaf, &err), 0);
        append(&tree, &leaf);
    }
    return merkle_root(&tree);
}

/* MTH as the RFC defines it, without the edge. */
static struct hash naive_root(uint64_t start, uint64_t end)
{
    struct error err;
    struct hash leaf;
    uint64_t k = 1;
    if (end - start == 1) {
        assert_int_equal(from_number(NULL, start, &leaf, &err), 0);
        return leaf;
    }
    while (2 * k < end - start)
        k *= 2;
    struct hash left = naive_root(start, start + k), right = naive_root(start + k, end);
    return merkle_node(&left, &right);
}

static void roots_are_those_of_certificate_transparency(void **state UNUSED)
{
    struct merkle tree = {0};
    for (size_t size = 0; size < COUNT_OF(roots); size++) {
        struct hash root = merkle_root(&tree), expected = hash_from(roots[size]);
        assert_memory_equal(&root, &expected, HASH_BYTES);
        if (size < COUNT_OF(inputs)) {
            struct hash leaf = reference_leaf(size);
            append(&tree, &leaf);
        }
    }
}

static void check_path(const struct merkle_proof *proof, const struct proof_vector *vector)
{
    size_t count = 0;
    while (vector->path[count])
        count++;
    assert_int_equal(proof->count, count);
    for (size_t i = 0; i < count; i++) {
        struct hash expected = hash_from(vector->path[i]);
        assert_memory_equal(&proof->path[i], &expected, HASH_BYTES);
    }
}

static void proofs_are_those_of_certificate_transparency(void **state UNUSED)
{
    struct error err;
    struct merkle_proof proof;
    for (size_t i = 0; i < COUNT_OF(inclusion); i++) {
        const struct proof_vector *v = &inclusion[i];
        struct hash leaf = reference_leaf(v->a), root = hash_from(roots[v->b]);
        assert_ok(merkle_prove_inclusion(from_reference, NULL, v->a, v->b, &proof, &err), err);
        check_path(&proof, v);
        assert_true(merkle_check_inclusion(&leaf, v->a, v->b, &proof, &root));
    }
    for (size_t i = 0; i < COUNT_OF(consistency); i++) {
        const struct proof_vector *v = &consistency[i];
        struct hash first = hash_from(roots[v->a]), second = hash_from(roots[v->b]);
        assert_ok(merkle_prove_consistency(from_reference, NULL, v->a, v->b, &proof, &err), err);
        check_path(&proof, v);
        assert_true(merkle_check_consistency(v->a, v->b, &first, &second, &proof));
    }
}

static void the_edge_gives_the_root_of_the_definition(void **state UNUSED)
{
    for (uint64_t size = 1; size <= SIZE_MAX_TESTED; size++) {
        struct hash root = root_of_numbers(size), expected = naive_root(0, size);
        assert_memory_equal(&root, &expected, HASH_BYTES);
    }
}

/* No altered proof passes: a flipped bit, a missing or an added hash, another place or size. */
static void refuse_altered_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
                                     const struct merkle_proof *proof, const struct hash *root)
{
    struct merkle_proof bad = *proof;
    bad.path[bad.count++] = *leaf;
    assert_false(merkle_check_inclusion(leaf, index, size, &bad, root));
    for (size_t i = 0; i < proof->count; i++) {
        bad = *proof;
        bad.path[i].bytes[i % HASH_BYTES] ^= 1;
        assert_false(merkle_check_inclusion(leaf, index, size, &bad, root));
    }
    if (proof->count) {
        bad = *proof;
        bad.count--;
        assert_false(merkle_check_inclusion(leaf, index, size, &bad, root));
    }
    assert_false(merkle_check_inclusion(leaf, index ^ 1, size, proof, root));
    assert_false(merkle_check_inclusion(leaf, size, size, proof, root));
}

static void every_leaf_proves_at_every_size(void **state UNUSED)
{
    struct error err;
    for (uint64_t size = 1; size <= SIZE_MAX_TESTED; size++) {
        struct hash root = naive_root(0, size);
        for (uint64_t index = 0; index < size; index++) {
            struct merkle_proof proof;
            struct hash leaf;
            assert_int_equal(from_number(NULL, index, &leaf, &err), 0);
            assert_ok(merkle_prove_inclusion(from_number, NULL, index, size, &proof, &err), err);
            assert_true(merkle_check_inclusion(&leaf, index, size, &proof, &root));
            refuse_altered_inclusion(&leaf, index, size, &proof, &root);
        }
    }
}

static void every_tree_proves_consistent_with_every_smaller_one(void **state UNUSED)
{
    struct error err;
    for (uint64_t second = 1; second <= SIZE_MAX_TESTED; second++) {
        struct hash second_root = naive_root(0, second);
        for (uint64_t first = 1; first <= second; first++) {
            struct merkle_proof proof, bad;
            struct hash first_root = naive_root(0, first), other = second_root;
            assert_ok(merkle_prove_consistency(from_number, NULL, first, second, &proof, &err), err);
            assert_true(merkle_check_consistency(first, second, &first_root, &second_root, &proof));
            other.bytes[0] ^= 1;
            assert_false(merkle_check_consistency(first, second, &first_root, &other, &proof));
            assert_false(merkle_check_consistency(first, second, &other, &second_root, &proof));
            for (size_t i = 0; i < proof.count; i++) {
                bad = proof;
                bad.path[i].bytes[0] ^= 0x80;
                assert_false(merkle_check_consistency(first, second, &first_root, &second_root, &bad));
            }
            bad = proof;
            bad.path[bad.count++] = other;
            assert_false(merkle_check_consistency(first, second, &first_root, &second_root, &bad));
            if (proof.count) {
                bad = proof;
                bad.count--;
                assert_false(merkle_check_consistency(first, second, &first_root, &second_root, &bad));
            }
        }
    }
}

static void impossible_proofs_are_refused(void **state UNUSED)
{
    struct error err;
    struct merkle_proof proof = {0};
    struct hash h = {{0}};
    assert_int_equal(merkle_prove_inclusion(from_number, NULL, 3, 3, &proof, &err), -1);
    assert_int_equal(err.code, FAULT_AUDIT);
    assert_int_equal(merkle_prove_consistency(from_number, NULL, 0, 3, &proof, &err), -1);
    assert_int_equal(merkle_prove_consistency(from_number, NULL, 4, 3, &proof, &err), -1);
    assert_false(merkle_check_consistency(0, 3, &h, &h, &proof));
    assert_false(merkle_check_consistency(4, 3, &h, &h, &proof));
}

static void the_edge_survives_being_stored(void **state UNUSED)
{
    struct merkle tree = {0}, loaded;
    struct error err;
    for (uint64_t i = 0; i < SIZE_MAX_TESTED; i++) {
        struct hash leaf;
        assert_true(merkle_load(&loaded, tree.size, merkle_edge(&tree)));
        assert_int_equal(from_number(NULL, i, &leaf, &err), 0);
        append(&tree, &leaf);
        append(&loaded, &leaf);
        struct hash a = merkle_root(&tree), b = merkle_root(&loaded);
        assert_memory_equal(&a, &b, HASH_BYTES);
    }
    assert_false(merkle_load(&loaded, tree.size + 1, merkle_edge(&tree)));
    assert_false(merkle_load(&loaded, UINT64_MAX, merkle_edge(&tree)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_those_of_certificate_transparency),
        cmocka_unit_test(proofs_are_those_of_certificate_transparency),
        cmocka_unit_test(the_edge_gives_the_root_of_the_definition),
        cmocka_unit_test(every_leaf_proves_at_every_size),
        cmocka_unit_test(every_tree_proves_consistent_with_every_smaller_one),
        cmocka_unit_test(impossible_proofs_are_refused),
        cmocka_unit_test(the_edge_survives_being_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
