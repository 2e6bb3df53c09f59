/* wordlist.c - see wordlist.h. */
#include "base/wordlist.h"

#include <stdlib.h>

int wordlist_open(struct wordlist *ret, const char *text, struct error *err)
{
    uint32_t count = 0;
    for (const char *p = text; *p; p++)
        count += *p == '\n';
    uint32_t *starts = calloc((size_t)count + 1, sizeof *starts);
    if (!starts)
        return error_memory(err);
    uint32_t line = 0;
    for (const char *p = text; *p; p++)
        if (*p == '\n')
            starts[++line] = (uint32_t)(p + 1 - text);
    *ret = (struct wordlist){.text = text, .starts = starts, .count = count};
    return 0;
}

void wordlist_close(struct wordlist *list)
{
    free(list->starts);
    *list = (struct wordlist){0};
}

struct slice wordlist_entry(const struct wordlist *list, uint32_t index)
{
    uint32_t start = list->starts[index];
    return (struct slice){list->text + start, list->starts[index + 1] - start - 1};
}

bool wordlist_has(const struct wordlist *list, struct slice word)
{
    uint32_t low = 0, high = list->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = slice_compare(word, wordlist_entry(list, middle));
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}
