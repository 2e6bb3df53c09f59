/* model.c - loading a model: the file, its shape, its tokenizer, its weights. */
#include "models/internal.h"

#include "models/format/gguf.h"
#include "models/format/quant.h"
#include "models/kernels/kernels.h"
#include "models/network/arch.h"
#include "models/network/kv_cache.h"
#include "models/network/network.h"
#include "models/token/tokenizer.h"

#define TYPES_TEXT_BYTES 200

/* "Q4_1 x 210, F32 x 61", in the order of the types' numbers. */
static int describe_types(struct model *m, struct error *err)
{
    char *text = arena_take(m->arena, TYPES_TEXT_BYTES, err);
    if (!text)
        return -1;
    size_t rows, at = 0;
    const struct tensor_type *types = tensor_types(&rows);
    for (size_t i = 0; i < rows; i++) {
        size_t count = 0;
        for (size_t t = 0; t < gguf_tensor_count(m->gguf); t++)
            count += gguf_tensor_at(m->gguf, t)->type == &types[i];
        if (count && at < TYPES_TEXT_BYTES)
            at += (size_t)snprintf(text + at, TYPES_TEXT_BYTES - at, "%s%s x %zu", at ? ", " : "", types[i].name,
                                   count);
    }
    m->info.types = text;
    return 0;
}

static int describe_texts(struct model *m, struct error *err)
{
    const struct {
        const char *key, **to;
    } rows[] = {{"general.architecture", &m->info.architecture}, {"general.name", &m->info.name},
                {"general.license", &m->info.licence},           {"tokenizer.ggml.model", &m->info.tokenizer},
                {"tokenizer.ggml.pre", &m->info.pre_tokenizer},  {"tokenizer.chat_template", &m->info.chat_template}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice text;
        if (gguf_text(m->gguf, rows[i].key, "", &text, err) || !(*rows[i].to = arena_copy(m->arena, text, err)))
            return -1;
    }
    return 0;
}

static int describe(struct model *m, struct error *err)
{
    const struct shape *s = &m->shape;
    uint64_t parameters = 0;
    for (size_t t = 0; t < gguf_tensor_count(m->gguf); t++)
        parameters += gguf_tensor_at(m->gguf, t)->rows * gguf_tensor_at(m->gguf, t)->shape[0];
    m->info = (struct model_info){
        .layers = s->layers,         .dim = s->dim,
        .heads = s->heads,           .kv_heads = s->kv_heads,
        .head_size = s->head_size,   .ffn_dim = s->ffn_dim,
        .vocabulary = s->vocabulary, .context = s->context,
        .parameters = parameters,    .file_bytes = gguf_file_bytes(m->gguf),
        .packed_bytes = m->network->packed_bytes,
        .kv_bytes_per_token = m->architecture->traits & ENCODER ? 0 : kv_cache_bytes_per_token(s),
        .kernels = m->kernels->name,
    };
    return describe_types(m, err) || describe_texts(m, err) ? -1 : 0;
}

/* Every id that the tokenizer can make must have a row of the embedding. */
static int check_vocabulary(const struct model *m, struct error *err)
{
    if (tokenizer_count(m->tokenizer) <= m->shape.vocabulary)
        return 0;
    return error_set(err, FAULT_MODEL, "the vocabulary has %zu tokens, the embedding %u rows",
                     tokenizer_count(m->tokenizer), m->shape.vocabulary);
}

static int load(struct model *m, const char *path, struct pool *pool, struct error *err)
{
    if (arena_new(&m->arena, err) || gguf_open(&m->gguf, path, err) ||
        architecture_read(m->gguf, &m->architecture, &m->shape, err) ||
        tokenizer_new(&m->tokenizer, m->gguf, err) || check_vocabulary(m, err))
        return -1;
    m->kernels = kernels_choose();
    return network_new(&m->network, m, pool, err) || describe(m, err) ? -1 : 0;
}

int model_load(struct model **ret, const char *path, struct pool *pool, struct error *err)
{
    AUTO(model) *m = calloc(1, sizeof *m);
    if (!m)
        return error_memory(err);
    if (load(m, path, pool, err))
        return err->file[0] ? -1 : error_at(err, path, 0, 0);
    *ret = TAKE(m);
    return 0;
}

void model_drop(struct model **model)
{
    struct model *m = *model;
    if (!m)
        return;
    network_drop(&m->network);
    tokenizer_drop(&m->tokenizer);
    gguf_drop(&m->gguf);
    arena_drop(&m->arena);
    free(m);
    *model = NULL;
}

void model_info(const struct model *model, struct model_info *ret)
{
    *ret = model->info;
}

const char *model_kernels(void)
{
    return kernels_choose()->name;
}
