/* replay_input.c - see replay_input.h. */
#include "analyzer/run/replay_input.h"

#include "analyzer/run/lines.h"
#include "analyzer/run/signals.h"

void replay_input_clear(struct replay_input *input)
{
    input_file_close(&input->file);
    buffer_drop(&input->line);
}

static bool is_recorded(const struct replay_plan *plan, const struct hash *commitment)
{
    struct hash held;
    const char *hex = json_string_value(json_object_get(plan->recorded->result, "input"));
    return hex && hex_read(slice_of(hex), held.bytes, HASH_BYTES) && hash_equal(&held, commitment);
}

static int take_line(struct replay_input *input, struct slice line, const struct hash *commitment,
                     struct error *err)
{
    buffer_clear(input->line);
    input->commitment = *commitment;
    input->has_line = true;
    return buffer_append(input->line, line, err);
}

/* takes_any: the first line counts as the input until one fits. */
static int find_line(const struct replay_plan *plan, struct replay_input *input, int fd, bool takes_any,
                     struct error *err)
{
    AUTO(lines) *lines = NULL;
    struct slice line;
    bool is_cut;
    int end;
    if (buffer_new(&input->line, plan->pipeline->bytes_max, err) ||
        lines_new(&lines, fd, signals_fd(), plan->pipeline->bytes_max, err))
        return -1;
    while ((end = lines_next(lines, &line, &is_cut, err)) == 0) {
        struct hash commitment = store_commit_bytes(plan->store, line);
        bool fits = !is_cut && is_recorded(plan, &commitment);
        if (!fits && (!takes_any || input->has_line || is_cut || line.bytes == 0))
            continue;
        if (take_line(input, line, &commitment, err))
            return -1;
        input->is_recorded = fits;
        if (fits)
            return 0;
    }
    return end < 0 ? -1 : 0;
}

static int find_in_file(const struct replay_plan *plan, struct replay_input *input, struct error *err)
{
    if (input_file_open(&input->file, plan->input, UINT64_MAX, err))
        return -1;
    struct hash commitment = store_commit_hash(plan->store, &input->file.plain);
    bool is_whole = is_recorded(plan, &commitment);
    if (find_line(plan, input, input->file.fd, false, err))
        return -1;
    input->has_file = is_whole || !input->has_line;
    input->is_recorded = is_whole || input->has_line;
    if (input->has_file)
        input->commitment = commitment;
    if (lseek(input->file.fd, 0, SEEK_SET) < 0)
        return error_errno(err, FAULT_INPUT, "cannot be read again", plan->input);
    return 0;
}

int replay_input_find(const struct replay_plan *plan, struct replay_input *ret, struct error *err)
{
    *ret = (struct replay_input){.file.fd = -1};
    if (strcmp(plan->input, "-") != 0)
        return find_in_file(plan, ret, err);
    if (find_line(plan, ret, STDIN_FILENO, true, err))
        return -1;
    return ret->has_line ? 0 : error_set(err, FAULT_INPUT, "standard input has no line to replay");
}
