/* weights.c - binds the tensors of a file to their places (a table), checks them, packs them. */
#include "models/network/network.h"

#include "models/format/quant.h"
#include "models/kernels/real.h"
#include "models/network/arch.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define PACKED_ALIGN 64u
#define HUGE_PAGE_BYTES ((size_t)2 << 20)
#define ROWS_A_TASK (4 * PANEL)

enum extent { ONE, TWO, DIM, HEADS_DIM, KV_DIM, HEAD_SIZE, FFN_DIM, VOCABULARY, CONTEXT, ROPE_PAIRS_COUNT };
enum form { VECTOR, MATRIX };

struct place {
    const char *name; /* after "blk.N." for those of a layer */
    size_t offset;    /* in struct layer or struct network */
    enum form form;
    enum extent rows, width;
    unsigned traits;  /* of which an architecture must have one to have this place */
};

#define EVERY 0u
#define IN_LAYER(field) offsetof(struct layer, field)
#define IN_NETWORK(field) offsetof(struct network, field)

/* clang-format off */
static const struct place layer_places[] = {
    {"attn_norm.weight",            IN_LAYER(attention_norm),            VECTOR, ONE,        DIM,       DECODER},
    {"attn_q.weight",               IN_LAYER(q),                         MATRIX, HEADS_DIM,  DIM,       EVERY},
    {"attn_k.weight",               IN_LAYER(k),                         MATRIX, KV_DIM,     DIM,       EVERY},
    {"attn_v.weight",               IN_LAYER(v),                         MATRIX, KV_DIM,     DIM,       EVERY},
    {"attn_q.bias",                 IN_LAYER(q_bias),                    VECTOR, ONE,        HEADS_DIM, QKV_BIAS},
    {"attn_k.bias",                 IN_LAYER(k_bias),                    VECTOR, ONE,        KV_DIM,    QKV_BIAS},
    {"attn_v.bias",                 IN_LAYER(v_bias),                    VECTOR, ONE,        KV_DIM,    QKV_BIAS},
    {"attn_q_norm.weight",          IN_LAYER(q_norm),                    VECTOR, ONE,        HEAD_SIZE, QK_NORM},
    {"attn_k_norm.weight",          IN_LAYER(k_norm),                    VECTOR, ONE,        HEAD_SIZE, QK_NORM},
    {"attn_output.weight",          IN_LAYER(o),                         MATRIX, DIM,        HEADS_DIM, EVERY},
    {"post_attention_norm.weight",  IN_LAYER(attention_product_norm),    VECTOR, ONE,        DIM,       PRODUCT_NORMS},
    {"ffn_norm.weight",             IN_LAYER(ffn_norm),                  VECTOR, ONE,        DIM,       DECODER},
    {"ffn_gate.weight",             IN_LAYER(gate),                      MATRIX, FFN_DIM,    DIM,       DECODER},
    {"ffn_up.weight",               IN_LAYER(up),                        MATRIX, FFN_DIM,    DIM,       EVERY},
    {"ffn_down.weight",             IN_LAYER(down),                      MATRIX, DIM,        FFN_DIM,   EVERY},
    {"post_ffw_norm.weight",        IN_LAYER(ffn_product_norm),          VECTOR, ONE,        DIM,       PRODUCT_NORMS},
    {"attn_output.bias",            IN_LAYER(o_bias),                    VECTOR, ONE,        DIM,       ENCODER},
    {"attn_output_norm.weight",     IN_LAYER(attention_end_norm),        VECTOR, ONE,        DIM,       ENCODER},
    {"attn_output_norm.bias",       IN_LAYER(attention_end_bias),        VECTOR, ONE,        DIM,       ENCODER},
    {"ffn_up.bias",                 IN_LAYER(up_bias),                   VECTOR, ONE,        FFN_DIM,   ENCODER},
    {"ffn_down.bias",               IN_LAYER(down_bias),                 VECTOR, ONE,        DIM,       ENCODER},
    {"layer_output_norm.weight",    IN_LAYER(ffn_end_norm),              VECTOR, ONE,        DIM,       ENCODER},
    {"layer_output_norm.bias",      IN_LAYER(ffn_end_bias),              VECTOR, ONE,        DIM,       ENCODER},
};
static const struct place network_places[] = {
    {"token_embd.weight",           IN_NETWORK(embedding),                 MATRIX, VOCABULARY, DIM,       EVERY},
    {"output_norm.weight",          IN_NETWORK(output_norm),               VECTOR, ONE,        DIM,       DECODER},
    {"position_embd.weight",        IN_NETWORK(positions),                 MATRIX, CONTEXT,    DIM,       ENCODER},
    {"token_types.weight",          IN_NETWORK(types),                     MATRIX, TWO,        DIM,       ENCODER},
    {"token_embd_norm.weight",      IN_NETWORK(embedding_norm),            VECTOR, ONE,        DIM,       ENCODER},
    {"token_embd_norm.bias",        IN_NETWORK(embedding_bias),            VECTOR, ONE,        DIM,       ENCODER},
};
static const struct place output_place =
    {"output.weight",      IN_NETWORK(output), MATRIX, VOCABULARY, DIM, DECODER};
