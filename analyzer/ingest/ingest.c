/* ingest.c - the table of formats; see ingest.h. */
#include "analyzer/ingest/ingest.h"

#include <strings.h>

const struct format *const formats_all[] = {&format_text, NULL};

void ingested_clear(struct ingested *ingested)
{
    buffer_drop(&ingested->text);
    *ingested = (struct ingested){0};
}

static bool has_extension(const struct format *format, struct slice name)
{
    size_t dot = name.bytes;
    while (dot > 0 && name.data[dot - 1] != '.' && name.data[dot - 1] != '/')
        dot--;
    if (dot == 0 || name.data[dot - 1] != '.')
        return false;
    struct slice extension = slice_sub(name, dot, name.bytes);
    for (const char *const *e = format->extensions; *e; e++)
        if (strlen(*e) == extension.bytes && strncasecmp(*e, extension.data, extension.bytes) == 0)
            return true;
    return false;
}

const struct format *format_of(struct slice name, struct slice head)
{
    for (const struct format *const *f = formats_all; *f; f++) {
        size_t n = (*f)->magic.bytes;
        if (n && head.bytes >= n && memcmp(head.data, (*f)->magic.data, n) == 0)
            return *f;
    }
    for (const struct format *const *f = formats_all; *f; f++)
        if (has_extension(*f, name))
            return *f;
    return formats_all[0];
}

const struct format *format_named(const char *name)
{
    for (const struct format *const *f = formats_all; *f; f++)
        if (strcmp((*f)->name, name) == 0)
            return *f;
    return NULL;
}
