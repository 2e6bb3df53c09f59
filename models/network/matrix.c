/* matrix.c - products of one input with several matrices, split over the pool by outputs only. */
#include "models/network/network.h"

#define TASKS_A_THREAD 4u /* small enough to even out a disturbed core, large enough to stream */

struct products_job {
    const struct kernels *kernels;
    const struct matrix *const *m;
    float *const *y;
    size_t count, panels, tasks; /* panels of 16 outputs, of all matrices together */
    const struct input *in;
};

static size_t panels_of(const struct matrix *m)
{
    return (m->rows + PANEL - 1) / PANEL;
}

/* The part of all panels that falls to a task, cut at the borders of the matrices. */
static void run_task(void *context, size_t task)
{
    const struct products_job *j = context;
    size_t from = j->panels * task / j->tasks, to = j->panels * (task + 1) / j->tasks, start = 0;
    for (size_t i = 0; i < j->count; i++) {
        const struct matrix *m = j->m[i];
        size_t end = start + panels_of(m), first = MAX(from, start), last = MIN(to, end);
        if (first < last) {
            size_t row = (first - start) * PANEL, rows = MIN((last - start) * PANEL, m->rows) - row;
            j->kernels->products[m->packing->kind](m->weights, row, rows, j->in, j->y[i], m->rows);
        }
        start = end;
    }
}

void matrix_products(const struct kernels *kernels, struct pool *pool, const struct matrix *const *m, float *const *y,
                     size_t count, const struct input *in)
{
    struct products_job job = {kernels, m, y, count, 0, 0, in};
    for (size_t i = 0; i < count; i++)
        job.panels += panels_of(m[i]);
    unsigned threads = pool_threads(pool);
    job.tasks = threads == 1 ? 1 : MIN(job.panels, (size_t)threads * TASKS_A_THREAD);
    pool_run(pool, job.tasks, run_task, &job);
}
