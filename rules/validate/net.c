/* net.c - addresses of machines. */
#include "rules/validate/digits.h"

#include <arpa/inet.h>

/* RFC 791 in dotted decimal, RFC 4291 section 2.2; inet_pton(3) reads text only. */
static bool is_address(int family, struct slice text)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char bytes[sizeof(struct in6_addr)];
    if (text.bytes == 0 || text.bytes >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.bytes);
    copy[text.bytes] = 0;
    return inet_pton(family, copy, bytes) == 1;
}

bool is_ipv4(struct slice text)
{
    return is_address(AF_INET, text);
}

bool is_ipv6(struct slice text)
{
    return is_address(AF_INET6, text);
}

/* IEEE 802: six or eight octets; all zeros or all ones is nobody's. */
bool is_mac(struct slice text)
{
    struct characters c = characters_of(text);
    if (c.count != 12 && c.count != 16)
        return false;
    bool has_other = false;
    for (size_t i = 0; i < c.count; i++) {
        if (c.c[i] > 'F')
            return false;
        has_other |= c.c[i] != c.c[0];
    }
    return has_other || (c.c[0] != '0' && c.c[0] != 'F');
}