/* clang-format on */

/* A matrix that is bound and still to be packed. */
struct binding {
    const struct gguf_tensor *tensor;
    struct matrix *matrix;
    size_t packed_at;
};

struct binder {
    struct model *model;
    struct network *network;
    struct binding *bindings; /* [tensors] */
    size_t count, used, packed_bytes;
    bool *is_used;            /* [tensors] by place in the file */
    struct error *err;
};

static size_t extent_of(const struct shape *s, enum extent which)
{
    switch (which) {
    case ONE: return 1;
    case TWO: return 2;
    case DIM: return s->dim;
    case HEADS_DIM: return (size_t)s->heads * s->head_size;
    case KV_DIM: return (size_t)s->kv_heads * s->head_size;
    case HEAD_SIZE: return s->head_size;
    case FFN_DIM: return s->ffn_dim;
    case VOCABULARY: return s->vocabulary;
    case CONTEXT: return s->context;
    case ROPE_PAIRS_COUNT: return s->rope_dim / 2;
    }
    return 0;
}

static int tensor_error(const struct binder *b, const char *name, const char *what)
{
    error_set(b->err, FAULT_MODEL, "tensor %s: %s", name, what);
    return error_at(b->err, gguf_path(b->model->gguf), 0, 0);
}

/* The tensor, marked as used, if its shape is rows x width. NULL: the error says why. */
static const struct gguf_tensor *find(struct binder *b, const char *name, size_t rows, size_t width)
{
    const struct gguf_tensor *t = gguf_tensor(b->model->gguf, name);
    if (!t) {
        tensor_error(b, name, "is missing");
        return NULL;
    }
    if (t->dimensions > 2 || t->shape[0] != width || t->rows != rows) {
        error_set(b->err, FAULT_MODEL, "tensor %s: shape %" PRIu64 " x %" PRIu64 " where %zu x %zu is expected", name,
                  t->shape[0], t->rows, width, rows);
        error_at(b->err, gguf_path(b->model->gguf), 0, 0);
        return NULL;
    }
    b->is_used[t - gguf_tensor_at(b->model->gguf, 0)] = true;
    b->used++;
    return t;
}

/* A vector as floats of our own: small, and read at every token. */
static int bind_vector(struct binder *b, const char *name, size_t count, const float **ret)
{
    const struct gguf_tensor *t = find(b, name, 1, count);
    float *vector = t ? arena_array(b->model->arena, count, sizeof *vector, b->err) : NULL;
    if (!vector)
        return -1;
    if (!t->type->finite(t->data, count))
        return tensor_error(b, name, "holds a number that is not finite");
    t->type->dequantise(t->data, vector, count);
    *ret = vector;
    return 0;
}

