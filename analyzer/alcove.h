/* alcove.h - the public interface of libalcove: redaction in your own process, and the whole command line.
 *
 *   alcove_error *error = alcove_error_new();
 *   alcove_redactor *redactor = alcove_redactor_new(NULL, NULL, error);
 *   char *text = NULL, *spans = NULL;
 *   if (redactor && alcove_redact(redactor, input, bytes, &text, &spans, error) == 0)
 *       use(text, spans);
 *   else
 *       fprintf(stderr, "%s\n", alcove_error_message(error));
 *   alcove_free(text);
 *   alcove_free(spans);
 *   alcove_redactor_free(redactor);
 *   alcove_error_free(error);
 *
 * Types are opaque; texts are UTF-8; what comes out through a pointer is yours until alcove_free. No function exits,
 * aborts or prints (but alcove_main, which is the program). A redactor belongs to one thread at a time; different ones
 * may be used at once.
 *
 * In your process there is no cage: the library opens no socket and no file after alcove_redactor_new, but cannot stop
 * the rest of your program. Where the kernel shall enforce it, run the program: it forks and cages its own. */
#ifndef ALCOVE_H
#define ALCOVE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0"; static. */
const char *alcove_version(void);

/* ---- errors ---- */
typedef struct alcove_error alcove_error;

alcove_error *alcove_error_new(void); /* NULL without memory */
void alcove_error_free(alcove_error *error); /* takes NULL */

/* Of the last call that failed with this object; borrowed, valid until the next call with it. Never text of a document. */
const char *alcove_error_message(const alcove_error *error);
const char *alcove_error_hint(const alcove_error *error);    /* what to do about it; may be "" */
const char *alcove_error_file(const alcove_error *error);    /* may be "" */
unsigned alcove_error_line(const alcove_error *error);       /* from 1; 0 = not known */
int alcove_error_exit_status(const alcove_error *error);     /* what the program would exit with: see README.md */

/* ---- redaction ---- */
typedef struct alcove_redactor alcove_redactor;

/* Compiles rules.
 *   rules    comma-separated pack names or paths; NULL = all shipped packs
 *   profile  NULL = "hipaa-safe-harbor"
 * Surrogates and keyed hashes are made with a random key that lives as long as the redactor. NULL and the error. */
alcove_redactor *alcove_redactor_new(const char *rules, const char *profile, alcove_error *error);
void alcove_redactor_free(alcove_redactor *redactor); /* takes NULL */

/* Redacts `bytes` bytes of UTF-8 at `text` (no NUL among them).
 *   ret_text   the redacted text, NUL at the end
 *   ret_spans  NULL, or where a JSON array goes: [{"start","end","label","rule","score","operator"}], offsets in bytes
 *              of the input
 * 0; -1 and the error when the text is not UTF-8, a limit was hit or the result still holds a found value: then nothing
 * is returned. */
int alcove_redact(alcove_redactor *redactor, const char *text, size_t bytes, char **ret_text, char **ret_spans,
                  alcove_error *error);

void alcove_free(void *memory); /* takes NULL */

/* ---- the program ---- */

/* Runs one command line (argv[0] is the program's name) and returns its exit status. Prints, forks and closes its
 * sandbox for good: for a process of its own. */
int alcove_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
