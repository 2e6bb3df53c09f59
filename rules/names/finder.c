/* finder.c - see finder.h. */
#include "rules/names/finder.h"

const struct finder *const finders[] = {&finder_person, &finder_place, &finder_hospital, NULL};

const struct finder *finder_find(const char *name)
{
    for (size_t i = 0; finders[i]; i++)
        if (strcmp(finders[i]->name, name) == 0)
            return finders[i];
    return NULL;
}
