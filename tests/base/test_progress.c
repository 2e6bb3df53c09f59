/* test_progress.c - the bar: where it appears, what it says, and that it leaves a clean line. */
#include "base/progress.h"

#include "tests/support/support.h"

#include <fcntl.h>
#include <unistd.h>

/* What `draw` writes to stderr. */
static void capture(void (*draw)(void), char *ret, size_t capacity)
{
    char *folder = scratch_new();
    int file = open(path_of(folder, "err"), O_RDWR | O_CREAT, 0600), saved = dup(STDERR_FILENO);
    assert_true(file >= 0 && saved >= 0);
    fflush(stderr);
    dup2(file, STDERR_FILENO);
    draw();
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t got = pread(file, ret, capacity - 1, 0);
    ret[got > 0 ? got : 0] = 0;
    close(file);
    scratch_drop(folder);
}

static void draw_known(void)
{
    struct progress *p = progress_new(PROGRESS_ALWAYS, "documents", 10);
    progress_step(p, 4);
    progress_step(p, 10);
    progress_drop(&p);
    assert_null(p);
}

static void draw_unknown(void)
{
    struct progress *p = progress_new(PROGRESS_ALWAYS, "lines", 0);
    progress_step(p, 3);
    progress_drop(&p);
}

static void draw_nowhere(void)
{
    struct progress *never = progress_new(PROGRESS_NEVER, "documents", 10);
    struct progress *automatic = progress_new(PROGRESS_AUTO, "documents", 10); /* stderr is a file */
    assert_null(never);
    assert_null(automatic);
    progress_step(never, 5);
    progress_drop(&never);
}

static void a_known_total_has_bar_rate_and_time_left(void **state UNUSED)
{
    char text[4096];
    capture(draw_known, text, sizeof text);
    assert_non_null(strstr(text, "4 of 10 documents"));
    assert_non_null(strstr(text, " left"));
    assert_non_null(strstr(text, "/s"));
    assert_non_null(strstr(text, "[############.................."));
    assert_non_null(strstr(text, "10 of 10 documents"));
    assert_string_equal(text + strlen(text) - 4, "\r\033[K"); /* the line is cleared at the end */
}

static void an_unknown_total_counts(void **state UNUSED)
{
    char text[4096];
    capture(draw_unknown, text, sizeof text);
    assert_non_null(strstr(text, "3 lines, "));
    assert_null(strstr(text, "left"));
}

static void away_from_a_terminal_there_is_none(void **state UNUSED)
{
    char text[4096];
    capture(draw_nowhere, text, sizeof text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_total_has_bar_rate_and_time_left),
        cmocka_unit_test(an_unknown_total_counts),
        cmocka_unit_test(away_from_a_terminal_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
