/* What people type: names, search words, amounts, dates, numbers. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/money.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_name(const char *typed)
{
	char name[4 * 64 + 1], again[4 * 64 + 1];

	if (text_clean_name(typed, 64, name, sizeof(name)) != RC_OK)
		return;
	assert(text_is_utf8(name, strlen(name)) && text_length(name) <= 64);
	assert(name[0] != ' ' && strchr(name, '\n') == NULL);
	/* What is stored is clean: cleaning it again changes nothing. */
	assert(text_clean_name(name, 64, again, sizeof(again)) == RC_OK);
	assert(strcmp(name, again) == 0);
}

static void
check_search(const char *typed)
{
	char folded[64], pattern[32], copy[7];

	text_fold(typed, folded, sizeof(folded));
	assert(text_is_utf8(folded, strlen(folded)));
	text_like(folded, pattern, sizeof(pattern));
	assert(pattern[0] == '%' && strlen(pattern) < sizeof(pattern));
	assert(text_is_utf8(pattern, strlen(pattern)));
	(void)text_copy(copy, sizeof(copy), folded);
	assert(text_is_utf8(copy, strlen(copy)));
}

static void
check_numbers(const char *typed)
{
	int64_t fen = 0, number = 0;
	struct day day;
	char text[MONEY_TEXT_MAX];

	if (money_parse(typed, &fen) == RC_OK) {
		assert(fen >= 1 && fen <= 99999999);
		money_format(fen, text, sizeof(text));
	}
	if (text_parse_uint(typed, INT64_MAX, &number) == RC_OK)
		assert(number >= 0 && strlen(typed) <= 19);
	if (clock_parse_day(typed, &day) == RC_OK) {
		clock_format_day(day, text, sizeof(text));
		assert(strcmp(text, typed) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *typed = malloc(size + 1);

	assert(typed != NULL);
	memcpy(typed, data, size);
	typed[size] = '\0';
	check_name(typed);
	check_search(typed);
	check_numbers(typed);
	log_open("fuzz", (enum log_level)0);
	log_error(typed, "%s", typed);
	free(typed);
	return 0;
}
