/* fuzz_pipeline.c - any bytes give a pipeline whose digest is stable, or a refusal with a place. */
#include "tests/fuzz/fuzz.h"

#include "pipelines/pipeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct error err;
    struct slice text = {(const char *)data, bytes};
    AUTO(pipeline) *once = NULL, *again = NULL;
    if (pipeline_read(&once, text, "fuzz.yaml", NULL, 0, &err)) {
        property_refused(err, FAULT_PIPELINE);
        return 0;
    }
    property(pipeline_read(&again, text, "fuzz.yaml", NULL, 0, &err) == 0);
    property(hash_equal(&once->digest, &again->digest));
    property(once->step_count <= 32 && once->name && once->purpose);
    return 0;
}
