/* progress.c - see progress.h. One line of stderr, redrawn in place. */
#include "base/progress.h"

#include "base/clock.h"

#include <sys/ioctl.h>

#define REDRAW_NS 100000000 /* ten times a second */
#define BAR_COLUMNS_MAX 30u

struct progress {
    const char *unit;
    size_t total, done;
    int64_t start_ns, drawn_ns;
    bool is_drawn;
};

struct progress *progress_new(enum progress_when when, const char *unit, size_t total)
{
    const char *terminal = getenv("TERM");
    bool is_terminal = isatty(STDERR_FILENO) && !(terminal && strcmp(terminal, "dumb") == 0);
    if (when == PROGRESS_NEVER || (when == PROGRESS_AUTO && !is_terminal))
        return NULL;
    struct progress *p = calloc(1, sizeof *p);
    if (p)
        *p = (struct progress){.unit = unit, .total = total, .start_ns = clock_monotonic_ns()};
    return p;
}

static unsigned terminal_columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* "3:07", "1:02:09" */
static void write_time(double seconds, char *to, size_t capacity)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);
    if (whole >= 3600)
        snprintf(to, capacity, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(to, capacity, "%lu:%02lu", whole / 60, whole % 60);
}

static void draw(struct progress *p, int64_t now_ns)
{
    char text[160], left[40] = "", bar[BAR_COLUMNS_MAX + 3] = "";
    double seconds = (double)(now_ns - p->start_ns) / 1e9, rate = seconds > 0 ? (double)p->done / seconds : 0;
    if (p->total && p->done && p->done < p->total) {
        char time[32];
        write_time((double)(p->total - p->done) / rate, time, sizeof time);
        snprintf(left, sizeof left, ", %s left", time);
    }
    if (p->total)
        snprintf(text, sizeof text, " %zu of %zu %s, %.*f/s%s", p->done, p->total, p->unit, rate < 10, rate,
                 left);
    else
        snprintf(text, sizeof text, "%zu %s, %.*f/s", p->done, p->unit, rate < 10, rate);
    size_t columns = terminal_columns(), used = strlen(text);
    if (p->total && columns > used + 12) {
        size_t width = MIN(columns - used - 3, BAR_COLUMNS_MAX),
               full = width * MIN(p->done, p->total) / p->total;
        bar[0] = '[';
        memset(bar + 1, '#', full);
        memset(bar + 1 + full, '.', width - full);
        bar[width + 1] = ']';
    }
    fprintf(stderr, "\r\033[K%s%.*s", bar, (int)columns - 1, text);
    fflush(stderr);
    p->is_drawn = true;
    p->drawn_ns = now_ns;
}

void progress_step(struct progress *p, size_t done)
{
    if (!p)
        return;
    p->done = done;
    int64_t now_ns = clock_monotonic_ns();
    if (!p->is_drawn || now_ns - p->drawn_ns >= REDRAW_NS || (p->total && done == p->total))
        draw(p, now_ns);
}

void progress_drop(struct progress **progress)
{
    struct progress *p = *progress;
    if (!p)
        return;
    if (p->is_drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    free(p);
    *progress = NULL;
}
