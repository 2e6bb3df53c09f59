/* test_yaml.c - YAML: the tree, and every refusal with its words and its place. */
#include "base/yaml.h"

#include "base/buffer.h"
#include "base/file.h"
#include "tests/support/support.h"

static void the_tree_keeps_text_order_and_places(void **state UNUSED)
{
    AUTO(yaml) *yaml = NULL;
    struct error err;
    assert_ok(yaml_read(&yaml,
                        SLICE("# first\nname: note\nlabels: [no, '010', \"\xc3\xa4\", x]\nsteps:\n"
                              "  - classify: {name: a}\n  - |\n    two\n    lines\n"),
                        "p.yaml", FAULT_PIPELINE, &err),
              err);
    const struct yaml_node *root = yaml_root(yaml), *labels = yaml_get(root, "labels"),
                           *steps = yaml_get(root, "steps");
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 3);
    assert_string_equal(root->keys[1]->text, "labels");
    assert_string_equal(yaml_get(root, "name")->text, "note");
    assert_string_equal(yaml_get(root, "name")->key, "name");
    assert_int_equal(labels->count, 4);
    assert_string_equal(labels->items[0]->text, "no");
    assert_true(labels->items[0]->is_plain);
    assert_string_equal(labels->items[1]->text, "010");
    assert_false(labels->items[1]->is_plain);
    assert_int_equal(labels->items[3]->line, 3);
    assert_int_equal(labels->items[3]->column, 26); /* characters: the a-umlaut counts once */
    assert_string_equal(yaml_get(yaml_get(steps->items[0], "classify"), "name")->text, "a");
    assert_string_equal(steps->items[1]->text, "two\nlines\n");
    assert_false(steps->items[1]->is_plain);
    assert_null(yaml_get(root, "absent"));
}

static void a_document_without_content_has_no_root(void **state UNUSED)
{
    static const char *const empty[] = {"", "\n\n", "# only a remark\n", "---\n", "\xef\xbb\xbf"};
    for (size_t i = 0; i < COUNT_OF(empty); i++) {
        AUTO(yaml) *yaml = NULL;
        struct error err;
        assert_ok(yaml_read(&yaml, slice_of(empty[i]), "p.yaml", FAULT_PIPELINE, &err), err);
        assert_null(yaml_root(yaml));
    }
}

static void a_byte_order_mark_is_not_part_of_the_first_key(void **state UNUSED)
{
    AUTO(yaml) *yaml = NULL;
    struct error err;
    assert_ok(yaml_read(&yaml, SLICE("\xef\xbb\xbfname: x\n"), "p.yaml", FAULT_PIPELINE, &err), err);
    assert_non_null(yaml_get(yaml_root(yaml), "name"));
}

static const struct refusal {
    const char *text;
    unsigned line, column;
    const char *message;
} refusals[] = {
    {"version: 1\n\n# c\nredact:\n  rules: [a]\n\nname: x\n\nredact: {}\n", 9, 1,
     "key \"redact\" given twice (first at 4:1)"},
    {"a:\n  b: 1\n  redact: 2\n  c: 3\n  redact: 4\n", 5, 3, "key \"redact\" given twice (first at 3:3)"},
    {"version: 1\nname: x\npurpose: triage: new letters\n", 3, 8,
     "a value containing \": \" needs quotes; write purpose: \"triage: new letters\""},
    {"a: b: c\n", 1, 2, "a value containing \": \" needs quotes; write a: \"b: c\""},
    {"x:\n  - a: say \"b\": c\\d\n", 2, 6,
     "a value containing \": \" needs quotes; write a: \"say \\\"b\\\": c\\\\d\""},
    {"a: b\n  c: d\n", 2, 4,
     "a key cannot stand here: the line above already has a value, or the indentation is wrong"},
    {"a: 1\nb: 2\nc: 3\nd: 4\npurpose:   \"never closed\ne: 5\n", 5, 12, "quote opened here is never closed"},
    {"a: 'x\nb: y\n---\n", 1, 4, "quote opened here is never closed"},
    {"a: \"open\nb: \"closed\"\n", 1, 4, "quote opened here is never closed"},
    {"a:\n\tb: 1\n", 2, 1, "a tab is used for indentation; use spaces"},
    {"a: |\n\tb\n", 2, 1, "a tab is used for indentation; use spaces"},
    {"a: 1\nb: \xc3\xa4 \xff\n", 2, 6, "not valid UTF-8 (byte 0xff)"},
    {"a: 1\nb: x\x01y\n", 2, 5, "a control character that YAML does not allow (code 1)"},
    {"a: \"x\\0y\"\n", 1, 4, "a NUL character in a value"},
    {"a: &x [1]\nb: 2\n", 1, 4, "anchors (\"&\") are not supported; write the value where it is needed"},
    {"a: 1\nb: *x\n", 2, 4, "aliases (\"*\") are not supported; write the value out, or quote it"},
    {"a: !!binary x\n", 1, 4, "tags (\"!\") are not supported; quote the value"},
    {"a: {<<: b}\n", 1, 5, "merge keys (\"<<\") are not supported; write the keys out"},
    {"? [a]\n: b\n", 1, 3, "a key must be plain text, not a list or mapping"},
    {"a: 1\n---\nb: 2\n", 2, 1, "a second document; a file holds one"},
    {"a: @x\n", 1, 4, "a value cannot begin with \"@\" without quotes"},
    {"a: \"\\d\"\n", 1, 5,
     "unknown escape in double quotes; use single quotes, or write the backslash twice"},
    {"a: [1, 2\nb: 3\n", 1, 4, "list opened here is never closed with \"]\""},
    {"a: 1\nb\nc: 2\n", 2, 1, "this line is neither \"key: value\" nor \"- item\" (is a \": \" missing?)"},
    {"a: - b\n", 1, 4, "a list item cannot stand here; put each \"- \" on a line of its own below its key"},
};

