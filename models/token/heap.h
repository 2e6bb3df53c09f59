/* heap.h - a binary heap of numbers, the smallest on top: (rank << 32 | place) of the merges that are due. The caller
 * gives the room and counts. */
#ifndef ALCOVE_MODELS_TOKEN_HEAP_H
#define ALCOVE_MODELS_TOKEN_HEAP_H

#include <stddef.h>
#include <stdint.h>

static inline void heap_push(uint64_t *heap, size_t *count, uint64_t entry)
{
    size_t at = (*count)++;
    while (at > 0 && heap[(at - 1) / 2] > entry) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = entry;
}

/* Of a heap that is not empty. */
static inline uint64_t heap_pop(uint64_t *heap, size_t *count)
{
    uint64_t top = heap[0], last = heap[--*count];
    size_t at = 0, child;
    while ((child = 2 * at + 1) < *count) {
        child += child + 1 < *count && heap[child + 1] < heap[child];
        if (heap[child] >= last)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return top;
}

#endif
