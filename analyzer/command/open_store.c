/* open_store.c - see open_store.h. */
#include "analyzer/command/open_store.h"

#include "analyzer/command/store_arguments.h"

int open_store(struct store **ret, const struct context *context, const struct arguments *arguments,
               const struct store_wish *wish, bool *ret_was_made, struct error *err)
{
    struct store_place place;
    AUTO(store) *store = NULL;
    bool was_made = false;
    int failed = store_place_fill(&place, context, arguments, wish->mode, err);
    if (!failed) {
        place.options.anchor = wish->anchor;
        place.options.new_anchor = wish->new_anchor;
        failed = store_open(&store, &place.options, &was_made, err);
        if (!failed && was_made && place.options.key.key_file)
            context_warn(
                context,
                "made the store %s; its key is %s: whoever has both can read it, and without the key "
                "no one can. Keep a copy of the key elsewhere",
                place.path, place.key_file);
    }
    store_place_clear(&place);
    if (failed)
        return -1;
    if (ret_was_made)
        *ret_was_made = was_made;
    *ret = TAKE(store);
    return 0;
}
