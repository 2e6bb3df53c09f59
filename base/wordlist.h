/* wordlist.h - a built-in list of words: lower-case ASCII, one a line, sorted bytewise, searched where it
 * lies. */
#ifndef ALCOVE_BASE_WORDLIST_H
#define ALCOVE_BASE_WORDLIST_H

#include "base/contract.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

struct wordlist {
    const char *text; /* borrowed: the list, NUL at the end */
    uint32_t *starts; /* owned: [count + 1] where each line begins, and the end */
    uint32_t count;
};

/* Finds the lines of `text`, which must live as long as the list. 0, or -1 with FAULT_TEMPORARY. */
CHECKED int wordlist_open(struct wordlist *ret, const char *text, struct error *err);

/* Frees the places; for a zeroed list too. */
void wordlist_close(struct wordlist *list);

/* Entry `index`, below count. */
struct slice wordlist_entry(const struct wordlist *list, uint32_t index);

/* True if `word` (lower-case) is an entry. */
bool wordlist_has(const struct wordlist *list, struct slice word);

#endif
