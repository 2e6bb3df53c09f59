/* crew_support.h - a crew for tests: a small pipeline, a keeper, and the means to be unkind to children. */
#ifndef ALCOVE_TESTS_CREW_SUPPORT_H
#define ALCOVE_TESTS_CREW_SUPPORT_H

#include "tests/support/support.h"

#include "analyzer/process/keeper.h"
#include "base/hash.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

struct scene {
    struct pipeline *pipeline;
    struct crew *crew;
    struct secret *key;
    struct keeper keeper;
};

static UNUSED int scene_start(struct scene *s, child_main *parser, child_main *worker, struct error *err)
{
    signal(SIGPIPE, SIG_IGN);
    *s = (struct scene){0};
    char yaml[8192];
    snprintf(yaml, sizeof yaml, "version: 1\nname: scene\npurpose: tests\nredact: {rules: [\"%s\"]}\n",
             source_file("tests/analyzer/process/mini.yaml"));
    assert_ok(pipeline_read(&s->pipeline, slice_of(yaml), "scene", NULL, 0, err), *err);
    assert_ok(secret_new(&s->key, 32, err), *err);
    memset(s->key->data, 7, 32);
    struct crew_plan plan = {.pipeline = s->pipeline,
                             .rules_folder = source_file("rules/packs"),
                             .models_folder = "",
                             .threads = 1,
                             .mains = {parser, worker}};
    int failed = crew_start(&s->crew, &plan, err);
    if (!failed)
        keeper_init(&s->keeper, s->crew, s->pipeline, s->key);
    return failed;
}

static UNUSED void scene_end(struct scene *s)
{
    crew_drop(&s->crew);
    secret_drop(&s->key);
    pipeline_drop(&s->pipeline);
}

/* One text through the worker: the redacted text, copied; NULL with the error. */
static UNUSED char *scene_analyze(struct scene *s, const char *text, struct error *err)
{
    struct analysis analysis;
    char *copy = NULL;
    if (keeper_analyze(&s->keeper, slice_of(text), &analysis, err) == 0)
        copy = strndup(analysis.redacted_text.data, analysis.redacted_text.bytes);
    analysis_clear(&analysis);
    return copy;
}

/* One text through the parser as bytes. */
static UNUSED char *scene_parse(struct scene *s, struct slice bytes, struct error *err)
{
    struct parsed parsed;
    char *copy = NULL;
    if (keeper_parse(&s->keeper, PARSE_BYTES, SLICE("t.txt"), -1, bytes, &parsed, err) == 0)
        copy = strndup(parsed.text.data, parsed.text.bytes);
    parsed_clear(&parsed);
    return copy;
}

/* Fails unless both children work. */
static UNUSED void assert_works(struct scene *s)
{
    struct error err = {0};
    char *text = scene_parse(s, SLICE("all is well"), &err);
    if (!text)
        fail_msg("the parser does not work: %s", err.message);
    char *redacted = scene_analyze(s, text, &err);
    if (!redacted)
        fail_msg("the worker does not work: %s", err.message);
    assert_string_equal(redacted, "all is well");
    free(text);
    free(redacted);
}

static UNUSED int descriptors_of(pid_t pid)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *dir = opendir(path);
    if (!dir)
        return -1;
    for (struct dirent *d; (d = readdir(dir));)
        count += d->d_name[0] != '.';
    closedir(dir);
    return count;
}

#endif
