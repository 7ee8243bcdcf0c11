/* A form with a file: the first line is the value of Content-Type, the rest the body. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "upload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	const uint8_t *data;
	size_t left, written;
};

/* In small pieces, so that marks lie across them. */
static size_t
give(void *context, char *bytes, size_t size)
{
	struct source *source = context;
	size_t n = source->left < 7 ? source->left : 7;

	n = n < size ? n : size;
	memcpy(bytes, source->data, n);
	source->data += n;
	source->left -= n;
	return n;
}

static bool
take(void *context, const char *bytes, size_t size)
{
	struct source *source = context;

	(void)bytes;
	source->written += size;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line = memchr(data, '\n', size);
	struct arena *arena = arena_new();
	struct params fields;
	struct upload upload;

	if (line != NULL) {
		size_t length = (size_t)(line - data);
		struct source source = { line + 1, size - length - 1, 0 };
		struct upload_stream stream = { give, take, &source };
		char *type = arena_strndup(arena, (const char *)data, length);
		if (upload_parse(arena, type, &stream, &fields, &upload) == RC_OK) {
			assert(fields.count <= UPLOAD_PARTS_MAX);
			assert(source.written == upload.bytes);
			assert(strpbrk(upload.name, "/\\\r\n") == NULL);
			for (size_t i = 0; i < fields.count; i++)
				assert(text_is_utf8(
				    fields.list[i].value, strlen(fields.list[i].value)));
		}
	}
	arena_free(arena);
	return 0;
}
