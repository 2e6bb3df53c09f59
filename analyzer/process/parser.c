/* parser.c - the child that turns bytes into text: no files but the one it is handed, no network, bounded
 * memory. */
#include "analyzer/ingest/ingest.h"
#include "analyzer/ingest/ndjson.h"
#include "analyzer/process/crew.h"
#include "analyzer/process/requests.h"
#include "base/file.h"
#include "base/sandbox.h"
#include "base/utf8.h"

/* A document's bytes, by the format that fits, if the pipeline takes it. */
static int parse_bytes(const struct pipeline *pipeline, struct buffer **bytes, struct slice name,
                       struct ingested *ret, struct error *err)
{
    const struct format *format = format_of(name, buffer_slice(*bytes));
    for (size_t i = 0; i < pipeline->format_count; i++)
        if (strcmp(pipeline->formats[i], format->name) == 0)
            return format->open(bytes, ret, err);
    error_set(err, FAULT_DOCUMENT, "its format, %s, is not one that this pipeline takes", format->name);
    return error_hint(err, "add it to ingest.formats");
}

static int parse_copy(const struct pipeline *pipeline, struct slice name, struct slice body,
                      struct ingested *ret, struct error *err)
{
    AUTO(buffer) *bytes = NULL;
    if (buffer_new(&bytes, DOCUMENT_BYTES_MAX, err) || buffer_append(bytes, body, err))
        return -1;
    return parse_bytes(pipeline, &bytes, name, ret, err);
}

static int parse_file(const struct pipeline *pipeline, int fd, struct slice name, struct ingested *ret,
                      struct error *err)
{
    AUTO(buffer) *bytes = NULL;
    if (fd < 0)
        return error_set(err, FAULT_DOCUMENT, "no file came with the request");
    if (file_read_fd(&bytes, fd, DOCUMENT_BYTES_MAX, FAULT_DOCUMENT, err))
        return -1;
    return parse_bytes(pipeline, &bytes, name, ret, err);
}

static int parse_line(struct slice line, struct buffer **ret_id, struct ingested *ret, struct error *err)
{
    ret->media_type = "application/x-ndjson";
    ret->charset = "utf-8";
    return ndjson_document(line, ret_id, &ret->text, err);
}

static int parse(const struct pipeline *pipeline, struct message *request, int fd, struct buffer **ret_id,
                 struct ingested *ret, struct error *err)
{
    uint64_t how = message_get_u64(request);
    struct slice name = message_get_bytes(request), body = message_get_bytes(request);
    if (message_kind(request) != MSG_PARSE || how >= PARSE_HOWS)
        return error_set(err, FAULT_DOCUMENT, "the parser was asked something that it does not know");
    if (message_end(request, err))
        return -1;
    return how == PARSE_FILE    ? parse_file(pipeline, fd, name, ret, err)
           : how == PARSE_BYTES ? parse_copy(pipeline, name, body, ret, err)
                                : parse_line(body, ret_id, ret, err);
}

static int answer(const struct child_context *context, struct message *request, int *fd, struct error *err)
{
    struct ingested ingested = {0};
    struct error problem;
    AUTO(buffer) *id = NULL;
    AUTO(message) *m = NULL;
    int failed = parse(context->pipeline, request, *fd, &id, &ingested, &problem);
    file_close(fd); /* before the answer: then it has no file at all */
    int result = message_new(&m, MSG_PARSED, message_document(request), err);
    if (!result) {
        message_put_u64(m, failed ? 1 : 0);
        message_put_bytes(m, id ? buffer_slice(id) : SLICE(""));
        if (failed) {
            message_put_error(m, &problem);
        } else {
            message_put_bytes(m, buffer_slice(ingested.text));
            message_put_bytes(m, slice_of(ingested.charset));
        }
        result = message_send(context->channel, m, -1, NULL, err);
    }
    ingested_clear(&ingested);
    return result;
}

int parser_main(const struct child_context *context)
{
    struct error err, sent;
    struct sandbox_limits limits = {.data_bytes = context->data_bytes};
    if (sandbox_close(SANDBOX_PARSER, context->channel, &limits, &err)) {
        (void)!send_hello(context->channel, &err, &sent);
        return fault_exit(err.code);
    }
    if (send_hello(context->channel, NULL, &err))
        return 1;
    for (;;) {
        AUTO(message) *request = NULL;
        AUTO_FD fd = -1;
        int got = message_receive(context->channel, &request, MESSAGE_BYTES_MAX, &fd, NULL, &err);
        if (got)
            return got > 0 ? 0 : 1;
        if (answer(context, request, &fd, &err))
            return 1;
    }
}
