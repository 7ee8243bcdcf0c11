#include "base/capital.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static const char *const DIGITS[] = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
static const char *const PLACES[] = { "", "拾", "佰", "仟" };
static const char *const GROUPS[] = { "", "万", "亿" };

struct writing {
	char *text;
	size_t size, used;
	bool has_gap; /* zeros since the last figure: one 零 stands for them all */
};

static void
put(struct writing *writing, const char *word)
{
	size_t length = strlen(word);

	assert(writing->used + length < writing->size);
	memcpy(writing->text + writing->used, word, length + 1);
	writing->used += length;
}

/* Four figures, such as 0305: 零叁佰零伍. Zeros at the end are not spoken. */
static void
put_group(struct writing *writing, int64_t group, bool is_first)
{
	int64_t unit = 1000;

	for (int place = 3; place >= 0; place--, unit /= 10) {
		int64_t digit = group / unit % 10;
		if (digit == 0) {
			writing->has_gap = true;
			continue;
		}
		if (writing->has_gap && !is_first)
			put(writing, DIGITS[0]);
		put(writing, DIGITS[digit]);
		put(writing, PLACES[place]);
		writing->has_gap = is_first = false;
	}
}

static void
put_yuan(struct writing *writing, int64_t yuan)
{
	const int64_t groups[] = { yuan % 10000, yuan / 10000 % 10000, yuan / 100000000 };
	bool is_first = true;

	for (int i = 2; i >= 0; i--) {
		if (groups[i] == 0) {
			writing->has_gap = true;
			continue;
		}
		put_group(writing, groups[i], is_first);
		put(writing, GROUPS[i]);
		writing->has_gap = is_first = false;
	}
	if (is_first)
		put(writing, DIGITS[0]);
	put(writing, "元");
}

static void
put_amount(struct writing *writing, int64_t fen)
{
	int64_t yuan = fen / 100, tens = fen / 10 % 10, ones = fen % 10;

	put_yuan(writing, yuan);
	if (tens != 0) {
		put(writing, DIGITS[tens]);
		put(writing, "角");
	} else if (ones != 0 && yuan != 0) {
		put(writing, DIGITS[0]);
	}
	if (ones != 0) {
		put(writing, DIGITS[ones]);
		put(writing, "分");
	} else {
		put(writing, "整");
	}
}

void
capital_amount(int64_t amount_fen, char *text, size_t size)
{
	struct writing writing = { .text = text, .size = size };

	assert(size > 0);
	text[0] = '\0';
	if (amount_fen < -CAPITAL_MAX_FEN || amount_fen > CAPITAL_MAX_FEN)
		return;
	if (amount_fen < 0)
		put(&writing, "负");
	put_amount(&writing, amount_fen < 0 ? -amount_fen : amount_fen);
}
