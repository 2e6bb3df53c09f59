/* compile.c - rules from packs: PCRE2 code with JIT, word lists. See compile.h. */
#include "rules/compile.h"

const char *rule_id(const struct rule *rule)
{
    return rule->text->id;
}

const char *rule_pack(const struct rule *rule)
{
    return rule->pack->name;
}

const char *rule_version(const struct rule *rule)
{
    return rule->pack->version;
}

enum label rule_label(const struct rule *rule)
{
    return rule->text->label;
}

const char *rule_validator(const struct rule *rule)
{
    return rule->text->validator ? rule->text->validator->name : NULL;
}

const char *rule_source(const struct rule *rule)
{
    return rule->text->source;
}

int rule_hipaa(const struct rule *rule)
{
    return rule->text->hipaa;
}

void rule_release(struct rule *rule)
{
    pcre2_code_free(rule->code);
    rule->code = NULL;
}

static void compile_context_free(pcre2_compile_context **context)
{
    pcre2_compile_context_free(*context);
}

unsigned pattern_column(const struct pack *pack, const struct rule_text *text, size_t offset)
{
    const struct yaml_node *node = text->pattern_node;
    const char *fragment = strstr(node->text, "%{");
    if ((fragment && (size_t)(fragment - node->text) < offset) || offset > strlen(node->text))
        return node->column;
    char quote = pack_char_at(pack, node->line, node->column);
    if (!node->is_plain && quote != '\'')
        return node->column;
    unsigned column = node->column + (node->is_plain ? 0 : 1);
    for (size_t i = 0; i < offset;
         i++) /* a quote is doubled in quotes; bytes that continue a character do not count */
        column += (node->text[i] & 0xc0) == 0x80 ? 0 : node->text[i] == '\'' && !node->is_plain ? 2 : 1;
    return column;
}

static int compile_pattern(struct rule *rule, struct error *err)
{
    __attribute__((cleanup(compile_context_free))) pcre2_compile_context *context =
        pcre2_compile_context_create(NULL);
    if (!context || pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF))
        return error_memory(err);
    const struct rule_text *text = rule->text;
    uint32_t options = PCRE2_UTF | PCRE2_MULTILINE | PCRE2_NO_AUTO_CAPTURE | PCRE2_DUPNAMES |
                       PCRE2_NEVER_BACKSLASH_C | (text->is_caseless ? PCRE2_CASELESS : 0) |
                       (text->at.count ? PCRE2_ANCHORED : PCRE2_USE_OFFSET_LIMIT);
    int code;
    PCRE2_SIZE offset;
    rule->code =
        pcre2_compile((PCRE2_SPTR)text->pattern, PCRE2_ZERO_TERMINATED, options, &code, &offset, context);
    if (!rule->code) {
        PCRE2_UCHAR message[200];
        pcre2_get_error_message(code, message, sizeof message);
        error_set(err, FAULT_PIPELINE, "the pattern of \"%s\" does not compile: %s", text->id,
                  (const char *)message);
        return error_at(err, rule->pack->file, text->pattern_node->line,
                        pattern_column(rule->pack, text, offset));
    }
    size_t jit_bytes = 0;
    code = pcre2_jit_compile(rule->code, PCRE2_JIT_COMPLETE);
    if (code || pcre2_pattern_info(rule->code, PCRE2_INFO_JITSIZE, &jit_bytes) || jit_bytes == 0)
        return yaml_error(rule->pack->yaml, text->pattern_node, FAULT_PIPELINE, err,
                          "the pattern of \"%s\" cannot be compiled to machine code (PCRE2 error %d)",
                          text->id, code);
    return 0;
}

/* The numbers of the groups named "id". */
static int find_id_groups(struct rule *rule, struct error *err)
{
    uint32_t count = 0, entry_bytes = 0, match_empty = 0;
    PCRE2_SPTR names = NULL;
    pcre2_pattern_info(rule->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(rule->code, PCRE2_INFO_NAMEENTRYSIZE, &entry_bytes);
    pcre2_pattern_info(rule->code, PCRE2_INFO_NAMETABLE, &names);
    pcre2_pattern_info(rule->code, PCRE2_INFO_MATCHEMPTY, &match_empty);
    const struct yaml_node *at = rule->text->pattern_node;
    if (match_empty)
        return yaml_error(rule->pack->yaml, at, FAULT_PIPELINE, err,
                          "the pattern of \"%s\" can match nothing at all", rule->text->id);
    for (uint32_t i = 0; i < count; i++) {
        PCRE2_SPTR entry = names + (size_t)i * entry_bytes;
        if (strcmp((const char *)entry + 2, "id") != 0)
            continue;
        if (rule->id_group_count == ID_GROUPS_MAX)
            return yaml_error(rule->pack->yaml, at, FAULT_PIPELINE, err, "more than %u groups named \"id\"",
                              ID_GROUPS_MAX);
        rule->id_group[rule->id_group_count++] = (uint32_t)entry[0] << 8 | entry[1];
    }
    return 0;
}

int rule_compile(struct rule *rule, const struct pack *pack, const struct rule_text *text,
                 struct dictionary *dictionary, struct arena *arena, struct error *err)
{
    rule->text = text;
    rule->pack = pack;
    rule->start_set = NO_SET;
    const struct {
        const struct text_list *from;
        struct phrases *to;
    } lists[] = {{&text->at, &rule->at},
                 {&text->except, &rule->except},
                 {&text->stop, &rule->stop},
                 {&text->context, &rule->context},
                 {&text->negative, &rule->negative}};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        size_t bad = 0;
        if (phrases_make(lists[i].to, lists[i].from->items, lists[i].from->count, dictionary, arena, &bad,
                         err)) {
            if (err->code == FAULT_PIPELINE)
                error_at(err, pack->file, lists[i].from->node->line, lists[i].from->node->column);
            return -1;
        }
    }
    if (text->finder)
        return 0;
    return compile_pattern(rule, err) || find_id_groups(rule, err) ? -1 : 0;
}
