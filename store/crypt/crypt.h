/* crypt.h - inside the store room: opens one encrypted SQLite file through the page-encrypting VFS.
 *
 * store/crypt knows files, keys and pages and nothing of tables; store.c, results and audit know tables and
 * nothing of files. */
#ifndef ALCOVE_STORE_CRYPT_CRYPT_H
#define ALCOVE_STORE_CRYPT_CRYPT_H

#include "store/store.h"

#include <sqlite3.h>

struct crypt; /* an open file: data key, header, slots, page digest */

/* Opens or makes the file and the connection: WAL, synchronous=FULL, locking_mode=EXCLUSIVE, temp_store=MEMORY,
 * foreign_keys=ON, secure_delete=ON, ATTACH denied. */
CHECKED int crypt_open(struct crypt **ret, const struct store_options *options, bool *ret_was_made, struct error *err);
void crypt_drop(struct crypt **crypt);
sqlite3 *crypt_connection(struct crypt *crypt);

/* HKDF(data key, purpose). */
CHECKED int crypt_subkey(struct crypt *crypt, const char *purpose, struct secret **ret, struct error *err);

/* 32 hex digits and a NUL. */
void crypt_database_id(const struct crypt *crypt, char ret[33]);

/* Keyed multiset hash over the tags of all pages as last made durable, for the checkpoint's signature. */
CHECKED int crypt_page_digest(struct crypt *crypt, struct hash *ret, struct error *err);

/* Fills file_bytes, pages, page_bytes, format_version, slots_used, cipher. */
CHECKED int crypt_info(struct crypt *crypt, struct store_info *ret, struct error *err);

/* The raw file: both header copies, every page's tag, the page digest. See store_check. */
CHECKED int crypt_check(struct crypt *crypt, store_report *report, void *context, size_t *ret_problems,
                        struct error *err);

/* ---- key slots (slots.c) ----
 * A change is prepared as a whole new table of slots, recorded by the caller, and then written. */
#define CRYPT_SLOTS_BYTES ((size_t)STORE_SLOTS_MAX * 256)

/* Fills `ret` and the count from a table; opens: whether `key` (may be NULL) opens the slot. */
CHECKED int crypt_slots_list(const struct crypt *crypt, const struct store_key *key,
                             struct store_slot ret[STORE_SLOTS_MAX], size_t *ret_count, struct error *err);

/* The table with one slot more, which `key` opens, or with slot `number` (from 1) emptied. -1 with FAULT_STORE: no slot
 * is free, the key opens one already; there is no such slot, it is the last one in use. */
CHECKED int crypt_slots_with(const struct crypt *crypt, const struct store_key *key,
                             unsigned char ret_slots[CRYPT_SLOTS_BYTES], struct store_slot *ret, struct error *err);
CHECKED int crypt_slots_without(const struct crypt *crypt, unsigned number,
                                unsigned char ret_slots[CRYPT_SLOTS_BYTES], struct store_slot *ret, struct error *err);

/* Brings the log into the file and writes both header copies with these slots. After a failure either table may be in
 * force: opening tells. */
CHECKED int crypt_slots_write(struct crypt *crypt, const unsigned char slots[CRYPT_SLOTS_BYTES], struct error *err);

/* copy.c: brings the log into the file and writes that to `to`, byte for byte. */
CHECKED int crypt_copy(struct crypt *crypt, int to, struct error *err);

/* The VFS to stand on, NULL = "unix". For tests that make the disk fail. */
extern const char *crypt_below;

/* An SQLite result code as an error: busy and corrupt are FAULT_STORE, full disk and memory FAULT_TEMPORARY. The
 * message never quotes SQL values. Returns -1. */
int crypt_sqlite_error(sqlite3 *db, const char *what, struct error *err);

#endif
