/* tokens.c - the front door of token/: see model.h. */
#include "models/internal.h"
#include "models/token/tokenizer.h"

int model_tokenize(const struct model *model, struct slice text, bool special, bool bos, token **ret,
                   size_t *ret_count, struct error *err)
{
    AUTO_TOKENS list = {0};
    token first = bos ? tokenizer_first(model->tokenizer) : -1, last = bos ? tokenizer_last(model->tokenizer) : -1;
    if (token_list_reserve(&list, 1, err) || /* never NULL, even for no ids */
        (first >= 0 && token_list_add(&list, first, err)) ||
        tokenizer_encode(model->tokenizer, text, special, &list, err) ||
        (last >= 0 && token_list_add(&list, last, err)))
        return -1;
    *ret_count = list.count;
    *ret = TAKE(list.ids);
    return 0;
}

struct slice model_token_text(const struct model *model, token id)
{
    return tokenizer_text(model->tokenizer, id);
}

bool model_token_is_end(const struct model *model, token id)
{
    return tokenizer_is_end(model->tokenizer, id);
}
