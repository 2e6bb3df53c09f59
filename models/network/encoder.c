/* encoder.c - see encoder.h.
 *
 *   x = norm(embedding of the token + of its position + of the first type)
 *   for each layer:  x = norm(x + O attention(Q x, K x, V x))     all products with a bias
 *                    x = norm(x + down gelu(up x))
 *   result = mean of x over the tokens, or x of the first
 *
 * One layer's keys and values are kept at a time. Stages are as in decoder.c: functions of one token's index. */
#include "models/network/encoder.h"

#include "models/network/arch.h"
#include "models/network/attention.h"
#include "models/network/network.h"

#include <math.h>
#include <openssl/crypto.h>
#include <stdatomic.h>

#define TOKENS_A_TASK 4u

struct encoder {
    const struct model *model;
    struct pool *pool;
    struct attention attention;
    struct shape one_layer;           /* of the cache */
    struct kv_cache *cache;
    float *x, *q, *k, *v, *mixed, *added; /* [tokens][dim] */
    float *row, *up;                  /* [tokens][dim] for one embedding, [tokens][ffn_dim] */
    uint16_t *halves;                 /* [tokens][2][dim] */
    struct quantised quantised;       /* [tokens][widest] */
    unsigned char *memory;            /* all of the above */
    size_t memory_bytes, tokens;

    const token *ids;
    const struct layer *layer;
    const float *bias, *norm, *norm_bias; /* of the stage under way */
    atomic_bool is_broken;
};

/* Gives every pointer its place; with memory NULL it only counts. */
static size_t lay_out(struct encoder *e, unsigned char *memory)
{
    const struct shape *s = &e->model->shape;
    size_t t = e->tokens, dim = t * s->dim * sizeof(float), widest = MAX((size_t)s->dim, (size_t)s->ffn_dim), at = 0;
    const struct {
        void *pointer;
        size_t bytes;
    } rows[] = {
        {&e->x, dim},     {&e->q, dim},   {&e->k, dim},
        {&e->v, dim},     {&e->row, dim}, {&e->mixed, dim},
        {&e->added, dim}, {&e->halves, dim}, {&e->up, t * s->ffn_dim * sizeof(float)},
        {&e->quantised.q, t * widest},     {&e->quantised.d, t * widest / 8},
        {&e->quantised.s, t * widest / 8}, {&e->quantised.halves, t * widest / 8},
        {&e->attention.scratch,
         pool_threads(e->pool) * attention_scratch_floats(s, e->attention.capacity) * sizeof(float)},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        unsigned char *place = memory ? memory + at : NULL;
        memcpy(rows[i].pointer, &place, sizeof place);
        at += (rows[i].bytes + 63) / 64 * 64;
    }
    return at;
}

static void encoder_drop(struct encoder **encoder)
{
    struct encoder *e = *encoder;
    if (!e)
        return;
    if (e->memory)
        OPENSSL_cleanse(e->memory, e->memory_bytes); /* activations are document content */
    free(e->memory);
    kv_cache_drop(&e->cache);
    free(e);
    *encoder = NULL;
}

static int encoder_new(struct encoder **ret, const struct model *model, const token *ids, size_t tokens,
                       struct pool *pool, struct error *err)
{
    AUTO(encoder) *e = calloc(1, sizeof *e);
    if (!e)
        return error_memory(err);
    e->model = model;
    e->pool = pool;
    e->ids = ids;
    e->tokens = tokens;
    e->one_layer = model->shape;
    e->one_layer.layers = 1;
    e->attention =
        (struct attention){.model = model, .pool = pool, .capacity = (uint32_t)tokens, .sees_all = true};
    if (kv_cache_new(&e->cache, &e->one_layer, (uint32_t)tokens, err))
        return -1;
    e->attention.cache = e->cache;
    e->memory_bytes = lay_out(e, NULL);
    e->memory = aligned_alloc(64, e->memory_bytes);
    if (!e->memory)
        return error_memory(err);
    memset(e->memory, 0, e->memory_bytes);
    lay_out(e, e->memory);
    *ret = TAKE(e);
    return 0;
}

/* ---- stages ---- */

typedef void stage(struct encoder *e, size_t t);

struct stage_job {
    struct encoder *e;
    stage *run;
};

static void run_stage_task(void *context, size_t task)
{
    const struct stage_job *j = context;
    size_t last = MIN((task + 1) * TOKENS_A_TASK, j->e->tokens);
    for (size_t t = task * TOKENS_A_TASK; t < last; t++)
        j->run(j->e, t);
}

static void run_stage(struct encoder *e, stage *run)
{
    struct stage_job job = {e, run};
    pool_run(e->pool, (e->tokens + TOKENS_A_TASK - 1) / TOKENS_A_TASK, run_stage_task, &job);
}

static void quantise(struct encoder *e, const float *x, size_t t, size_t width)
{
    size_t blocks = width / BLOCK;
    const struct quantised *q = &e->quantised;
    struct quantised to = {q->q + t * width, q->d + t * blocks, q->s + t * blocks, q->halves + 2 * t * blocks};
    e->model->kernels->quantise(x + t * width, width, &to);
}

static void break_if(struct encoder *e, bool is_broken)
{
    if (is_broken)
        atomic_store_explicit(&e->is_broken, true, memory_order_relaxed);
}

