/* test_arguments.c - the command line against the tables: kinds, forms, lists, the environment, nearest
 * names. */
#include "analyzer/command/command.h"
#include "analyzer/command/output.h"
#include "tests/support/support.h"

#include <limits.h>

static const char *const shapes[] = {"round", "square", NULL};
static const struct option options[] = {
    {.name = "file", .kind = OPTION_TEXT, .value = "FILE", .environment = "ALCOVE_TEST_FILE", .help = "h"},
    {.name = "count", .kind = OPTION_NUMBER, .value = "N", .min = 2, .max = 9, .help = "h"},
    {.name = "seed", .kind = OPTION_NUMBER, .value = "S", .help = "h"},
    {.name = "rate", .kind = OPTION_REAL, .value = "R", .min = 0, .max = 1, .help = "h"},
    {.name = "shape", .kind = OPTION_CHOICE, .value = "S", .choices = shapes, .help = "h"},
    {.name = "set", .kind = OPTION_LIST, .value = "A=B", .help = "h"},
    {.name = "force", .letter = 'f', .help = "h"},
    {0}};
static const struct command command = {
    .name = "test", .operands = "A [B]", .operands_min = 1, .operands_max = 2, .options = options};

#define PARSE(ret, err, ...)                                                                                 \
    arguments_parse(ret, &command, (int)COUNT_OF(((char *[]){__VA_ARGS__})), (char *[]){__VA_ARGS__}, err)

static void every_kind_is_read_in_both_forms(void **state UNUSED)
{
    AUTO(arguments) *a = NULL;
    struct error err;
    size_t count;
    assert_ok(PARSE(&a, &err, "--file", "x y", "one", "--count=9", "--seed", "18446744073709551615", "--rate",
                    "0.25", "--shape=round", "--set", "b=1", "-f", "--set=a=2", "two"),
              err);
    assert_string_equal(argument_text(a, "file", NULL), "x y");
    assert_int_equal(argument_number(a, "count", 0), 9);
    assert_true(argument_number(a, "seed", 0) == UINT64_MAX);
    assert_true(argument_real(a, "rate", 0) == 0.25);
    assert_string_equal(argument_text(a, "shape", NULL), "round");
    assert_true(argument_flag(a, "force"));
    assert_false(argument_flag(a, "json"));
    const char *const *set = argument_list(a, "set", &count);
    assert_int_equal(count, 2);
    assert_string_equal(set[0], "b=1");
    assert_string_equal(set[1], "a=2");
    assert_int_equal(operand_count(a), 2);
    assert_string_equal(operand(a, 0), "one");
    assert_string_equal(operand(a, 1), "two");
    assert_null(operand(a, 2));
}

static void what_was_not_given_is_what_the_caller_says(void **state UNUSED)
{
    AUTO(arguments) *a = NULL;
    struct error err;
    size_t count;
    assert_ok(PARSE(&a, &err, "one"), err);
    assert_string_equal(argument_text(a, "file", "otherwise"), "otherwise");
    assert_int_equal(argument_number(a, "count", 7), 7);
    assert_true(argument_real(a, "rate", 0.5) == 0.5);
    assert_false(argument_given(a, "shape"));
    argument_list(a, "set", &count);
    assert_int_equal(count, 0);
}

static void the_last_of_several_counts(void **state UNUSED)
{
    AUTO(arguments) *a = NULL;
    struct error err;
    assert_ok(PARSE(&a, &err, "--file=1", "x", "--file=2"), err);
    assert_string_equal(argument_text(a, "file", NULL), "2");
}

static void two_dashes_end_the_options_and_one_is_an_operand(void **state UNUSED)
{
    AUTO(arguments) *a = NULL;
    struct error err;
    assert_ok(PARSE(&a, &err, "-", "--", "--force"), err);
    assert_string_equal(operand(a, 0), "-");
    assert_string_equal(operand(a, 1), "--force");
    assert_false(argument_flag(a, "force"));
}

static void the_environment_stands_in_and_is_checked(void **state UNUSED)
{
    struct error err;
    setenv("ALCOVE_TEST_FILE", "from-environment", 1);
    AUTO(arguments) *a = NULL;
    assert_ok(PARSE(&a, &err, "one"), err);
    assert_string_equal(argument_text(a, "file", NULL), "from-environment");
    AUTO(arguments) *b = NULL;
    assert_ok(PARSE(&b, &err, "one", "--file=given"), err);
    assert_string_equal(argument_text(b, "file", NULL), "given");
    unsetenv("ALCOVE_TEST_FILE");
    setenv("ALCOVE_COLOR", "blue", 1);
    AUTO(arguments) *c = NULL;
    assert_int_equal(PARSE(&c, &err, "one"), -1);
    assert_string_equal(err.message, "ALCOVE_COLOR wants one of auto, always, never, not \"blue\"");
    unsetenv("ALCOVE_COLOR");
}