static void each_mistake_is_named_with_its_place(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const struct refusal *want = &refusals[i];
        AUTO(yaml) *yaml = NULL;
        struct error err = {0};
        if (yaml_read(&yaml, slice_of(want->text), "p.yaml", FAULT_PIPELINE, &err) == 0)
            fail_msg("accepted: %s", want->text);
        if (strcmp(err.message, want->message) || err.line != want->line || err.column != want->column)
            fail_msg("%s: got %u:%u: %s", want->text, err.line, err.column, err.message);
        assert_int_equal(err.code, FAULT_PIPELINE);
        assert_string_equal(err.file, "p.yaml");
    }
}

static void an_alias_bomb_is_refused_at_its_first_anchor(void **state UNUSED)
{
    AUTO(yaml) *yaml = NULL;
    struct error err;
    assert_int_equal(yaml_read(&yaml, SLICE("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"),
                               "bomb.yaml", FAULT_PIPELINE, &err),
                     -1);
    assert_int_equal(err.line, 1);
    assert_non_null(strstr(err.message, "anchors"));
}

/* Lists in lists: the last depth that is read, and the first that is not. */
static int read_nested(size_t depth, struct error *err)
{
    char text[200] = {0};
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    AUTO(yaml) *yaml = NULL;
    return yaml_read(&yaml, slice_of(text), "deep.yaml", FAULT_PIPELINE, err);
}

static void depth_is_limited(void **state UNUSED)
{
    struct error err;
    assert_ok(read_nested(32, &err), err);
    assert_int_equal(read_nested(33, &err), -1);
    assert_string_equal(err.message, "nested deeper than 32 levels");
    assert_int_equal(err.column, 33);
}

static void size_is_limited(void **state UNUSED)
{
    struct error err;
    AUTO(buffer) *text = NULL;
    AUTO(yaml) *yaml = NULL;
    assert_ok(buffer_new(&text, 8u << 20, &err), err);
    for (size_t i = 0; i < 200001; i++)
        assert_ok(buffer_append_text(text, "- x\n", &err), err);
    assert_int_equal(yaml_read(&yaml, buffer_slice(text), "big.yaml", FAULT_PIPELINE, &err), -1);
    assert_string_equal(err.message, "more than 200000 values in one file");
    for (size_t i = 0; i < 1000000; i++)
        assert_ok(buffer_append_text(text, "- x\n", &err), err);
    assert_int_equal(yaml_read(&yaml, buffer_slice(text), "big.yaml", FAULT_PIPELINE, &err), -1);
    assert_string_equal(err.message, "larger than 4 MiB");
}

