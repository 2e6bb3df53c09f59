/* function_words.c - words that a written sentence may use without its source having them: they join, they do not tell.
 * What tells something that a check looks for (may, if, left, started, stopped, never) is not among them; "no" and
 * "not" are, and the check of negations follows them. Sorted. */
#include "analyzer/steps/data/lists.h"

const char function_words[] =
    "a\nabout\nadvise\nadvised\nafter\nagain\nall\nalso\nalthough\nan\nand\nany\nare\nas\nat\nbe\n"
    "because\nbeen\nbefore\nbeing\nbetween\nboth\nbut\nby\nclient\ncomplain\ncomplains\ndescribe\n"
    "described\ndescribes\ndid\ndo\ndoes\ndue\nduring\neach\nevery\nfind\nfinds\nfor\nfound\nfrom\n"
    "further\nget\ngets\ngive\ngiven\ngives\ngot\nhad\nhas\nhave\nhe\nher\nhers\nherself\nhim\nhimself\n"
    "his\nhow\nhowever\nin\ninclude\nincludes\nincluding\ninto\nis\nit\nits\nitself\nman\nneither\nno\n"
    "none\nnor\nnot\nnote\nnoted\nnotes\nnow\nof\noff\noften\non\nonce\nonto\nor\nother\nour\nout\nover\n"
    "own\npatient\npatients\nperson\nplan\nplanned\nplans\nplease\npresent\npresented\npresents\n"
    "recommend\nrecommended\nreport\nreported\nreports\nsee\nseen\nsees\nshe\nshow\nshowed\nshown\n"
    "shows\nsince\nso\nsome\nstate\nstated\nstates\nsuch\ntake\ntakes\ntaking\nthan\nthat\nthe\ntheir\n"
    "them\nthen\nthere\nthese\nthey\nthis\nthose\nthrough\nto\ntoo\ntook\nunder\nuntil\nup\nupon\nuse\n"
    "used\nuses\nusing\nvery\nwas\nwe\nwere\nwhat\nwhen\nwhere\nwhich\nwhile\nwho\nwhose\nwhy\nwith\n"
    "within\nwithout\nwoman\nyet\n";
