/* secret.c - see secret.h. */
#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define SECURE_HEAP_BYTES (64u << 10)

int process_harden(struct error *err)
{
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return error_errno(err, FAULT_PRIVACY, "core dumps cannot be switched off", NULL);
    if (!CRYPTO_secure_malloc_initialized() && CRYPTO_secure_malloc_init(SECURE_HEAP_BYTES, 16) == 0)
        return error_set(err, FAULT_PRIVACY, "the secure heap cannot be set up");
    return 0;
}

bool secret_is_locked(void)
{
    /* CRYPTO_secure_malloc_init gives 2 when mlock failed; ask the kernel rather than remember. */
    struct rlimit lock;
    return getrlimit(RLIMIT_MEMLOCK, &lock) == 0 &&
           (lock.rlim_cur == RLIM_INFINITY || lock.rlim_cur >= SECURE_HEAP_BYTES);
}

int secret_new(struct secret **ret, size_t bytes, struct error *err)
{
    struct secret *s = malloc(sizeof *s);
    unsigned char *data = OPENSSL_secure_zalloc(bytes ? bytes : 1);
    if (!s || !data) {
        free(s);
        OPENSSL_secure_free(data);
        return error_memory(err);
    }
    *s = (struct secret){data, bytes};
    *ret = s;
    return 0;
}

int secret_random(struct secret **ret, size_t bytes, struct error *err)
{
    AUTO(secret) *s = NULL;
    if (secret_new(&s, bytes, err))
        return -1;
    if (RAND_priv_bytes(s->data, (int)bytes) != 1)
        return error_set(err, FAULT_TEMPORARY, "the random generator failed");
    *ret = TAKE(s);
    return 0;
}

void secret_drop(struct secret **secret)
{
    if (!*secret)
        return;
    OPENSSL_secure_clear_free((*secret)->data, (*secret)->bytes ? (*secret)->bytes : 1);
    free(*secret);
    *secret = NULL;
}
