#define _GNU_SOURCE /* memmem, strcasestr */

#include "upload.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define WINDOW	     65536
#define BOUNDARY_MAX 70 /* RFC 2046 */
#define MARK_MAX     (4 + BOUNDARY_MAX)

struct parser {
	struct arena *arena;
	const struct upload_stream *stream;
	struct upload *upload;
	struct params *fields;
	char mark[MARK_MAX + 1]; /* CRLF, two hyphens, the boundary */
	size_t mark_length;
	char *window;
	size_t at, used;
	size_t text_bytes, parts;
	bool is_over;
};

/* What stands above a part. */
struct part {
	const char *name, *file_name; /* file_name NULL: a field */
};

/* ---- bytes ---- */

/* Moves what is left to the front and reads behind it. False when nothing more came. */
static bool
refill(struct parser *parser)
{
	parser->used -= parser->at;
	memmove(parser->window, parser->window + parser->at, parser->used);
	parser->at = 0;
	if (parser->is_over || parser->used == WINDOW)
		return false;
	size_t got = parser->stream->read(
	    parser->stream->context, parser->window + parser->used, WINDOW - parser->used);
	parser->is_over = got == 0;
	parser->used += got;
	return got > 0;
}

/* At least so many bytes in the window. */
static bool
have(struct parser *parser, size_t length)
{
	while (parser->used - parser->at < length)
		if (!refill(parser))
			return false;
	return true;
}

static bool
takes(struct parser *parser, const char *text)
{
	size_t length = strlen(text);

	if (!have(parser, length) || memcmp(parser->window + parser->at, text, length) != 0)
		return false;
	parser->at += length;
	return true;
}

/* ---- the boundary ---- */

/* Of Content-Type: multipart/form-data; boundary=…, in quotes or not. */
static enum rc
take_boundary(struct parser *parser, const char *type)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
				      "XYZ'()+_,-./:=? ";
	const char *at = strcasestr(type, "boundary=");

	if (strncasecmp(type, "multipart/form-data", 19) != 0 || at == NULL)
		return RC_INVALID;
	at += strlen("boundary=");
	size_t length = *at == '"' ? strcspn(++at, "\"") : strcspn(at, "; \t");
	if (length == 0 || length > BOUNDARY_MAX || strspn(at, allowed) < length)
		return RC_INVALID;
	memcpy(parser->mark, "\r\n--", 4);
	memcpy(parser->mark + 4, at, length);
	parser->mark_length = 4 + length;
	parser->mark[parser->mark_length] = '\0';
	return RC_OK;
}

/* ---- the lines above a part ---- */

/* The value of a parameter such as name="…" of a header line; NULL without it. A quote within comes
 * as %22 from every browser. */
static const char *
parameter(struct arena *arena, const char *line, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = line; (at = strcasestr(at, name)) != NULL; at += length) {
		bool begins = at > line && (at[-1] == ' ' || at[-1] == ';' || at[-1] == '\t');
		if (!begins || at[length] != '=' || at[length + 1] != '"')
			continue;
		const char *value = at + length + 2, *end = strchr(value, '"');
		return end == NULL ? NULL : arena_strndup(arena, value, (size_t)(end - value));
	}
	return NULL;
}

/* A name as we show it: the last part of a path, clean. */
static const char *
file_name(struct arena *arena, const char *typed)
{
	char name[UPLOAD_NAME_MAX * 4 + 1];

	for (const char *at = typed; *at != '\0'; at++)
		if (*at == '/' || *at == '\\')
			typed = at + 1;
	if (*typed == '\0')
		return "";
	if (text_clean_name(typed, UPLOAD_NAME_MAX, name, sizeof(name)) != RC_OK || *name == '\0')
		return "file";
	return arena_strdup(arena, name);
}

static enum rc
take_header(struct parser *parser, const char *line, struct part *part)
{
	static const char disposition[] = "Content-Disposition:", type[] = "Content-Type:";

	if (strncasecmp(line, type, strlen(type)) == 0) {
		line += strlen(type);
		line += strspn(line, " \t");
		return strncasecmp(line, "multipart/", 10) == 0 ? RC_INVALID : RC_OK;
	}
	if (strncasecmp(line, disposition, strlen(disposition)) != 0)
		return strchr(line, ':') == NULL ? RC_INVALID : RC_OK;
	if (part->name != NULL || strcasestr(line, "form-data") == NULL)
		return RC_INVALID;
	part->name = parameter(parser->arena, line, "name");
	part->file_name = parameter(parser->arena, line, "filename");
	return part->name == NULL || *part->name == '\0' ? RC_INVALID : RC_OK;
}

