#include "model/import_match.h"

#include <stdint.h>
#include <string.h>

#include "base/rc.h"
#include "base/text.h"

#define CHARACTERS_MAX 64
#define DIGITS_LONG    8 /* from here on it is a number that was mistyped */

/* Bytes of the character at text; text is well-formed. */
static size_t
character_size(const char *text)
{
	size_t size = 1;

	while (((unsigned char)text[size] & 0xc0) == 0x80)
		size++;
	return size;
}

static bool
is_punctuation(const char *text, size_t size)
{
	static const char *const wide[] = { "·", "、", "。", "：", "—", "…", "“", "”", "　" };

	if (size == 1)
		return strchr(" \t\r\n_-.,:;*#/'\"", *text) != NULL;
	for (size_t i = 0; i < COUNT(wide); i++)
		if (strlen(wide[i]) == size && memcmp(text, wide[i], size) == 0)
			return true;
	return false;
}

void
match_bare(const char *text, char bare[MATCH_MAX])
{
	char folded[MATCH_MAX];
	size_t used = 0, size;
	int depth = 0;

	text_fold(text, folded, sizeof(folded));
	for (const char *at = folded; *at != '\0'; at += size) {
		size = character_size(at);
		if (*at == '(' || *at == '[')
			depth++;
		else if ((*at == ')' || *at == ']') && depth > 0)
			depth--;
		else if (depth == 0 && !is_punctuation(at, size)) {
			memcpy(bare + used, at, size);
			used += size;
		}
	}
	bare[used] = '\0';
}

bool
match_word(const char *words, const char *text)
{
	char wanted[MATCH_MAX], word[MATCH_MAX], bare[MATCH_MAX];

	match_bare(text, wanted);
	if (*wanted == '\0')
		return false;
	while (*words != '\0') {
		size_t length = strcspn(words, "|");
		if (length < sizeof(word)) {
			memcpy(word, words, length);
			word[length] = '\0';
			match_bare(word, bare);
			if (strcmp(bare, wanted) == 0)
				return true;
		}
		words += length + (words[length] == '|');
	}
	return false;
}

static size_t
split(const char *text, uint32_t characters[CHARACTERS_MAX])
{
	size_t count = 0;

	while (*text != '\0' && count < CHARACTERS_MAX) {
		uint32_t character = 0;
		for (size_t size = character_size(text); size > 0; size--)
			character = character << 8 | (unsigned char)*text++;
		characters[count++] = character;
	}
	return count;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
match_distance(const char *a, const char *b, size_t max)
{
	uint32_t left[CHARACTERS_MAX], right[CHARACTERS_MAX];
	size_t rows[3][CHARACTERS_MAX + 1];
	size_t n = split(a, left), m = split(b, right);
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	if ((n > m ? n - m : m - n) > max)
		return max + 1;
	for (size_t j = 0; j <= m; j++)
		last[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t best = now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = last[j - 1] + (left[i - 1] != right[j - 1]);
			now[j] = least(now[j], least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && left[i - 1] == right[j - 2] &&
			    left[i - 2] == right[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
			best = least(best, now[j]);
		}
		if (best > max)
			return max + 1;
		size_t *spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[m] > max ? max + 1 : last[m];
}

void
near_begin(struct near *near, const char *wanted)
{
	uint32_t characters[CHARACTERS_MAX];

	*near = (struct near){ .best = "" };
	match_bare(wanted, near->wanted);
	/* Of a short name one character may be wrong, of a long one every fourth. */
	near->max = (split(near->wanted, characters) + 2) / 4;
	if (near->max == 0)
		near->max = 1;
	near->distance = near->max + 1;
}

/* Short names that differ in a digit only are neighbours, not slips: 301 and 302, 3F and 4F. */
static bool
differs_in_digits(const char *a, const char *b)
{
	if (strlen(a) != strlen(b) || strlen(a) >= DIGITS_LONG)
		return false;
	for (; *a != '\0'; a++, b++)
		if (*a != *b && (*a < '0' || *a > '9' || *b < '0' || *b > '9'))
			return false;
	return true;
}

void
near_try(struct near *near, const char *candidate)
{
	char bare[MATCH_MAX];

	if (near->distance == 0)
		return;
	match_bare(candidate, bare);
	size_t distance = match_distance(near->wanted, bare, near->max);
	/* Two names of one character have nothing in common when it differs. */
	if (distance >= near->distance || (distance > 0 && strlen(bare) <= 3))
		return;
	if (distance > 0 && differs_in_digits(near->wanted, bare))
		return;
	near->distance = distance;
	text_copy(near->best, sizeof(near->best), candidate);
}

const char *
near_name(const struct near *near)
{
	return near->best;
}
