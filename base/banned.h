/* banned.h - forced into every translation unit (-include): after the system headers, the calls whose
 * misuse has cost others dearly no longer compile. */
#ifndef ALCOVE_BASE_BANNED_H
#define ALCOVE_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets gmtime localtime ctime asctime atoi atol atof
#pragma GCC poison tmpnam mktemp tempnam getpwuid getpwnam getaddrinfo gethostbyname

#endif
