/* decoder.c - see decoder.h.
 *
 *   x = embedding of the tokens
 *   for each layer:  x += O attention(rope(Q n), rope(K n), V n)      n = rms_norm(x)
 *                    x += down (act(gate n) * up n)                   n = rms_norm(x)
 *   logits = output rms_norm(x)
 *
 * Architectures add to this (arch.h): biases of Q, K, V; a norm of each head of them; a norm of what is added to x.
 *
 * Between two matrix products each token is on its own: such a stage is one function of a token's index. */
#include "models/network/decoder.h"

#include "models/network/arch.h"
#include "models/network/attention.h"
#include "models/network/network.h"
#include "models/network/rope.h"

#include <math.h>
#include <openssl/crypto.h>
#include <stdatomic.h>

#define TOKENS_A_TASK 4u

struct decoder {
    const struct model *model;
    struct pool *pool;
    struct attention attention;
    size_t q_width, kv_width;
    float q_scale;
    float *x, *n;                /* [tokens][dim] the stream, and its norm */
    float *q, *k, *v, *mixed;    /* [tokens][heads * head_size] or [kv_heads * head_size] */
    float *gate, *up;            /* [tokens][ffn_dim] */
    float *product;              /* [tokens][dim] */
    float *turns[2];             /* [tokens][rope_dim] of layers that see all, and of window layers */
    uint16_t *halves;            /* [tokens][2][kv_width] */
    struct quantised quantised;  /* [tokens][widest] */
    unsigned char *memory;       /* all of the above */
    size_t memory_bytes;

    /* of the pass under way */
    struct kv_cache *cache;
    const struct layer *layer;
    const float *product_norm;   /* of what is added, or NULL */
    const float *norm;           /* of the stream then */
    const token *ids;
    uint32_t layer_index, start;
    size_t tokens;
    atomic_bool is_broken;       /* a number was not finite */
};

/* ---- memory ---- */

/* Gives every pointer its place; with memory NULL it only counts. */
static size_t lay_out(struct decoder *d, unsigned char *memory)
{
    const struct shape *s = &d->model->shape;
    size_t t = DECODER_TOKENS_MAX, widest = MAX(MAX((size_t)s->dim, (size_t)s->ffn_dim), d->q_width), at = 0;
    const struct {
        void *pointer;
        size_t bytes;
    } rows[] = {
        {&d->x, t * s->dim * 4},          {&d->n, t * s->dim * 4},           {&d->q, t * d->q_width * 4},
        {&d->k, t * d->kv_width * 4},     {&d->v, t * d->kv_width * 4},      {&d->mixed, t * d->q_width * 4},
        {&d->gate, t * s->ffn_dim * 4},   {&d->up, t * s->ffn_dim * 4},      {&d->product, t * s->dim * 4},
        {&d->turns[0], t * s->rope_dim * 4}, {&d->turns[1], s->window ? t * s->rope_dim * 4 : 0},
        {&d->halves, t * d->kv_width * 4}, {&d->quantised.q, t * widest},
        {&d->quantised.d, t * widest / 8}, {&d->quantised.s, t * widest / 8}, {&d->quantised.halves, t * widest / 8},
        {&d->attention.scratch,
         pool_threads(d->pool) * attention_scratch_floats(s, d->attention.capacity) * sizeof(float)},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        unsigned char *place = memory ? memory + at : NULL;
        memcpy(rows[i].pointer, &place, sizeof place);
        at += (rows[i].bytes + 63) / 64 * 64;
    }
    return at;
}

int decoder_new(struct decoder **ret, const struct model *model, uint32_t capacity, struct pool *pool,
                struct error *err)
{
    AUTO(decoder) *d = calloc(1, sizeof *d);
    if (!d)
        return error_memory(err);
    const struct shape *s = &model->shape;
    d->model = model;
    d->pool = pool;
    d->attention = (struct attention){.model = model, .pool = pool, .capacity = capacity};
    d->q_width = (size_t)s->heads * s->head_size;
    d->kv_width = (size_t)s->kv_heads * s->head_size;
    d->q_scale = 1.0f / sqrtf((float)s->head_size);
    d->memory_bytes = lay_out(d, NULL);
    d->memory = aligned_alloc(64, d->memory_bytes);
    if (!d->memory)
        return error_memory(err);
    memset(d->memory, 0, d->memory_bytes);
    lay_out(d, d->memory);
    *ret = TAKE(d);
    return 0;
}