static void values_have_the_type_that_is_asked_for(void **state UNUSED)
{
    AUTO(yaml) *yaml = NULL;
    struct error err;
    bool flag;
    double real;
    long whole;
    assert_ok(yaml_read(&yaml,
                        SLICE("threshold: abc\nt: 0.25\nn: 17\nyes: on\nl: [1]\nx: 0x10\nz: nan\nm: 1.5\n"),
                        "p.yaml", FAULT_PIPELINE, &err),
              err);
    const struct yaml_node *root = yaml_root(yaml);
    assert_ok(yaml_real(yaml, yaml_get(root, "t"), FAULT_PIPELINE, 0, 1, &real, &err), err);
    assert_true(real == 0.25);
    assert_ok(yaml_integer(yaml, yaml_get(root, "n"), FAULT_PIPELINE, 0, 17, &whole, &err), err);
    assert_int_equal(whole, 17);
    assert_ok(yaml_bool(yaml, yaml_get(root, "yes"), FAULT_PIPELINE, &flag, &err), err);
    assert_true(flag);
    assert_int_equal(yaml_real(yaml, yaml_get(root, "threshold"), FAULT_PIPELINE, 0, 1, &real, &err), -1);
    assert_string_equal(err.message, "\"threshold\" must be a number between 0 and 1, not \"abc\"");
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, 12);
    assert_int_equal(yaml_integer(yaml, yaml_get(root, "n"), FAULT_PIPELINE, 0, 16, &whole, &err), -1);
    assert_int_equal(yaml_integer(yaml, yaml_get(root, "m"), FAULT_PIPELINE, 0, 16, &whole, &err), -1);
    assert_int_equal(yaml_integer(yaml, yaml_get(root, "x"), FAULT_PIPELINE, 0, 99, &whole, &err), -1);
    assert_int_equal(yaml_real(yaml, yaml_get(root, "z"), FAULT_PIPELINE, 0, 1, &real, &err), -1);
    assert_int_equal(yaml_bool(yaml, yaml_get(root, "l"), FAULT_PIPELINE, &flag, &err), -1);
    assert_string_equal(err.message, "\"l\" must be true or false, not a list");
}

static void an_unknown_key_gives_the_nearest_name(void **state UNUSED)
{
    static const char *const names[] = {"rules", "profile"};
    AUTO(yaml) *yaml = NULL;
    struct error err;
    assert_ok(yaml_read(&yaml, SLICE("profile: a\nruls: b\n"), "p.yaml", FAULT_PIPELINE, &err), err);
    assert_int_equal(yaml_only_keys(yaml, yaml_root(yaml), FAULT_PIPELINE, names, COUNT_OF(names), &err), -1);
    assert_string_equal(err.message, "unknown key \"ruls\"");
    assert_string_equal(err.hint, "did you mean \"rules\"?");
    assert_int_equal(err.line, 2);
}

/* Cut and altered at random places: an error with a place, or a tree, never anything else (the sanitizers
 * look on). */
static void mutilated_files_are_refused_or_read(void **state UNUSED)
{
    uint64_t random = test_seed();
    struct error err;
    AUTO(buffer) *bytes = NULL;
    assert_ok(buffer_new(&bytes, 4096, &err), err);
    for (unsigned round = 0; round < 3000; round++) {
        AUTO(yaml) *yaml = NULL;
        buffer_clear(bytes);
        assert_ok(buffer_append_text(bytes, refusals[random_next(&random) % COUNT_OF(refusals)].text, &err),
                  err);
        assert_ok(buffer_append_text(bytes, refusals[random_next(&random) % COUNT_OF(refusals)].text, &err),
                  err);
        for (unsigned i = 0; i < 3 && bytes->bytes; i++)
            bytes->data[random_next(&random) % bytes->bytes] =
                "\t :-[]{}\"'&*\n|>\xff#"[random_next(&random) % 17];
        size_t cut = random_next(&random) % (bytes->bytes + 1);
        if (yaml_read(&yaml, slice_sub(buffer_slice(bytes), 0, cut), "r.yaml", FAULT_PIPELINE, &err) < 0) {
            assert_true(err.line > 0 && err.column > 0);
            assert_true(strlen(err.message) > 5);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_keeps_text_order_and_places),
        cmocka_unit_test(a_document_without_content_has_no_root),
        cmocka_unit_test(a_byte_order_mark_is_not_part_of_the_first_key),
        cmocka_unit_test(each_mistake_is_named_with_its_place),
        cmocka_unit_test(an_alias_bomb_is_refused_at_its_first_anchor),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(size_is_limited),
        cmocka_unit_test(values_have_the_type_that_is_asked_for),
        cmocka_unit_test(an_unknown_key_gives_the_nearest_name),
        cmocka_unit_test(mutilated_files_are_refused_or_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