static enum rc
take_headers(struct parser *parser, struct part *part)
{
	size_t total = 0;

	*part = (struct part){ 0 };
	for (;;) {
		const char *end = NULL, *from;
		do {
			from = parser->window + parser->at;
			end = memmem(from, parser->used - parser->at, "\r\n", 2);
		} while (
		    end == NULL && parser->used - parser->at < UPLOAD_HEADER_MAX && refill(parser));
		if (end == NULL)
			return RC_INVALID;
		size_t length = (size_t)(end - from);
		parser->at += length + 2;
		if (length == 0)
			return part->name == NULL ? RC_INVALID : RC_OK;
		if ((total += length) > UPLOAD_HEADER_MAX || !text_is_utf8(from, length))
			return RC_INVALID;
		enum rc rc = take_header(parser, arena_strndup(parser->arena, from, length), part);
		if (rc != RC_OK)
			return rc;
	}
}

/* ---- what a part holds ---- */

/* Text of a field so far. */
struct text {
	char *bytes;
	size_t length;
};

static enum rc
keep(struct parser *parser, const struct part *part, struct text *text, const char *bytes,
    size_t length)
{
	if (part->file_name != NULL) {
		parser->upload->bytes += length;
		if (parser->upload->bytes > UPLOAD_FILE_MAX)
			return RC_CONFLICT;
		return length == 0 || parser->stream->write(parser->stream->context, bytes, length)
			   ? RC_OK
			   : RC_UNAVAILABLE;
	}
	parser->text_bytes += length;
	if (parser->text_bytes > PARAM_BODY_MAX)
		return RC_INVALID;
	char *longer = arena_alloc(parser->arena, text->length + length + 1);
	if (text->length > 0)
		memcpy(longer, text->bytes, text->length);
	memcpy(longer + text->length, bytes, length);
	text->bytes = longer;
	text->length += length;
	return RC_OK;
}

/* Everything up to the mark, which is taken too. */
static enum rc
take_content(struct parser *parser, const struct part *part, struct text *text)
{
	enum rc rc = RC_OK;

	for (;;) {
		char *from = parser->window + parser->at;
		size_t there = parser->used - parser->at;
		char *mark = memmem(from, there, parser->mark, parser->mark_length);
		/* The end of the window may be the beginning of the mark. */
		size_t sure = mark != NULL		    ? (size_t)(mark - from)
			      : there > parser->mark_length ? there - parser->mark_length
							    : 0;
		if ((rc = keep(parser, part, text, from, sure)) != RC_OK)
			return rc;
		parser->at += sure;
		if (mark != NULL) {
			parser->at += parser->mark_length;
			return RC_OK;
		}
		if (!refill(parser))
			return RC_INVALID;
	}
}

static enum rc
take_part(struct parser *parser)
{
	struct text text = { .bytes = (char[]){ "" } };
	struct part part;
	enum rc rc = take_headers(parser, &part);

	if (rc != RC_OK)
		return rc;
	if (part.file_name != NULL) {
		if (*parser->upload->field != '\0')
			return RC_INVALID; /* a second file */
		parser->upload->field = part.name;
		parser->upload->name = file_name(parser->arena, part.file_name);
	}
	if ((rc = take_content(parser, &part, &text)) != RC_OK || part.file_name != NULL)
		return rc;
	if (!text_is_utf8(text.bytes, text.length))
		return RC_INVALID;
	parser->fields->list[parser->fields->count++] = (struct param){
		.name = part.name,
		.value = arena_strndup(parser->arena, text.bytes, text.length),
	};
	return RC_OK;
}

enum rc
upload_parse(struct arena *arena, const char *type, const struct upload_stream *stream,
    struct params *fields, struct upload *upload)
{
	struct parser parser = { .arena = arena, .stream = stream, .upload = upload };

	*upload = (struct upload){ .field = "", .name = "" };
	*fields = (struct params){
		.list = arena_alloc(arena, UPLOAD_PARTS_MAX * sizeof(struct param)),
	};
	parser.fields = fields;
	parser.window = arena_alloc(arena, WINDOW);
	enum rc rc = take_boundary(&parser, type);
	if (rc != RC_OK || !takes(&parser, parser.mark + 2))
		return RC_INVALID;
	while (!takes(&parser, "--")) {
		if (!takes(&parser, "\r\n") || parser.parts++ == UPLOAD_PARTS_MAX)
			return RC_INVALID;
		if ((rc = take_part(&parser)) != RC_OK)
			return rc;
	}
	return RC_OK;
}
