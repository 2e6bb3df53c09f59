/* make_tiny_model.c - writes a tiny random chat model: make_tiny_model OUT.gguf [SEED] */
#include "tests/support/tiny_model.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fputs("usage: make_tiny_model OUT.gguf [SEED]\n", stderr);
        return 2;
    }
    struct tiny_model model = tiny_model_default();
    if (argc == 3)
        model.seed = strtoull(argv[2], NULL, 0);
    tiny_model_write(&model, argv[1]);
    return 0;
}
