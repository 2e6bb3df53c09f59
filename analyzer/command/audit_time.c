/* audit_time.c - see audit_time.h. */
#include "analyzer/command/audit_time.h"

static int check_time(const char *option, const char *text, struct error *err)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddddddddZ";
    size_t bytes = text ? strlen(text) : 4, i = 0;
    while (text && i < bytes && i < sizeof form - 1 &&
           (form[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == form[i]))
        i++;
    if (!text || (i == bytes && bytes >= 4))
        return 0;
    error_set(err, FAULT_USAGE, "--%s wants a time in UTC", option);
    return error_hint(err, "for instance 2026-11-24 or 2026-11-24T10:30");
}

int audit_time_read(const struct arguments *arguments, const char **ret_from, const char **ret_to,
                    struct error *err)
{
    const char *from = argument_text(arguments, "from", NULL), *to = argument_text(arguments, "to", NULL);
    if (check_time("from", from, err) || check_time("to", to, err))
        return -1;
    if (from && to && strncmp(from, to, strlen(to)) > 0)
        return error_set(err, FAULT_USAGE, "--from is after --to");
    *ret_from = from;
    *ret_to = to;
    return 0;
}
