/* alcove.c - the public interface; see alcove.h. */
#include "analyzer/alcove.h"

#include "analyzer/command/command.h"
#include "base/contract.h"

PUBLIC const char *alcove_version(void)
{
    return ALCOVE_VERSION;
}

PUBLIC int alcove_main(int argc, char **argv)
{
    return command_main(argc, argv);
}
