/* fuzz_bundle.c - any bytes as a bundle: refused with a reason, or accepted with all that a verdict states.
 */
#include "tests/fuzz/fuzz.h"

#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct bundle_verdict verdict;
    struct error err;
    FILE *file = bytes ? fmemopen((void *)data, bytes, "r") : fopen("/dev/null", "re");
    if (!file)
        return 0;
    int failed = bundle_verify(file, &(struct bundle_wish){0}, &verdict, &err);
    fclose(file);
    if (failed) {
        property_refused(err, FAULT_AUDIT);
        property(!verdict.record && !verdict.run);
        return 0;
    }
    property(verdict.kind && verdict.verifier_key[0] && !verdict.is_pinned && !verdict.is_anchored);
    property(verdict.records && verdict.first < verdict.size);
    bundle_verdict_clear(&verdict);
    return 0;
}
