#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#include "param.h"

#define COOKIES_MAX 50

/* The decoded text, NULL for a broken escape or bytes that are no text. */
static const char *
decode(struct arena *arena, const char *text, size_t length, bool plus_is_space)
{
	char *out = arena_alloc(arena, length + 1);
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		char byte = text[i];
		if (byte == '+' && plus_is_space) {
			byte = ' ';
		} else if (byte == '%') {
			int high = i + 2 < length ? text_hex_value(text[i + 1]) : -1;
			int low = i + 2 < length ? text_hex_value(text[i + 2]) : -1;
			if (high < 0 || low < 0)
				return NULL;
			byte = (char)(high * 16 + low);
			i += 2;
		}
		out[n++] = byte;
	}
	out[n] = '\0';
	return text_is_utf8(out, n) ? out : NULL;
}

const char *
param_decode_path(struct arena *arena, const char *path, size_t length)
{
	return decode(arena, path, length, false);
}

char *
param_encode(struct arena *arena, const char *text)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789-_.";
	char *out = arena_alloc(arena, strlen(text) * 3 + 1), *end = out;

	for (; *text != '\0'; text++) {
		if (strchr(safe, *text) != NULL) {
			*end++ = *text;
			continue;
		}
		*end++ = '%';
		*end++ = "0123456789ABCDEF"[(unsigned char)*text >> 4];
		*end++ = "0123456789ABCDEF"[(unsigned char)*text & 15];
	}
	return out;
}

static size_t
count_pairs(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		if (text[i] != '&' && (i == 0 || text[i - 1] == '&'))
			count++;
	return count;
}

static enum rc
parse_pair(struct arena *arena, const char *pair, size_t length, struct param *param)
{
	const char *equals = memchr(pair, '=', length);
	size_t name_length = equals == NULL ? length : (size_t)(equals - pair);

	param->name = decode(arena, pair, name_length, true);
	param->value = "";
	if (equals != NULL)
		param->value = decode(arena, equals + 1, length - name_length - 1, true);
	return param->name != NULL && param->value != NULL ? RC_OK : RC_INVALID;
}

enum rc
params_parse(struct arena *arena, const char *text, size_t length, struct params *params)
{
	size_t count = count_pairs(text, length);

	*params = (struct params){ 0 };
	if (count > PARAM_MAX)
		return RC_INVALID;
	params->list = arena_alloc(arena, (count + 1) * sizeof(*params->list));
	for (size_t at = 0; at < length;) {
		const char *end = memchr(text + at, '&', length - at);
		size_t pair_length = end == NULL ? length - at : (size_t)(end - text) - at;
		if (pair_length > 0) {
			struct param *param = &params->list[params->count];
			if (parse_pair(arena, text + at, pair_length, param) != RC_OK) {
				*params = (struct params){ 0 };
				return RC_INVALID;
			}
			params->count++;
		}
		at += pair_length + 1;
	}
	return RC_OK;
}

/* Bytes a cookie's name or value may hold (RFC 6265, without quotes). */
static bool
is_cookie_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isgraph((unsigned char)text[i]) || strchr("\",;\\", text[i]) != NULL)
			return false;
	return true;
}

void
cookies_parse(struct arena *arena, const char *header, struct params *params)
{
	*params = (struct params){ .list = arena_alloc(arena, COOKIES_MAX * sizeof(struct param)) };
	while (*header != '\0' && params->count < COOKIES_MAX) {
		header += strspn(header, " \t;");
		size_t length = strcspn(header, ";");
		const char *equals = memchr(header, '=', length);
		size_t name_length = equals == NULL ? 0 : (size_t)(equals - header);
		size_t value_length = length - name_length - (equals != NULL);

		if (name_length > 0 && is_cookie_text(header, name_length) &&
		    is_cookie_text(equals + 1, value_length))
			params->list[params->count++] = (struct param){
				.name = arena_strndup(arena, header, name_length),
				.value = arena_strndup(arena, equals + 1, value_length),
			};
		header += length;
	}
}

const char *
param_get(const struct params *params, const char *name)
{
	for (size_t i = params->count; i > 0; i--)
		if (strcmp(params->list[i - 1].name, name) == 0)
			return params->list[i - 1].value;
	return "";
}

enum rc
param_one(const struct params *params, const char *name, const char **value)
{
	*value = param_get(params, name);
	return param_nth(params, name, 1) == NULL ? RC_OK : RC_INVALID;
}

const char *
param_nth(const struct params *params, const char *name, size_t n)
{
	for (size_t i = 0; i < params->count; i++)
		if (strcmp(params->list[i].name, name) == 0 && n-- == 0)
			return params->list[i].value;
	return NULL;
}
