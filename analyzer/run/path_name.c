/* path_name.c - see path_name.h. */
#include "analyzer/run/path_name.h"

#include "base/slice.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reads_as_escape(const char *at)
{
    return at[0] == '\\' && at[1] == 'x' && isxdigit((unsigned char)at[2]) && isxdigit((unsigned char)at[3]);
}

char *path_name(const char *path)
{
    size_t bytes = strlen(path), used = 0;
    char *name = malloc(4 * bytes + 1);
    for (size_t at = 0, valid_to = 0; name && at < bytes; at++) {
        if (at >= valid_to)
            valid_to = at + utf8_valid((struct slice){path + at, bytes - at});
        if (at >= valid_to || reads_as_escape(path + at))
            used += (size_t)snprintf(name + used, 5, "\\x%02X", (unsigned char)path[at]);
        else
            name[used++] = path[at];
    }
    if (name)
        name[used] = 0;
    return name;
}
