/* unicode.c - see unicode.h. */
#include "models/token/unicode.h"

/* clang-format off */
#define O UNICODE_OTHER
#define L UNICODE_LETTER
#define N UNICODE_NUMBER
#define S UNICODE_SPACE
const unsigned char unicode_ascii[128] = {
    O,O,O,O,O,O,O,O,O,S,S,S,S,S,O,O, O,O,O,O,O,O,O,O,O,O,O,O,O,O,O,O, /* S: TAB to CR */
    S,O,O,O,O,O,O,O,O,O,O,O,O,O,O,O, N,N,N,N,N,N,N,N,N,N,O,O,O,O,O,O,
    O,L,L,L,L,L,L,L,L,L,L,L,L,L,L,L, L,L,L,L,L,L,L,L,L,L,L,O,O,O,O,O,
    O,L,L,L,L,L,L,L,L,L,L,L,L,L,L,L, L,L,L,L,L,L,L,L,L,L,L,O,O,O,O,O,
};
/* clang-format on */

enum unicode_class unicode_search(uint32_t code)
{
    size_t low = 0, high = unicode_changes_count; /* the last change at or before `code` is in [low, high) */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (unicode_changes[middle] >> 2 <= code)
            low = middle;
        else
            high = middle;
    }
    return (enum unicode_class)(unicode_changes[low] & 3);
}
