/* list.c - see list.h. */
#include "models/token/list.h"

#define TOKENS_MAX (SIZE_MAX / sizeof(token) / 4)

int token_list_reserve(struct token_list *list, size_t count, struct error *err)
{
    if (count <= list->capacity - list->count)
        return 0;
    if (count > TOKENS_MAX)
        return error_memory(err);
    size_t capacity = MAX(list->count + count, list->capacity * 2);
    token *ids = malloc(capacity * sizeof *ids); /* not realloc: the old place is wiped */
    if (!ids)
        return error_memory(err);
    if (list->count)
        memcpy(ids, list->ids, list->count * sizeof *ids);
    size_t filled = list->count;
    token_list_clear(list);
    *list = (struct token_list){.ids = ids, .count = filled, .capacity = capacity};
    return 0;
}

int token_list_add(struct token_list *list, token id, struct error *err)
{
    if (list->count == list->capacity && token_list_reserve(list, 16, err))
        return -1;
    list->ids[list->count++] = id;
    return 0;
}

void token_list_clear(struct token_list *list)
{
    if (list->ids)
        explicit_bzero(list->ids, list->capacity * sizeof *list->ids);
    free(list->ids);
    *list = (struct token_list){0};
}
