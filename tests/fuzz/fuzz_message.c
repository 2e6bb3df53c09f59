/* fuzz_message.c - any bytes on a channel give a message whose fields lie inside it, an end, or a refusal. */
#include "tests/fuzz/fuzz.h"

#include "base/message.h"

#define FED_BYTES_MAX 65536u /* fits the socket's buffer, so one thread can play both ends */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct error err;
    int ends[2];
    bytes = MIN(bytes, (size_t)FED_BYTES_MAX);
    if (message_channel(ends, &err))
        return 0;
    property(write(ends[0], data, bytes) == (ssize_t)bytes);
    close(ends[0]);
    for (;;) {
        AUTO(message) *m = NULL;
        int got = message_receive(ends[1], &m, 1 << 16, NULL, NULL, &err);
        if (got < 0)
            property_refused(err, FAULT_DOCUMENT);
        if (got)
            break;
        for (int i = 0; i < 4; i++) {
            message_get_u64(m);
            struct slice s = message_get_bytes(m);
            for (size_t k = 0; k < s.bytes; k++)
                property(s.data[k] == s.data[k]); /* touched, for the sanitizer */
            message_get_f64(m);
        }
        if (message_end(m, &err))
            property_refused(err, FAULT_DOCUMENT);
    }
    close(ends[1]);
    return 0;
}
