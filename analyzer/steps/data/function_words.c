/* function_words.c - words that a written sentence may use without its source having them: they join, they do not tell.
 * What tells something (no, if, every, takes, due, until) is not among them and must come from the source. Sorted. */
#include "analyzer/steps/data/lists.h"

const char function_words[] =
    "a\nan\nand\nare\nas\nat\nbe\nbeen\nby\nfor\nfrom\nhad\nhas\nhave\nhe\nher\nhers\nherself\nhim\n"
    "himself\nhis\nin\nis\nit\nits\nof\non\nor\npatient\nshe\nthat\nthe\ntheir\nthem\nthere\nthese\n"
    "they\nthis\nto\nwas\nwere\nwhich\nwho\nwith\n";
