/* alcove.h - the public interface of libalcove. */
#ifndef ALCOVE_H
#define ALCOVE_H

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0"; static. */
const char *alcove_version(void);

/* Runs one command line (argv[0] is the program's name) and returns its exit status. */
int alcove_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
