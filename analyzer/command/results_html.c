/* results_html.c - results as one page to read or print: no script, no external reference, everything
 * escaped.
 *
 * The Content-Security-Policy allows nothing but the page's own style, named by its digest. */
#include "analyzer/command/results_export.h"

#include <openssl/evp.h>

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 "
    "1rem;color:#111;background:#fff}"
    "article{border-top:2px solid #444;margin-top:2rem}h2{font-size:1.1rem;overflow-wrap:anywhere}"
    "dt{font-weight:bold}dd{margin:0 0 .5rem 0;overflow-wrap:anywhere}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f3f3f3;padding:1rem}"
    "@media print{article{break-inside:avoid}}";

/* Text as text: markup escaped, control bytes but new line and tab replaced. */
static void put(FILE *to, struct slice text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        unsigned char c = (unsigned char)text.data[i];
        switch (c) {
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        case '&':
            fputs("&amp;", to);
            break;
        case '"':
            fputs("&quot;", to);
            break;
        case '\'':
            fputs("&#39;", to);
            break;
        default:
            if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
                fputs("\xef\xbf\xbd", to);
            else
                fputc(c, to);
        }
    }
}

static void put_json(FILE *to, const json_t *value)
{
    if (json_is_string(value))
        put(to, (struct slice){json_string_value(value), json_string_length(value)});
}

static int begin(struct export *export, struct error *err UNUSED)
{
    struct hash digest = hash_bytes(SLICE(style));
    char text[45];
    EVP_EncodeBlock((unsigned char *)text, digest.bytes, HASH_BYTES);
    fprintf(
        export->to,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; "
        "base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" "
        "content=\"no-referrer\">\n<title>Results</title>\n<style>%s</style>\n</head>\n"
        "<body>\n<main>\n<h1>Results</h1>\n<p>%llu document%s</p>\n",
        text, style, (unsigned long long)export->rows, export->rows == 1 ? "" : "s");
    return 0;
}

/* A sentence an item, each with where it comes from. */
static int put_sentences(struct export *export, const json_t *sentences, const json_t *redacted,
                         struct error *err)
{
    const json_t *each;
    size_t i;
    fputs("<ul>\n", export->to);
    json_array_foreach(sentences, i, each)
    {
        AUTO(buffer) *source = NULL;
        if (buffer_new(&source, 64u << 10, err) || sentence_source(each, redacted, source, err))
            return -1;
        fputs("<li>", export->to);
        put_json(export->to, json_object_get(each, "text"));
        fputs(" <small>", export->to);
        put(export->to, buffer_slice(source));
        fputs("</small></li>\n", export->to);
    }
    fputs("</ul></dd>\n", export->to);
    return 0;
}

static int put_step(struct export *export, const char *name, const json_t *step, const json_t *redacted,
                    struct error *err)
{
    AUTO(buffer) *text = NULL;
    const json_t *score = json_object_get(step, "score"), *sentences = json_object_get(step, "sentences");
    if (json_is_array(sentences)) {
        fputs("<dt>", export->to);
        put(export->to, slice_of(name));
        fputs("</dt><dd>", export->to);
        return put_sentences(export, sentences, redacted, err);
    }
    if (buffer_new(&text, 64u << 20, err) || step_text(step, text, err))
        return -1;
    fputs("<dt>", export->to);
    put(export->to, slice_of(name));
    fputs("</dt><dd>", export->to);
    put(export->to, buffer_slice(text));
    if (json_is_number(score))
        fprintf(export->to, " (%.3f)", json_number_value(score));
    fputs("</dd>\n", export->to);
    return 0;
}

static int row(struct export *export, const json_t *json, struct error *err)
{
    static const char *const names[] = {"status", "reason", "pipeline", "time", "run", "id"};
    const json_t *redacted = json_object_get(json, "redacted_text");
    const char *name;
    json_t *step;
    fputs("<article>\n<h2>", export->to);
    put_json(export->to, json_object_get(json, "document"));
    fputs("</h2>\n<dl>\n", export->to);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const json_t *value = json_object_get(json, names[i]);
        if (!value)
            continue;
        fprintf(export->to, "<dt>%s</dt><dd>", names[i]);
        put_json(export->to, value);
        fputs("</dd>\n", export->to);
    }
    json_object_foreach(json_object_get(json, "results"), name, step)
    {
        if (put_step(export, name, step, redacted, err))
            return -1;
    }
    fputs("</dl>\n", export->to);
    if (redacted) {
        fputs("<h3>Redacted text</h3>\n<pre>", export->to);
        put_json(export->to, redacted);
        fputs("</pre>\n", export->to);
    }
    fputs("</article>\n", export->to);
    return 0;
}

static int end(struct export *export, struct error *err UNUSED)
{
    fputs("</main>\n</body>\n</html>\n", export->to);
    return 0;
}

const struct export_format export_html = {.name = "html", .begin = begin, .row = row, .end = end};
