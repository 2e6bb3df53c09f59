/* fuzz_gguf.c - any bytes give a reader whose tensors lie inside the file and apart, or a refusal. */
#include "tests/fuzz/fuzz.h"

#include "models/format/gguf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct error err;
    AUTO(gguf) *file = NULL;
    void *aligned = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64); /* gguf_read wants 64 */
    if (!aligned)
        return 0;
    memcpy(aligned, data, bytes);
    struct slice all = {aligned, bytes};
    if (gguf_read(&file, all, "fuzz.gguf", &err)) {
        property_refused(err, FAULT_MODEL);
        free(aligned);
        return 0;
    }
    for (size_t i = 0; i < gguf_tensor_count(file); i++) {
        const struct gguf_tensor *t = gguf_tensor_at(file, i);
        const char *start = (const char *)t->data;
        property(start >= all.data && t->bytes <= (size_t)(all.data + bytes - start));
        property(t->rows * t->row_bytes == t->bytes);
        for (size_t k = 0; k < i; k++) {
            const struct gguf_tensor *u = gguf_tensor_at(file, k);
            property(t->data >= u->data + u->bytes || u->data >= t->data + t->bytes || !t->bytes || !u->bytes);
            property(!slice_equal(t->name, u->name));
        }
    }
    struct slice *texts = NULL;
    size_t count = 0;
    if (gguf_texts(file, "tokenizer.ggml.tokens", &texts, &count, &err) == 0)
        for (size_t i = 0; i < count; i++)
            property(texts[i].bytes <= bytes);
    free(texts);
    gguf_drop(&file);
    free(aligned);
    return 0;
}