static int bind_matrix(struct binder *b, const char *name, size_t rows, size_t width, struct matrix *m)
{
    const struct gguf_tensor *t = find(b, name, rows, width);
    if (!t)
        return -1;
    *m = (struct matrix){packing_of(t->type->kind), rows, width, t->data};
    if (!m->packing)
        return tensor_error(b, name, "has a type without kernels");
    b->bindings[b->count++] = (struct binding){t, m, b->packed_bytes};
    size_t bytes = packing_bytes(m->packing, rows, width);
    b->packed_bytes += (bytes + PACKED_ALIGN - 1) / PACKED_ALIGN * PACKED_ALIGN;
    return 0;
}

static int bind(struct binder *b, const struct place *p, const char *name, void *object)
{
    size_t rows = extent_of(&b->model->shape, p->rows), width = extent_of(&b->model->shape, p->width);
    void *field = (unsigned char *)object + p->offset;
    return p->form == VECTOR ? bind_vector(b, name, width, field) : bind_matrix(b, name, rows, width, field);
}

static bool has_place(const struct binder *b, const struct place *p)
{
    return p->traits == EVERY || p->traits & b->model->architecture->traits;
}

static int bind_layers(struct binder *b)
{
    char name[GGUF_NAME_BYTES_MAX + 1];
    for (uint32_t l = 0; l < b->model->shape.layers; l++) {
        b->network->layers[l].window = architecture_window(b->model->architecture, &b->model->shape, l);
        for (size_t i = 0; i < COUNT_OF(layer_places); i++) {
            snprintf(name, sizeof name, "blk.%u.%s", l, layer_places[i].name);
            if (has_place(b, &layer_places[i]) && bind(b, &layer_places[i], name, &b->network->layers[l]))
                return -1;
        }
    }
    return 0;
}

/* Frequencies base^(-2i/n), divided by the divisors if there are any. */
static int make_frequencies(struct binder *b, float base, const float *divisors, double **ret)
{
    const struct shape *s = &b->model->shape;
    size_t pairs = extent_of(s, ROPE_PAIRS_COUNT);
    double *f = *ret = arena_array(b->model->arena, pairs, sizeof *f, b->err);
    for (size_t i = 0; f && i < pairs; i++) {
        f[i] = real_pow((double)base, -2.0 * (double)i / (double)s->rope_dim);
        if (divisors && !(divisors[i] >= 1e-3f && divisors[i] <= 1e6f))
            return tensor_error(b, "rope_freqs.weight", "holds a divisor out of range");
        if (divisors)
            f[i] /= (double)divisors[i];
    }
    return f ? 0 : -1;
}

static int make_rope(struct binder *b)
{
    const struct shape *s = &b->model->shape;
    const float *divisors = NULL; /* of Llama 3.x */
    if (b->model->architecture->traits & ENCODER)
        return 0;
    if (gguf_tensor(b->model->gguf, "rope_freqs.weight") &&
        bind_vector(b, "rope_freqs.weight", extent_of(s, ROPE_PAIRS_COUNT), &divisors))
        return -1;
    if (make_frequencies(b, s->rope_base, divisors, &b->network->rope_frequencies[0]))
        return -1;
    return s->window ? make_frequencies(b, s->window_rope_base, NULL, &b->network->rope_frequencies[1]) : 0;
}

static int bind_all(struct binder *b)
{
    struct network *n = b->network;
    for (size_t i = 0; i < COUNT_OF(network_places); i++)
        if (has_place(b, &network_places[i]) && bind(b, &network_places[i], network_places[i].name, n))
            return -1;
    if (bind_layers(b) || make_rope(b))
        return -1;
    if (has_place(b, &output_place) && gguf_tensor(b->model->gguf, output_place.name) && bind(b, &output_place, output_place.name, n))
        return -1;
    for (size_t i = 0; i < gguf_tensor_count(b->model->gguf); i++)
        if (!b->is_used[i]) {
            struct slice name = gguf_tensor_at(b->model->gguf, i)->name;
            error_set(b->err, FAULT_MODEL, "tensor %.*s has no place in the %s architecture", (int)name.bytes,
                      name.data, b->model->architecture->name);
            return error_at(b->err, gguf_path(b->model->gguf), 0, 0);
        }
    return 0;
}

