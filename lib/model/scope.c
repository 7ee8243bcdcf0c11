#include "model/scope.h"

#include <stdlib.h>
#include <string.h>

#define NOTHING "0" /* no place has this id */

const struct scope scope_everything = { "" };
const struct scope scope_nothing = { NOTHING };

void
scope_set(struct scope *scope, const char *ids)
{
	size_t length = strnlen(ids, SCOPE_TEXT_MAX);

	/* A text of the greatest length may have been cut where it was read. */
	if (length == SCOPE_TEXT_MAX)
		while (length > 0 && ids[length - 1] != ',')
			length--;
	if (length > 0 && ids[length - 1] == ',')
		length--;
	memcpy(scope->text, ids, length);
	scope->text[length] = '\0';
	if (length == 0 && *ids != '\0')
		*scope = scope_nothing;
}

bool
scope_is_limited(const struct scope *scope)
{
	return scope->text[0] != '\0';
}

bool
scope_has(const struct scope *scope, int64_t building_id)
{
	if (!scope_is_limited(scope))
		return true;
	for (const char *at = scope->text; *at != '\0';) {
		char *end;
		if (strtoll(at, &end, 10) == building_id)
			return building_id != 0;
		if (end == at)
			return false; /* not ours: fail closed */
		at = *end == ',' ? end + 1 : end;
	}
	return false;
}

const char *
scope_text(const struct scope *scope)
{
	return scope->text;
}
