#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "model/change.h"

static const char *
keep(struct changes *changes, const char *value)
{
	size_t length = strlen(value) + 1;

	if (length > sizeof(changes->pool) - changes->used) {
		changes->is_cut = true;
		return "…";
	}
	char *at = &changes->pool[changes->used];
	memcpy(at, value, length);
	changes->used += length;
	return at;
}

void
change_text(struct changes *changes, const char *field, const char *before, const char *after)
{
	const char *old = before != NULL ? before : "", *new = after != NULL ? after : "";

	if (strcmp(old, new) == 0)
		return;
	if (changes->count == CHANGES_MAX) {
		changes->is_cut = true;
		return;
	}
	struct change *change = &changes->list[changes->count++];
	change->field = field;
	change->before = keep(changes, old);
	change->after = keep(changes, new);
}

void
change_int(struct changes *changes, const char *field, int64_t before, int64_t after)
{
	char old[24], new[24];

	(void)snprintf(old, sizeof(old), "%" PRId64, before);
	(void)snprintf(new, sizeof(new), "%" PRId64, after);
	change_text(changes, field, old, new);
}

static void
format_int(int64_t none, int64_t value, char text[24])
{
	if (value == none)
		(void)text_copy(text, 24, "-");
	else
		(void)snprintf(text, 24, "%" PRId64, value);
}

void
change_int_or(
    struct changes *changes, const char *field, int64_t none, int64_t before, int64_t after)
{
	char old[24], new[24];

	format_int(none, before, old);
	format_int(none, after, new);
	change_text(changes, field, old, new);
}

static void
format_money(int64_t none, int64_t value, char text[MONEY_TEXT_MAX])
{
	if (value == none)
		(void)text_copy(text, MONEY_TEXT_MAX, "-");
	else
		money_format_plain(value, text, MONEY_TEXT_MAX);
}

void
change_money_or(
    struct changes *changes, const char *field, int64_t none, int64_t before_fen, int64_t after_fen)
{
	char old[MONEY_TEXT_MAX], new[MONEY_TEXT_MAX];

	format_money(none, before_fen, old);
	format_money(none, after_fen, new);
	change_text(changes, field, old, new);
}

void
change_flag(struct changes *changes, const char *field, bool before, bool after)
{
	change_text(changes, field, before ? "yes" : "no", after ? "yes" : "no");
}

void
change_reword(struct changes *changes, const char *field, const char *before, const char *after)
{
	for (size_t i = 0; i < changes->count; i++) {
		struct change *change = &changes->list[i];
		if (strcmp(change->field, field) != 0)
			continue;
		change->before = keep(changes, before);
		change->after = keep(changes, after);
	}
}

#define CUT "\n…"

void
changes_detail(const struct changes *changes, char *text, size_t size)
{
	size_t length = 0;
	bool is_cut = changes->is_cut;

	text[0] = '\0';
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->list[i];
		char one[CHANGE_DETAIL_MAX];
		int n = snprintf(one, sizeof(one), "%s%s: %s -> %s", i > 0 ? "\n" : "",
		    change->field, change->before, change->after);
		bool fits =
		    n >= 0 && (size_t)n < sizeof(one) && length + (size_t)n + sizeof(CUT) <= size;
		if (!fits) {
			is_cut = true;
			break;
		}
		memcpy(text + length, one, (size_t)n + 1);
		length += (size_t)n;
	}
	if (is_cut && length + sizeof(CUT) <= size)
		memcpy(text + length, CUT, sizeof(CUT));
}
