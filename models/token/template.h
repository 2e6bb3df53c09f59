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
#define CHAT_STEPS_MAX 2u

/* Control tokens, each with the plain text behind it. */
struct chat_steps {
    size_t count;
    struct {
        token control;
        const char *text;
    } each[CHAT_STEPS_MAX];
};

/* A turn is  open, TEXT, close;  the one that is left to the model is  open, answer. */
struct chat {
    const char *name;
    struct chat_steps open[3]; /* by enum role */
    struct chat_steps close, answer;
    bool trims_start, trims_end; /* white space around TEXT is dropped */
    bool folds_system;           /* no turn of ROLE_SYSTEM: its text and a blank line go before that of the next */
    const char *system_head;     /* before the text of ROLE_SYSTEM; "" = nothing */
    bool has_system;             /* a turn of ROLE_SYSTEM goes first even when none is given: */
    char system[CHAT_SYSTEM_BYTES_MAX];
    size_t system_bytes;
};

/* The template of the model's file, or (name is not NULL) that of the table: FAULT_USAGE if there is none. -1 with
 * FAULT_MODEL: no template, an unknown one, or its control tokens are not in the vocabulary. */
CHECKED int chat_recognise(const struct tokenizer *tokenizer, const char *name, struct chat *ret, struct error *err);

#endif