static void norm_token(struct encoder *e, size_t t)
{
    const struct shape *s = &e->model->shape;
    float *x = e->x + t * s->dim;
    break_if(e, !e->model->kernels->layer_norm(x, e->norm, e->norm_bias, s->dim, s->norm_epsilon, x));
    quantise(e, e->x, t, s->dim);
}

static void embed_token(struct encoder *e, size_t t)
{
    const struct network *n = e->model->network;
    size_t dim = e->model->shape.dim;
    float *x = e->x + t * dim, *row = e->row + t * dim;
    n->embedding.packing->unpack(n->embedding.weights, (size_t)e->ids[t], dim, x);
    n->types.packing->unpack(n->types.weights, 0, dim, row);
    e->model->kernels->add(x, row, dim);
    n->positions.packing->unpack(n->positions.weights, t, dim, row);
    e->model->kernels->add(x, row, dim);
    norm_token(e, t);
}

static void store_token(struct encoder *e, size_t t)
{
    const struct kernels *kernels = e->model->kernels;
    const struct shape *s = &e->model->shape;
    size_t dim = s->dim;
    float *q = e->q + t * dim, *k = e->k + t * dim, *v = e->v + t * dim, scale = 1.0f / sqrtf((float)s->head_size);
    uint16_t *halves = e->halves + t * 2 * dim;
    kernels->add(q, e->layer->q_bias, dim);
    kernels->add(k, e->layer->k_bias, dim);
    kernels->add(v, e->layer->v_bias, dim);
    for (size_t i = 0; i < dim; i++)
        q[i] *= scale;
    bool finite = kernels->to_halves(k, dim, halves);
    finite &= kernels->to_halves(v, dim, halves + dim);
    break_if(e, !finite);
    kv_cache_put(e->cache, 0, (uint32_t)t, halves, halves + dim);
}

static void quantise_mixed_token(struct encoder *e, size_t t)
{
    quantise(e, e->mixed, t, e->model->shape.dim);
}

static void add_and_norm_token(struct encoder *e, size_t t)
{
    size_t dim = e->model->shape.dim;
    e->model->kernels->add(e->added + t * dim, e->bias, dim);
    e->model->kernels->add(e->x + t * dim, e->added + t * dim, dim);
    norm_token(e, t);
}

static void activate_token(struct encoder *e, size_t t)
{
    size_t width = e->model->shape.ffn_dim;
    e->model->kernels->add(e->up + t * width, e->layer->up_bias, width);
    e->model->kernels->gelu(e->up + t * width, width);
    quantise(e, e->up, t, width);
}

/* ---- the pass ---- */

static void multiply(struct encoder *e, const float *x, size_t width, const struct matrix *const *m, float *const *y,
                     size_t count)
{
    struct input in = {x, e->quantised, e->tokens, width};
    matrix_products(e->model->kernels, e->pool, m, y, count, &in);
}

static void run_layer(struct encoder *e)
{
    const struct layer *l = e->layer;
    size_t dim = e->model->shape.dim, ffn_dim = e->model->shape.ffn_dim;
    multiply(e, e->x, dim, (const struct matrix *[]){&l->q, &l->k, &l->v}, (float *[]){e->q, e->k, e->v}, 3);
    run_stage(e, store_token);
    attention_run(&e->attention, 0, 0, e->tokens, e->q, e->mixed);
    run_stage(e, quantise_mixed_token);
    multiply(e, e->mixed, dim, (const struct matrix *[]){&l->o}, (float *[]){e->added}, 1);
    e->bias = l->o_bias;
    e->norm = l->attention_end_norm;
    e->norm_bias = l->attention_end_bias;
    run_stage(e, add_and_norm_token);
    multiply(e, e->x, dim, (const struct matrix *[]){&l->up}, (float *[]){e->up}, 1);
    run_stage(e, activate_token);
    multiply(e, e->up, ffn_dim, (const struct matrix *[]){&l->down}, (float *[]){e->added}, 1);
    e->bias = l->down_bias;
    e->norm = l->ffn_end_norm;
    e->norm_bias = l->ffn_end_bias;
    run_stage(e, add_and_norm_token);
}

/* The first token's row, or the mean, summed in the order of the tokens. */
static bool pool_tokens(const struct encoder *e, float *ret)
{
    size_t dim = e->model->shape.dim, count = e->model->shape.pooling == POOLING_CLS ? 1 : e->tokens;
    memcpy(ret, e->x, dim * sizeof *ret);
    for (size_t t = 1; t < count; t++)
        e->model->kernels->add(ret, e->x + t * dim, dim);
    bool finite = true;
    for (size_t i = 0; i < dim; i++) {
        ret[i] /= (float)count;
        finite &= isfinite(ret[i]) != 0;
    }
    return finite;
}

int encoder_run(const struct model *model, const token *ids, size_t count, struct pool *pool, float *ret,
                struct error *err)
{
    AUTO(encoder) *e = NULL;
    const struct network *n = model->network;
    if (encoder_new(&e, model, ids, count, pool, err))
        return -1;
    kv_cache_reach(e->cache, (uint32_t)count);
    e->norm = n->embedding_norm;
    e->norm_bias = n->embedding_bias;
    run_stage(e, embed_token);
    for (uint32_t l = 0; l < model->shape.layers && !atomic_load(&e->is_broken); l++) {
        e->layer = &n->layers[l];
        run_layer(e);
    }
    if (atomic_load(&e->is_broken) || !pool_tokens(e, ret))
        return error_set(err, FAULT_MODEL, "a number of the forward pass is not finite: the weights are damaged");
    return 0;
}
