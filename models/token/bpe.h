/* bpe.h - byte-pair merges within one piece of text (Sennrich et al. 2016; bytes as in GPT-2).
 *
 * The neighbours whose merge has the lowest rank are merged first, the leftmost of equals, until no pair has a merge.
 * Short pieces by scanning, long ones with a heap, so that one word of a megabyte costs n log n. */
#ifndef ALCOVE_MODELS_TOKEN_BPE_H
#define ALCOVE_MODELS_TOKEN_BPE_H

#include "models/token/list.h"
#include "models/token/vocabulary.h"

/* Appends the ids of `piece` (valid UTF-8). A character of which the vocabulary lacks a byte is read as U+FFFD, so
 * that nothing vanishes; -1 with FAULT_DOCUMENT where it lacks that too. */
CHECKED int bpe_encode(const struct vocabulary *vocabulary, struct slice piece, struct token_list *to,
                       struct error *err);

#endif
