/* template.h - chat templates, recognised by their markers and rendered in C.
 *
 * tokenizer.chat_template is a program in Jinja; running programs out of model files has been the way into other
 * engines (CVE-2024-34359), so it is never run. A row of the table in template.c says by which texts a template is
 * known, by which it is told from its relatives, and how a turn is written. A template that no row knows is
 * FAULT_MODEL: a guess would answer worse without a word. */
#ifndef ALCOVE_MODELS_TOKEN_TEMPLATE_H
#define ALCOVE_MODELS_TOKEN_TEMPLATE_H

#include "models/token/tokenizer.h"

#define CHAT_SYSTEM_BYTES_MAX 2048u

/* A turn is  open, role text, TEXT, close, close text : two control tokens and plain text around it. */
struct chat {
    const char *name;
    token open, close;
    const char *roles[3]; /* by enum role: the text between `open` and the turn's own */
    const char *close_text;
    char system[CHAT_SYSTEM_BYTES_MAX]; /* the turn of ROLE_SYSTEM that goes first when none is given */
    size_t system_bytes;                /* 0 = none */
};

/* -1 with FAULT_MODEL: no template, an unknown one, or its control tokens are not in the vocabulary. */
CHECKED int chat_recognise(const struct tokenizer *tokenizer, struct chat *ret, struct error *err);

#endif
