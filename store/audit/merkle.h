/* clang-format off */
/* merkle.h - append-only Merkle tree over audit records (RFC 9162, section 2.1).
 *
 *   leaf = SHA-256(0x00 || record)      node = SHA-256(0x01 || left || right)      empty tree = SHA-256("")
 *
 *              root(7)
 *             /       \                  A tree of 7 leaves is three perfect trees of 4, 2 and 1 leaves: the
 *         (4)           .                binary digits of its size. Their roots are the right edge, all that
 *        /   \        /   \              appending needs: at most 64 hashes, however long the log.
 *       .     .     (2)   (1)
 *      / \   / \    / \    |
 *     0   1 2   3  4   5   6
 *
 * Does no I/O: log.c stores what this returns, verify.c computes it again. A plain value: copy it to go back. */
/* clang-format on */
#ifndef ALCOVE_STORE_AUDIT_MERKLE_H
#define ALCOVE_STORE_AUDIT_MERKLE_H

#include "base/contract.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/slice.h"

#include <stdint.h>

#define MERKLE_EDGE_MAX 64u
#define MERKLE_EDGE_BYTES_MAX (MERKLE_EDGE_MAX * HASH_BYTES)
#define MERKLE_SIZE_MAX INT64_MAX /* SQLite's row numbers end there */

struct merkle {
    uint64_t size;                     /* leaves */
    struct hash edge[MERKLE_EDGE_MAX]; /* one a set bit of size, the largest perfect tree first */
};

struct hash merkle_leaf(struct slice record);
struct hash merkle_node(const struct hash *left, const struct hash *right);

/* Appends a leaf hash. ret_index: its place, from 0. 0, or -1 with FAULT_AUDIT (tree full); then nothing
 * changed. */
CHECKED int merkle_append(struct merkle *tree, const struct hash *leaf, uint64_t *ret_index,
                          struct error *err);

/* The root over all leaves so far. O(log size). */
struct hash merkle_root(const struct merkle *tree);

/* The edge as bytes, largest tree first, and back. merkle_load gives false when the number of hashes does not
 * fit the size. */
struct slice merkle_edge(const struct merkle *tree);
bool merkle_load(struct merkle *ret, uint64_t size, struct slice edge);

/* ---- proofs ---- */
struct merkle_proof {
    size_t count;
    struct hash path[MERKLE_EDGE_MAX + 1];
};

/* Where the hash of leaf `index` comes from; non-zero ends the proof. */
typedef int merkle_leaves(void *context, uint64_t index, struct hash *ret, struct error *err);

/* PATH(index, D[size]) of section 2.1.3.1 and PROOF(first, D[second]) of section 2.1.4.1. Both ask for each
 * of the size (second) leaves at most once. -1 with FAULT_AUDIT when index >= size, or first is 0 or above
 * second. */
CHECKED int merkle_prove_inclusion(merkle_leaves *leaves, void *context, uint64_t index, uint64_t size,
                                   struct merkle_proof *ret, struct error *err);
CHECKED int merkle_prove_consistency(merkle_leaves *leaves, void *context, uint64_t first, uint64_t second,
                                     struct merkle_proof *ret, struct error *err);

/* The verifiers of sections 2.1.3.2 and 2.1.4.2, step for step: they trust nothing that they are given. */
CHECKED bool merkle_check_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
                                    const struct merkle_proof *proof, const struct hash *root);
CHECKED bool merkle_check_consistency(uint64_t first, uint64_t second, const struct hash *first_root,
                                      const struct hash *second_root, const struct merkle_proof *proof);

#endif
