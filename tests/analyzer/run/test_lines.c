/* test_lines.c - lines of standard input, however the bytes arrive. */
#include "tests/support/support.h"

#include "analyzer/run/lines.h"

#include <fcntl.h>
#include <pthread.h>

struct writer {
    int fd;
    const char *bytes;
    size_t count, step;
};

static void *write_pieces(void *context)
{
    struct writer *w = context;
    for (size_t at = 0; at < w->count; at += w->step)
        (void)!write(w->fd, w->bytes + at, MIN(w->step, w->count - at));
    close(w->fd);
    return NULL;
}

/* Reads all lines of `bytes`, written in pieces of `step`; each as "LINE;" or "CUT;". */
static void assert_lines(const char *bytes, size_t count, size_t step, size_t bytes_max, const char *want)
{
    struct error err;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct writer writer = {ends[1], bytes, count, step};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_pieces, &writer), 0);
    AUTO(lines) *lines = NULL;
    assert_ok(lines_new(&lines, ends[0], -1, bytes_max, &err), err);
    char got[4096] = "";
    struct slice line;
    bool is_cut;
    int end;
    while ((end = lines_next(lines, &line, &is_cut, &err)) == 0) {
        size_t used = strlen(got);
        snprintf(got + used, sizeof got - used, is_cut ? "CUT;" : "%.*s;", (int)line.bytes, line.data);
    }
    assert_int_equal(end, 1);
    pthread_join(thread, NULL);
    close(ends[0]);
    assert_string_equal(got, want);
}

static void lines_are_whole_however_they_arrive(void **state UNUSED)
{
    static const char text[] = "one\n\ntwo three\nlast without an end";
    for (size_t step = 1; step < sizeof text; step += 3)
        assert_lines(text, sizeof text - 1, step, 100, "one;;two three;last without an end;");
    assert_lines("a\nb\n", 4, 4, 100, "a;b;");
    assert_lines("", 0, 1, 100, "");
    assert_lines("\n", 1, 1, 100, ";");
}

static void a_line_too_long_is_thrown_away_and_the_next_read(void **state UNUSED)
{
    assert_lines("12345\n123456\nok\n", 16, 1, 5, "12345;CUT;ok;");
    assert_lines("12345\n123456\nok\n", 16, 16, 5, "12345;CUT;ok;");
    assert_lines("123456", 6, 2, 5, "CUT;");
    enum { LONG = 300000 };
    char *text = malloc(LONG + 4);
    memset(text, 'x', LONG);
    memcpy(text + LONG, "\nok\n", 4);
    assert_lines(text, LONG + 4, 7777, 1000, "CUT;ok;");
    free(text);
}

static void a_stop_ends_the_reading_and_gives_no_half_line(void **state UNUSED)
{
    struct error err;
    int ends[2], stop[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pipe(stop), 0);
    AUTO(lines) *lines = NULL;
    assert_ok(lines_new(&lines, ends[0], stop[0], 100, &err), err);
    assert_int_equal(write(ends[1], "whole\nhalf", 10), 10);
    struct slice line;
    bool is_cut;
    assert_int_equal(lines_next(lines, &line, &is_cut, &err), 0);
    assert_int_equal(line.bytes, 5);
    assert_int_equal(write(stop[1], "", 1), 1);
    assert_int_equal(lines_next(lines, &line, &is_cut, &err), 1);
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(stop[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_whole_however_they_arrive),
        cmocka_unit_test(a_line_too_long_is_thrown_away_and_the_next_read),
        cmocka_unit_test(a_stop_ends_the_reading_and_gives_no_half_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
