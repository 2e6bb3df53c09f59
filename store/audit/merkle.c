/* merkle.c - see merkle.h. */
#include "store/audit/merkle.h"

struct hash merkle_leaf(struct slice record)
{
    return hash_of((struct slice[]){SLICE("\0"), record}, 2);
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
    return hash_of((struct slice[]){SLICE("\1"),
                                    {(const char *)left->bytes, HASH_BYTES},
                                    {(const char *)right->bytes, HASH_BYTES}},
                   3);
}

static size_t edge_count(uint64_t size)
{
    return (size_t)__builtin_popcountll(size);
}

int merkle_append(struct merkle *tree, const struct hash *leaf, uint64_t *ret_index, struct error *err)
{
    if (tree->size >= MERKLE_SIZE_MAX)
        return error_set(err, FAULT_AUDIT, "the audit tree is full");
    struct hash sum = *leaf;
    size_t count = edge_count(tree->size);
    for (uint64_t carry = tree->size; carry & 1;
         carry >>= 1) /* counting up: each carry joins two equal trees */
        sum = merkle_node(&tree->edge[--count], &sum);
    tree->edge[count] = sum;
    *ret_index = tree->size++;
    return 0;
}

struct hash merkle_root(const struct merkle *tree)
{
    size_t count = edge_count(tree->size);
    if (count == 0)
        return hash_bytes(SLICE(""));
    struct hash root = tree->edge[--count];
    while (count)
        root = merkle_node(&tree->edge[--count], &root);
    return root;
}

struct slice merkle_edge(const struct merkle *tree)
{
    return (struct slice){(const char *)tree->edge, edge_count(tree->size) * HASH_BYTES};
}

bool merkle_load(struct merkle *ret, uint64_t size, struct slice edge)
{
    if (size > MERKLE_SIZE_MAX || edge.bytes != edge_count(size) * HASH_BYTES)
        return false;
    *ret = (struct merkle){.size = size};
    if (edge.bytes)
        memcpy(ret->edge, edge.data, edge.bytes);
    return true;
}

/* MTH of the leaves from start to end. */
static int subtree(merkle_leaves *leaves, void *context, uint64_t start, uint64_t end, struct hash *ret,
                   struct error *err)
{
    struct merkle tree = {0};
    for (uint64_t i = start, ignored; i < end; i++) {
        struct hash leaf;
        if (leaves(context, i, &leaf, err) || merkle_append(&tree, &leaf, &ignored, err))
            return -1;
    }
    *ret = merkle_root(&tree);
    return 0;
}

/* The largest power of two below n (n > 1): where RFC 9162 splits a tree. */
static uint64_t split(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static void reverse(struct merkle_proof *proof)
{
    for (size_t i = 0, j = proof->count; i + 1 < j; i++) {
        struct hash swap = proof->path[i];
        proof->path[i] = proof->path[--j];
        proof->path[j] = swap;
    }
}

int merkle_prove_inclusion(merkle_leaves *leaves, void *context, uint64_t index, uint64_t size,
                           struct merkle_proof *ret, struct error *err)
{
    if (index >= size || size > MERKLE_SIZE_MAX)
        return error_set(err, FAULT_AUDIT, "there is no leaf %llu in a tree of %llu",
                         (unsigned long long)index, (unsigned long long)size);
    struct merkle_proof proof = {0};
    uint64_t start = 0, end = size;
    while (end - start > 1) { /* from the root down; the proof is told from the leaf up */
        uint64_t middle = start + split(end - start);
        bool is_left = index < middle;
        if (subtree(leaves, context, is_left ? middle : start, is_left ? end : middle,
                    &proof.path[proof.count++], err))
            return -1;
        *(is_left ? &end : &start) = middle;
    }
    reverse(&proof);
    *ret = proof;
    return 0;
}

int merkle_prove_consistency(merkle_leaves *leaves, void *context, uint64_t first, uint64_t second,
                             struct merkle_proof *ret, struct error *err)
{
    if (first == 0 || first > second || second > MERKLE_SIZE_MAX)
        return error_set(err, FAULT_AUDIT, "a tree of %llu leaves does not grow into one of %llu",
                         (unsigned long long)first, (unsigned long long)second);
    struct merkle_proof proof = {0};
    uint64_t start = 0, end = second;
    while (first != end) { /* SUBPROOF: `first` is an absolute place, start < first < end */
        uint64_t middle = start + split(end - start);
        bool is_left = first <= middle;
        if (subtree(leaves, context, is_left ? middle : start, is_left ? end : middle,
                    &proof.path[proof.count++], err))
            return -1;
        *(is_left ? &end : &start) = middle;
    }
    if (start != 0 && subtree(leaves, context, start, end, &proof.path[proof.count++], err))
        return -1;
    reverse(&proof);
    *ret = proof;
    return 0;
}

bool merkle_check_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
                            const struct merkle_proof *proof, const struct hash *root)
{
    if (index >= size || proof->count > MERKLE_EDGE_MAX)
        return false;
    uint64_t fn = index, sn = size - 1;
    struct hash r = *leaf;
    for (size_t i = 0; i < proof->count; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            r = merkle_node(&proof->path[i], &r);
            for (; !(fn & 1) && fn != 0; fn >>= 1)
                sn >>= 1;
        } else {
            r = merkle_node(&r, &proof->path[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_equal(&r, root);
}

bool merkle_check_consistency(uint64_t first, uint64_t second, const struct hash *first_root,
                              const struct hash *second_root, const struct merkle_proof *proof)
{
    if (first == 0 || first > second || proof->count > MERKLE_EDGE_MAX + 1)
        return false;
    if (first == second)
        return proof->count == 0 && hash_equal(first_root, second_root);
    bool is_power = (first & (first - 1)) == 0; /* then the first root is itself the start of the path */
    if (!is_power && proof->count == 0)
        return false;
    struct hash fr = is_power ? *first_root : proof->path[0], sr = fr;
    uint64_t fn = first - 1, sn = second - 1;
    for (; fn & 1; fn >>= 1)
        sn >>= 1;
    for (size_t i = is_power ? 0 : 1; i < proof->count; i++) {
        const struct hash *c = &proof->path[i];
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            fr = merkle_node(c, &fr);
            sr = merkle_node(c, &sr);
            for (; !(fn & 1) && fn != 0; fn >>= 1)
                sn >>= 1;
        } else {
            sr = merkle_node(&sr, c);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_equal(&fr, first_root) && hash_equal(&sr, second_root);
}
