/* yaml_complaint.h - inside base: libyaml's complaints in words that name the cure. */
#ifndef ALCOVE_BASE_YAML_COMPLAINT_H
#define ALCOVE_BASE_YAML_COMPLAINT_H

#include "base/error.h"
#include "base/slice.h"

#include <yaml.h>

/* The last quoted scalar that went over several lines: where an unclosed quote is usually found out. */
struct yaml_quote {
    yaml_mark_t start, end;
    bool is_multiline;
};

/* Turns the parser's failure into an error of ours with its place. Returns -1. */
int yaml_complain(const yaml_parser_t *parser, struct slice bytes, const char *name,
                  const struct yaml_quote *quote, enum fault fault, struct error *err);

/* Line and column (from 1, in characters) of a byte offset. */
void yaml_place(struct slice bytes, size_t at, unsigned *ret_line, unsigned *ret_column);

#endif
