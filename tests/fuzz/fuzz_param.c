/* The parser of query strings, bodies and cookies, and the encoder. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "param.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text)
{
	assert(text_is_utf8(text, strlen(text)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct params params;
	const char *value;

	if (params_parse(arena, (const char *)data, size, &params) == RC_OK) {
		assert(params.count <= PARAM_MAX);
		for (size_t i = 0; i < params.count; i++) {
			check_text(params.list[i].name);
			check_text(params.list[i].value);
			assert(param_nth(&params, params.list[i].name, 0) != NULL);
			if (param_one(&params, params.list[i].name, &value) == RC_OK)
				assert(value == params.list[i].value);
			const char *encoded = param_encode(arena, params.list[i].value);
			value = param_decode_path(arena, encoded, strlen(encoded));
			assert(value != NULL && strcmp(value, params.list[i].value) == 0);
		}
	}
	char *header = arena_strndup(arena, (const char *)data, size);
	cookies_parse(arena, header, &params);
	for (size_t i = 0; i < params.count; i++)
		assert(strpbrk(params.list[i].value, "\";, \\\r\n") == NULL);
	arena_free(arena);
	return 0;
}
