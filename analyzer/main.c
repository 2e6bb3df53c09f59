/* main.c - the program: all of it is in the library. */
#include "analyzer/alcove.h"

int main(int argc, char **argv)
{
    return alcove_main(argc, argv);
}
