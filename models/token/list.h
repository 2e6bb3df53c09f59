/* list.h - a list of token ids that grows. Ids spell the document they came from, so dropping it wipes them. */
#ifndef ALCOVE_MODELS_TOKEN_LIST_H
#define ALCOVE_MODELS_TOKEN_LIST_H

#include "base/contract.h"
#include "base/error.h"
#include "models/model.h"

struct token_list {
    token *ids; /* owned; may be NULL when empty */
    size_t count, capacity;
};

/* Makes room for `count` more ids. -1 with FAULT_TEMPORARY; then the list is as before. */
CHECKED int token_list_reserve(struct token_list *list, size_t count, struct error *err);
CHECKED int token_list_add(struct token_list *list, token id, struct error *err);

/* Wipes and frees, leaving an empty list. */
void token_list_clear(struct token_list *list);
#define AUTO_TOKENS __attribute__((cleanup(token_list_clear))) struct token_list

#endif