/* ---- packing ---- */

struct pack_job {
    const struct gguf_tensor *tensor;
    const struct matrix *matrix;
    unsigned char *to; /* NULL: used in place */
    atomic_bool has_bad;
};

/* Checks and packs ROWS_A_TASK rows. */
static void pack_rows(void *context, size_t index)
{
    struct pack_job *j = context;
    const struct gguf_tensor *t = j->tensor;
    size_t first = index * ROWS_A_TASK, count = MIN((size_t)ROWS_A_TASK, j->matrix->rows - first);
    if (!t->type->finite(t->data + first * t->row_bytes, count * j->matrix->width))
        atomic_store(&j->has_bad, true);
    size_t panel_bytes = packing_bytes(j->matrix->packing, 1, j->matrix->width);
    for (size_t r = first; j->to && r < first + count; r += PANEL)
        j->matrix->packing->pack(t->data + r * t->row_bytes, t->row_bytes, MIN((size_t)PANEL, first + count - r),
                                 j->matrix->width, j->to + r / PANEL * panel_bytes);
}

static int pack_all(struct binder *b, struct pool *pool)
{
    for (size_t i = 0; i < b->count; i++) {
        struct binding *at = &b->bindings[i];
        bool in_place = at->matrix->packing->block_bytes == 0;
        struct pack_job job = {.tensor = at->tensor, .matrix = at->matrix,
                               .to = in_place ? NULL : b->network->packed + at->packed_at};
        pool_run(pool, (at->matrix->rows + ROWS_A_TASK - 1) / ROWS_A_TASK, pack_rows, &job);
        if (atomic_load(&job.has_bad)) {
            error_set(b->err, FAULT_MODEL, "tensor %.*s: holds a number or scale that is not finite",
                      (int)at->tensor->name.bytes, at->tensor->name.data);
            return error_at(b->err, gguf_path(b->model->gguf), 0, 0);
        }
        if (in_place)
            continue;
        at->matrix->weights = job.to;
        gguf_release(b->model->gguf, at->tensor); /* a model is never held twice */
    }
    return 0;
}

static int map_packed(struct network *n, size_t bytes, struct error *err)
{
    if (bytes == 0)
        return 0;
    bytes = (bytes + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
    void *packed = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (packed == MAP_FAILED)
        return error_memory(err);
    madvise(packed, bytes, MADV_HUGEPAGE); /* fewer page faults while packing; a refusal does no harm */
    n->packed = packed;
    n->packed_bytes = bytes;
    return 0;
}

static int build(struct binder *b, struct pool *pool)
{
    struct network *n = b->network;
    if (bind_all(b) || map_packed(n, b->packed_bytes, b->err) || pack_all(b, pool))
        return -1;
    if (n->packed)
        mprotect(n->packed, n->packed_bytes, PROT_READ);
    if (!n->output.weights)
        n->output = n->embedding;
    return 0;
}

int network_new(struct network **ret, struct model *model, struct pool *pool, struct error *err)
{
    AUTO(network) *n = calloc(1, sizeof *n);
    size_t tensors = gguf_tensor_count(model->gguf);
    struct binder b = {.model = model, .network = n, .err = err};
    b.bindings = calloc(tensors + 1, sizeof *b.bindings);
    b.is_used = calloc(tensors + 1, sizeof *b.is_used);
    int failed = -1;
    if (n && b.bindings && b.is_used && (n->layers = calloc(model->shape.layers, sizeof *n->layers)))
        failed = build(&b, pool);
    else
        error_memory(err);
    free(b.bindings);
    free(b.is_used);
    if (failed)
        return -1;
    *ret = TAKE(n);
    return 0;
}

void network_drop(struct network **network)
{
    struct network *n = *network;
    if (!n)
        return;
    if (n->packed)
        munmap(n->packed, n->packed_bytes);
    free(n->layers);
    free(n);
    *network = NULL;
}
