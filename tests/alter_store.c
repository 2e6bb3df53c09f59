/* alter_store.c - does to a store what only the holder of its key can: alter_store STORE KEY SQL */
#include "store/state.h"

int main(int argc, char **argv)
{
    AUTO(store) *store = NULL;
    struct error err;
    if (argc != 4) {
        fputs("usage: alter_store STORE KEY SQL\n", stderr);
        return 2;
    }
    struct store_options options = {.path = argv[1], .key = {.key_file = argv[2]}, .mode = STORE_WRITE};
    if (store_open(&store, &options, NULL, &err)) {
        error_print(&err, stderr, false);
        return 1;
    }
    char *message = NULL;
    if (sqlite3_exec(store->db, argv[3], NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "%s\n", message);
        sqlite3_free(message);
        return 1;
    }
    return sqlite3_changes(store->db) == 1 ? 0 : 1;
}