void decoder_drop(struct decoder **decoder)
{
    struct decoder *d = *decoder;
    if (!d)
        return;
    if (d->memory)
        OPENSSL_cleanse(d->memory, d->memory_bytes); /* activations are document content */
    free(d->memory);
    free(d);
    *decoder = NULL;
}

/* ---- stages: what happens to one token between products ---- */

typedef void stage(struct decoder *d, size_t t);

struct stage_job {
    struct decoder *d;
    stage *run;
};

static void run_stage_task(void *context, size_t task)
{
    const struct stage_job *j = context;
    size_t last = MIN((task + 1) * TOKENS_A_TASK, j->d->tokens);
    for (size_t t = task * TOKENS_A_TASK; t < last; t++)
        j->run(j->d, t);
}

static void run_stage(struct decoder *d, stage *run)
{
    struct stage_job job = {d, run};
    pool_run(d->pool, (d->tokens + TOKENS_A_TASK - 1) / TOKENS_A_TASK, run_stage_task, &job);
}

/* Where token t's quantised row of that width lies. */
static struct quantised quantised_at(const struct decoder *d, size_t t, size_t width)
{
    size_t blocks = width / BLOCK;
    return (struct quantised){d->quantised.q + t * width, d->quantised.d + t * blocks, d->quantised.s + t * blocks,
                              d->quantised.halves + 2 * t * blocks};
}

static void quantise(struct decoder *d, const float *x, size_t t, size_t width)
{
    struct quantised to = quantised_at(d, t, width);
    d->model->kernels->quantise(x + t * width, width, &to);
}

static void break_if(struct decoder *d, bool is_broken)
{
    if (is_broken)
        atomic_store_explicit(&d->is_broken, true, memory_order_relaxed);
}

static void norm_token(struct decoder *d, size_t t)
{
    size_t dim = d->model->shape.dim;
    float epsilon = d->model->shape.norm_epsilon;
    break_if(d, !d->model->kernels->rms_norm(d->x + t * dim, d->norm, dim, epsilon, d->n + t * dim));
    quantise(d, d->n, t, dim);
}

static void embed_token(struct decoder *d, size_t t)
{
    const struct matrix *m = &d->model->network->embedding;
    const struct shape *s = &d->model->shape;
    float *x = d->x + t * s->dim;
    m->packing->unpack(m->weights, (size_t)d->ids[t], m->width, x);
    for (size_t i = 0; i < s->dim; i++)
        x[i] *= s->embedding_scale;
    for (int kind = 0; kind < (s->window ? 2 : 1); kind++)
        rope_turns(d->model->network->rope_frequencies[kind], s->rope_dim / 2, d->start + (uint32_t)t,
                   d->turns[kind] + t * s->rope_dim);
    norm_token(d, t);
}

/* Bias, norm and rotation of the heads of queries or keys, where the architecture has them. */
static void turn_heads(struct decoder *d, size_t t, float *x, size_t heads, const float *bias, const float *norm)
{
    const struct shape *s = &d->model->shape;
    const struct kernels *kernels = d->model->kernels;
    if (bias)
        kernels->add(x, bias, heads * s->head_size);
    for (size_t h = 0; norm && h < heads; h++) {
        float *head = x + h * s->head_size;
        break_if(d, !kernels->rms_norm(head, norm, s->head_size, s->norm_epsilon, head));
    }
    rope_apply(x, heads, s->head_size, d->model->architecture->rope,
               d->turns[d->layer->window != 0] + t * s->rope_dim, s->rope_dim / 2);
}

static void turn_and_store_token(struct decoder *d, size_t t)
{
    const struct shape *s = &d->model->shape;
    const struct kernels *kernels = d->model->kernels;
    const struct layer *l = d->layer;
    float *q = d->q + t * d->q_width, *k = d->k + t * d->kv_width, *v = d->v + t * d->kv_width;
    uint16_t *halves = d->halves + t * 2 * d->kv_width;
    turn_heads(d, t, q, s->heads, l->q_bias, l->q_norm);
    turn_heads(d, t, k, s->kv_heads, l->k_bias, l->k_norm);
    if (l->v_bias)
        kernels->add(v, l->v_bias, d->kv_width);
    for (size_t i = 0; i < d->q_width; i++)
        q[i] *= d->q_scale;
    bool finite = kernels->to_halves(k, d->kv_width, halves);
    finite &= kernels->to_halves(v, d->kv_width, halves + d->kv_width);
    break_if(d, !finite);
    kv_cache_put(d->cache, d->layer_index, d->start + (uint32_t)t, halves, halves + d->kv_width);
}

