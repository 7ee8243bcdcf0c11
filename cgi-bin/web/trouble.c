#include "trouble.h"

#include <string.h>

#define VALUES_MAX 4

const char *
trouble_words(struct req *r, const char *trouble)
{
	const char *values[VALUES_MAX] = { "", "", "", "" };
	char *copy = arena_strdup(r->arena, trouble), *rest = NULL, *code;
	size_t count = 0;

	if ((code = strtok_r(copy, " ", &rest)) == NULL)
		return "";
	for (char *value; count < VALUES_MAX && (value = strtok_r(NULL, " ", &rest)) != NULL;)
		values[count++] = value;
	return view_phrase(r->view, arena_printf(r->arena, "Trouble.%s", code), values, VALUES_MAX);
}
