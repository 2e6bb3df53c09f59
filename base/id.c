/* id.c - see id.h. */
#include "base/id.h"

#include "base/clock.h"
#include "base/hash.h"

#include <openssl/rand.h>

int id_new(char ret[ID_BYTES], struct error *err)
{
    unsigned char b[16];
    if (RAND_bytes(b, sizeof b) != 1)
        return error_set(err, FAULT_TEMPORARY, "the random generator failed");
    uint64_t ms = (uint64_t)(clock_utc_ns() / 1000000);
    for (int i = 0; i < 6; i++)
        b[i] = (unsigned char)(ms >> (40 - 8 * i));
    b[6] = (unsigned char)(0x70 | (b[6] & 0x0f));
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
    hex_write((struct slice){(const char *)b, sizeof b}, ret);
    return 0;
}
