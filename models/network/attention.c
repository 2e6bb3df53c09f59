/* attention.c - see attention.h. Work is cut into items of up to 8 rows of one key head; threads take them in turn. */
#include "models/network/attention.h"

#include <float.h>
#include <stdatomic.h>

struct attention_job {
    const struct attention *a;
    uint32_t layer, start;
    size_t tokens, rows_an_item, items_a_head, items;
    const float *q;
    float *y;
    atomic_size_t next;
};

static size_t stride_of(uint32_t capacity)
{
    return (capacity + PANEL - 1) / PANEL * PANEL;
}

size_t attention_scratch_floats(const struct shape *s, uint32_t capacity)
{
    return SCORE_ROWS_MAX * (stride_of(capacity) + 2 * s->head_size);
}

/* Row r of a key head: rows of one token lie together, as its query heads do. */
static size_t place_of(const struct shape *s, uint32_t kv_head, size_t row)
{
    size_t group = s->heads / s->kv_heads, token_at = row / group;
    return (token_at * s->heads + kv_head * group + row % group) * s->head_size;
}

/* The keys that a position sees: from the start of the block of 16 that holds the first, which are then masked. */
struct range {
    size_t first, masked_to, end;
};

static struct range range_of(const struct attention_job *j, size_t position)
{
    size_t end = j->a->sees_all ? j->start + j->tokens : position + 1, seen = j->a->window && j->a->window < end ? j->a->window : end;
    return (struct range){(end - seen) / PANEL * PANEL, end - seen, end};
}

static void run_rows(const struct attention_job *j, uint32_t kv_head, size_t first, size_t rows, float *scratch)
{
    const struct shape *s = &j->a->model->shape;
    const struct kernels *k = j->a->model->kernels;
    size_t size = s->head_size, group = s->heads / s->kv_heads, stride = stride_of(j->a->capacity);
    float *scores = scratch, *q = scores + SCORE_ROWS_MAX * stride, *y = q + SCORE_ROWS_MAX * size;
    float sums[SCORE_ROWS_MAX];
    for (size_t r = 0; r < rows; r++)
        memcpy(q + r * size, j->q + place_of(s, kv_head, first + r), size * sizeof *q);
    /* Of all rows together: from the first key of the first to the last of the last. */
    size_t from = range_of(j, j->start + first / group).first;
    size_t most = range_of(j, j->start + (first + rows - 1) / group).end - from;
    size_t padded = (most + PANEL - 1) / PANEL * PANEL;
    k->scores(q, rows, size, kv_cache_keys(j->a->cache, j->layer, kv_head) + from * size, padded / PANEL, scores,
              stride);
    for (size_t r = 0; r < rows; r++) {
        struct range range = range_of(j, j->start + (first + r) / group);
        float *row = scores + r * stride;
        size_t before = range.first - from, count = range.end - range.first;
        size_t written = before + (count + PANEL - 1) / PANEL * PANEL;
        for (size_t i = range.first; i < range.masked_to; i++)
            row[i - from] = -FLT_MAX;
        sums[r] = k->softmax(row + before, count);
        memset(row, 0, before * sizeof *row); /* earlier and later keys: no weight */
        memset(row + written, 0, (padded - written) * sizeof *row);
    }
    k->mix(scores, stride, rows, kv_cache_values(j->a->cache, j->layer, kv_head) + from * size, most, size, sums, y);
    for (size_t r = 0; r < rows; r++)
        memcpy(j->y + place_of(s, kv_head, first + r), y + r * size, size * sizeof *y);
}

/* One thread's share; `lane` is its scratch. */
static void run_lane(void *context, size_t lane)
{
    struct attention_job *j = context;
    const struct shape *s = &j->a->model->shape;
    float *scratch = j->a->scratch + lane * attention_scratch_floats(s, j->a->capacity);
    size_t rows_a_head = j->tokens * (s->heads / s->kv_heads);
    for (size_t item; (item = atomic_fetch_add(&j->next, 1)) < j->items;) {
        /* Late tokens have most keys: they come first, so that the threads end together. */
        size_t turned = j->items - 1 - item, first = turned / s->kv_heads * j->rows_an_item;
        run_rows(j, (uint32_t)(turned % s->kv_heads), first, MIN(j->rows_an_item, rows_a_head - first), scratch);
    }
}

void attention_run(const struct attention *a, uint32_t layer, uint32_t start, size_t tokens, const float *q, float *y)
{
    const struct shape *s = &a->model->shape;
    size_t rows_a_head = tokens * (s->heads / s->kv_heads), threads = pool_threads(a->pool);
    struct attention_job job = {.a = a, .layer = layer, .start = start, .tokens = tokens, .q = q, .y = y};
    job.rows_an_item = SCORE_ROWS_MAX;
    /* A single token has few rows: smaller items keep every thread busy. */
    while (job.rows_an_item > 1 &&
           s->kv_heads * ((rows_a_head + job.rows_an_item - 1) / job.rows_an_item) < 2 * threads)
        job.rows_an_item /= 2;
    job.items_a_head = (rows_a_head + job.rows_an_item - 1) / job.rows_an_item;
    job.items = job.items_a_head * s->kv_heads;
    pool_run(a->pool, MIN(threads, job.items), run_lane, &job);
}
