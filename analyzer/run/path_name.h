/* path_name.h - a path as the name of a document: UTF-8, whatever the bytes of the path.
 *
 *   path                      name
 *   letters/a.txt             letters/a.txt      as it is, control bytes and backslashes too
 *   a<FF>.txt                 a\xFF.txt          a byte that is not UTF-8
 *   a\xFF.txt                 a\x5CxFF.txt       a backslash that would read as such an escape
 *
 * Two paths never have the same name: each \xHH of a name stands for one byte of the path. */
#ifndef ALCOVE_ANALYZER_RUN_PATH_NAME_H
#define ALCOVE_ANALYZER_RUN_PATH_NAME_H

/* A new string that the caller frees; NULL when memory is short. */
char *path_name(const char *path);

#endif
