#include "trouble.h"

#include <stdlib.h>
#include <string.h>

#include "show.h"

#define VALUES_MAX 4

/* Values of an order's outcome that are amounts in fen. */
static bool
is_of_money(const char *code)
{
	static const char *const codes[] = { "amount", "credit_rose", "balance" };

	for (size_t i = 0; i < COUNT(codes); i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	return false;
}

/* An alarm may also say what became of an order. */
static const char *
delivery_words(struct req *r, const char *code, const char *values[VALUES_MAX], size_t count)
{
	for (size_t i = 0; i < count && is_of_money(code); i++)
		values[i] = money_text(r, strtoll(values[i], NULL, 10));
	return view_phrase(
	    r->view, arena_printf(r->arena, "Delivery.Outcome.%s", code), values, VALUES_MAX);
}

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
	const char *words =
	    view_phrase(r->view, arena_printf(r->arena, "Trouble.%s", code), values, VALUES_MAX);
	return *words != '\0' ? words : delivery_words(r, code, values, count);
}
