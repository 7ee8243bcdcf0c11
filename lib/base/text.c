#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/log.h"
#include "base/text.h"

bool
text_is_utf8(const char *bytes, size_t length)
{
	return memchr(bytes, '\0', length) == NULL &&
	       u8_check((const uint8_t *)bytes, length) == NULL;
}

size_t
text_length(const char *text)
{
	return u8_mbsnlen((const uint8_t *)text, strlen(text));
}

bool
text_copy(char *out, size_t size, const char *text)
{
	size_t length = strlen(text);
	bool fits = length < size;

	if (size == 0)
		return false;
	if (!fits) {
		length = size - 1;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	memcpy(out, text, length);
	out[length] = '\0';
	return fits;
}

/* A space of any kind that a name may hold; tabs and line ends are control characters. */
static bool
is_space(ucs4_t character)
{
	return uc_is_general_category(character, UC_SPACE_SEPARATOR);
}

/* Characters that cannot be seen, turn the direction of others or exist in no well-formed text.
 * U+FE0E and U+FE0F choose between the plain and the coloured form of a sign and are harmless. */
static bool
is_forbidden(ucs4_t character)
{
	if (character == 0xfe0e || character == 0xfe0f)
		return false;
	return uc_is_general_category_withtable(character,
		   UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs |
		       UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp) ||
	       uc_is_property_default_ignorable_code_point(character) ||
	       uc_is_property_not_a_character(character);
}

/* Copies length bytes of NFC text with white space folded. */
static enum rc
fold_spaces(const uint8_t *text, size_t length, size_t max_chars, char *out, size_t size)
{
	size_t used = 0, chars = 0;
	bool is_space_due = false;

	for (size_t at = 0; at < length;) {
		ucs4_t character;
		int bytes = u8_mbtouc(&character, text + at, length - at);
		if (is_forbidden(character))
			return RC_INVALID;
		at += (size_t)bytes;
		if (is_space(character)) {
			is_space_due = used > 0;
			continue;
		}
		chars += is_space_due ? 2 : 1;
		if (chars > max_chars || used + (size_t)bytes + is_space_due >= size)
			return RC_INVALID;
		if (is_space_due)
			out[used++] = ' ';
		memcpy(out + used, text + at - bytes, (size_t)bytes);
		used += (size_t)bytes;
		is_space_due = false;
	}
	out[used] = '\0';
	return RC_OK;
}

enum rc
text_clean_name(const char *typed, size_t max_chars, char *out, size_t size)
{
	size_t length = strlen(typed), normal_length;

	if (size == 0 || !text_is_utf8(typed, length))
		return RC_INVALID;
	out[0] = '\0';
	uint8_t *normal =
	    u8_normalize(UNINORM_NFC, (const uint8_t *)typed, length, NULL, &normal_length);
	if (normal == NULL && length > 0)
		log_fatal("memory", "no room for a name");
	enum rc rc = fold_spaces(normal, normal_length, max_chars, out, size);
	free(normal);
	if (rc != RC_OK)
		out[0] = '\0';
	return rc;
}

/* Copies text without its outer white space, cut at a character boundary. */
static void
copy_trimmed(const uint8_t *text, size_t length, char *out, size_t size)
{
	size_t used = 0, end = 0;

	for (size_t at = 0; at < length;) {
		ucs4_t character;
		size_t bytes = (size_t)u8_mbtouc(&character, text + at, length - at);
		bool is_white = uc_is_property_white_space(character);
		if (used + bytes >= size)
			break;
		if (!is_white || used > 0) {
			memcpy(out + used, text + at, bytes);
			used += bytes;
		}
		if (!is_white)
			end = used;
		at += bytes;
	}
	out[end] = '\0';
}

void
text_fold(const char *typed, char *out, size_t size)
{
	size_t length = strlen(typed), folded_length;

	if (size == 0)
		return;
	out[0] = '\0';
	if (length == 0 || !text_is_utf8(typed, length))
		return;
	uint8_t *folded =
	    u8_tolower((const uint8_t *)typed, length, NULL, UNINORM_NFKC, NULL, &folded_length);
	if (folded == NULL)
		log_fatal("memory", "no room for a search word");
	copy_trimmed(folded, folded_length, out, size);
	free(folded);
}

enum rc
text_parse_uint(const char *text, int64_t max, int64_t *value)
{
	int64_t result = 0;

	if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
		return RC_INVALID;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(result, 10, &result) ||
		    __builtin_add_overflow(result, *text - '0', &result) || result > max)
			return RC_INVALID;
	}
	if (result > max)
		return RC_INVALID;
	*value = result;
	return RC_OK;
}

void
text_like(const char *text, char *out, size_t size)
{
	size_t used = 0;

	if (size < 2) {
		if (size == 1)
			out[0] = '\0';
		return;
	}
	out[used++] = '%';
	while (*text != '\0') {
		size_t bytes = 1;
		bool is_special = *text == '%' || *text == '_' || *text == '\\';
		while (((unsigned char)text[bytes] & 0xc0) == 0x80)
			bytes++;
		if (used + bytes + is_special + 2 > size)
			break;
		if (is_special)
			out[used++] = '\\';
		memcpy(out + used, text, bytes);
		used += bytes;
		text += bytes;
	}
	if (used + 1 < size)
		out[used++] = '%';
	out[used] = '\0';
}

void
text_hex(const void *bytes, size_t length, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < length; i++) {
		out[2 * i] = digits[byte[i] >> 4];
		out[2 * i + 1] = digits[byte[i] & 0xf];
	}
	out[2 * length] = '\0';
}

int
text_hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

enum rc
text_unhex(const char *text, void *bytes, size_t length)
{
	unsigned char *byte = bytes;

	if (strlen(text) != 2 * length)
		return RC_INVALID;
	for (size_t i = 0; i < 2 * length; i++) {
		if (text_hex_value(text[i]) < 0)
			return RC_INVALID;
	}
	for (size_t i = 0; i < length; i++)
		byte[i] = (unsigned char)(text_hex_value(text[2 * i]) << 4 |
					  text_hex_value(text[2 * i + 1]));
	return RC_OK;
}