static void each_slip_is_named(void **state UNUSED)
{
    static const struct {
        char *words[3];
        const char *message, *hint;
    } rows[] = {
        {{"one", "--fiel=x", NULL}, "unknown option \"--fiel\"", "did you mean \"--file\"?"},
        {{"one", "--zzzzzz", NULL}, "unknown option \"--zzzzzz\"", ""},
        {{"one", "-x", NULL}, "unknown option \"-x\"", ""},
        {{"one", "-ff", NULL}, "unknown option \"-ff\"", ""},
        {{"one", "--file", NULL}, "--file needs a value: --file FILE", ""},
        {{"one", "--file", "--force"}, "--file needs a value: --file FILE", ""},
        {{"one", "--file=", NULL}, "--file wants a value, not \"\"", ""},
        {{"one", "--force=yes", NULL}, "--force takes no value", ""},
        {{"one", "--count", "1"}, "--count wants a whole number between 2 and 9, not \"1\"", ""},
        {{"one", "--count", "3x"}, "--count wants a whole number between 2 and 9, not \"3x\"", ""},
        {{"one", "--count", "-3"}, "--count wants a whole number between 2 and 9, not \"-3\"", ""},
        {{"one", "--seed", "18446744073709551616"},
         "--seed wants a whole number of at least 0, not \"18446744073709551616\"",
         ""},
        {{"one", "--rate", "nan"}, "--rate wants a number between 0 and 1, not \"nan\"", ""},
        {{"one", "--rate", "1.1"}, "--rate wants a number between 0 and 1, not \"1.1\"", ""},
        {{"one", "--shape", "squar"},
         "--shape wants one of round, square, not \"squar\"",
         "did you mean \"square\"?"},
        {{"--force", NULL, NULL}, "test needs A [B]", "see: alcove help test"},
        {{"one", "two", "three"}, "test takes only A [B]; \"three\" is too many", "see: alcove help test"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int count = 0;
        while (count < 3 && rows[i].words[count])
            count++;
        AUTO(arguments) *a = NULL;
        struct error err;
        char *words[3] = {rows[i].words[0], rows[i].words[1], rows[i].words[2]};
        assert_int_equal(arguments_parse(&a, &command, count, words, &err), -1);
        assert_int_equal(err.code, FAULT_USAGE);
        assert_string_equal(err.message, rows[i].message);
        assert_string_equal(err.hint, rows[i].hint);
    }
}

/* Every table that help, man pages and completion walk is complete enough to be shown. */
static void every_command_has_what_its_help_needs(void **state UNUSED)
{
    for (size_t i = 0; commands_all[i]; i++) {
        const struct command *c = commands_all[i];
        assert_non_null(c->run);
        assert_true(c->summary && c->summary[0] && c->summary[strlen(c->summary) - 1] != '.');
        assert_true((c->operands_max > 0) == (c->operands != NULL));
        assert_true(c->operands_min <= c->operands_max);
        for (const struct option *o = c->options; o && o->name; o++) {
            assert_true(o->help && o->help[0]);
            assert_true((o->kind == OPTION_FLAG) == (o->value == NULL));
            assert_true((o->kind == OPTION_CHOICE) == (o->choices != NULL));
            for (const struct option *g = global_options; g->name; g++)
                assert_string_not_equal(o->name, g->name);
            for (const struct option *other = c->options; other != o; other++)
                assert_string_not_equal(o->name, other->name);
        }
    }
}

/* A note may carry bytes that rewrite the screen; none of them reaches it. */
static void text_of_documents_is_made_harmless(void **state UNUSED)
{
    char *text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    output_clean(to, SLICE("a\033[2Jb\r\n\tc\x7f\xc2\x9b"
                           "d\xff\xc3\xa4"));
    fclose(to);
    assert_string_equal(text, "a\xef\xbf\xbd[2Jb\xef\xbf\xbd\n\tc\xef\xbf\xbd\xef\xbf\xbd"
                              "d\xef\xbf\xbd\xc3\xa4");
    free(text);
}

static void columns_of_a_table_are_aligned_by_characters(void **state UNUSED)
{
    AUTO(table) *table = NULL;
    struct error err;
    char *text = NULL;
    size_t bytes;
    struct context context = {.out = open_memstream(&text, &bytes)};
    assert_ok(table_new(&table, (const char *const[]){"a", "bb", NULL}, &err), err);
    assert_ok(table_row(table, (const char *const[]){"\xc3\xa4\xc3\xb6\xc3\xbc", "x", NULL}, &err), err);
    assert_ok(table_row(table, (const char *const[]){"12345", NULL, NULL}, &err), err);
    table_print(table, &context);
    fclose(context.out);
    assert_string_equal(text, "a      bb\n\xc3\xa4\xc3\xb6\xc3\xbc    x\n12345\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_read_in_both_forms),
        cmocka_unit_test(what_was_not_given_is_what_the_caller_says),
        cmocka_unit_test(the_last_of_several_counts),
        cmocka_unit_test(two_dashes_end_the_options_and_one_is_an_operand),
        cmocka_unit_test(the_environment_stands_in_and_is_checked),
        cmocka_unit_test(each_slip_is_named),
        cmocka_unit_test(every_command_has_what_its_help_needs),
        cmocka_unit_test(text_of_documents_is_made_harmless),
        cmocka_unit_test(columns_of_a_table_are_aligned_by_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