static void quantise_mixed_token(struct decoder *d, size_t t)
{
    quantise(d, d->mixed, t, d->q_width);
}

static void add_and_norm_token(struct decoder *d, size_t t)
{
    size_t dim = d->model->shape.dim;
    const struct kernels *kernels = d->model->kernels;
    float *added = d->product + t * dim;
    if (d->product_norm)
        break_if(d, !kernels->rms_norm(added, d->product_norm, dim, d->model->shape.norm_epsilon, added));
    kernels->add(d->x + t * dim, added, dim);
    norm_token(d, t);
}

static void gate_token(struct decoder *d, size_t t)
{
    size_t width = d->model->shape.ffn_dim;
    float *gate = d->gate + t * width;
    d->model->kernels->gates[d->model->architecture->gate](gate, d->up + t * width, width, gate);
    quantise(d, d->gate, t, width);
}

/* ---- the pass ---- */

static void multiply(struct decoder *d, const float *x, size_t width, const struct matrix *const *m, float *const *y,
                     size_t count)
{
    struct input in = {x, d->quantised, d->tokens, width};
    matrix_products(d->model->kernels, d->pool, m, y, count, &in);
}

/* From the normed stream to the normed stream of what follows, whose weights are `next_norm`. */
static void run_layer(struct decoder *d, const float *next_norm)
{
    const struct layer *l = d->layer;
    const struct shape *s = &d->model->shape;
    multiply(d, d->n, s->dim, (const struct matrix *[]){&l->q, &l->k, &l->v}, (float *[]){d->q, d->k, d->v}, 3);
    run_stage(d, turn_and_store_token);
    d->attention.window = l->window;
    attention_run(&d->attention, d->layer_index, d->start, d->tokens, d->q, d->mixed);
    run_stage(d, quantise_mixed_token);
    multiply(d, d->mixed, d->q_width, (const struct matrix *[]){&l->o}, (float *[]){d->product}, 1);
    d->product_norm = l->attention_product_norm;
    d->norm = l->ffn_norm;
    run_stage(d, add_and_norm_token);
    multiply(d, d->n, s->dim, (const struct matrix *[]){&l->gate, &l->up}, (float *[]){d->gate, d->up}, 2);
    run_stage(d, gate_token);
    multiply(d, d->gate, s->ffn_dim, (const struct matrix *[]){&l->down}, (float *[]){d->product}, 1);
    d->product_norm = l->ffn_product_norm;
    d->norm = next_norm;
    run_stage(d, add_and_norm_token);
}

/* Logits of the tokens from `first` on. */
static void run_output(struct decoder *d, size_t first, float *ret)
{
    const struct network *n = d->model->network;
    size_t dim = d->model->shape.dim;
    struct input in = {d->n + first * dim, quantised_at(d, first, dim), d->tokens - first, dim};
    matrix_products(d->model->kernels, d->pool, (const struct matrix *[]){&n->output}, (float *[]){ret}, 1, &in);
}

static bool all_finite(const float *x, size_t count)
{
    uint32_t bits, found = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(&bits, &x[i], sizeof bits);
        found |= (bits & 0x7f800000) == 0x7f800000;
    }
    return !found;
}

bool decoder_run(struct decoder *d, struct kv_cache *cache, const token *ids, size_t tokens, uint32_t start,
                 enum rows rows, float *ret_logits)
{
    const struct network *n = d->model->network;
    const struct shape *s = &d->model->shape;
    d->cache = cache;
    d->attention.cache = cache;
    d->ids = ids;
    d->tokens = tokens;
    d->start = start;
    atomic_store(&d->is_broken, false);
    kv_cache_reach(cache, start + (uint32_t)tokens);
    d->norm = n->layers[0].attention_norm;
    run_stage(d, embed_token);
    for (uint32_t l = 0; l < s->layers; l++) {
        d->layer_index = l;
        d->layer = &n->layers[l];
        run_layer(d, l + 1 < s->layers ? n->layers[l + 1].attention_norm : n->output_norm);
        if (atomic_load(&d->is_broken))
            return false;
    }
    if (rows == ROWS_NONE)
        return true;
    size_t first = rows == ROWS_LAST ? tokens - 1 : 0;
    run_output(d, first, ret_logits);
    return all_finite(ret_logits, (tokens - first) * s->vocabulary);
}
