#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/log.h"
#include "base/pinyin.h"
#include "base/rc.h"
#include "base/text.h"

#define NAME_MAX_UNITS 512

static UTransliterator *han_to_latin;

static void
open_transliterator(void)
{
	UErrorCode status = U_ZERO_ERROR;

	han_to_latin = utrans_openU(
	    u"Han-Latin; Latin-ASCII; Lower", -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
	if (U_FAILURE(status)) {
		log_error("pinyin", "ICU has no Han-Latin rules: %s", u_errorName(status));
		han_to_latin = NULL;
	}
}

/* First letter of a Chinese character's reading, 0 when it has none. */
static char
initial(UChar32 character)
{
	UChar latin[32];
	int32_t length = 0, limit;
	UErrorCode status = U_ZERO_ERROR;

	(void)u_strFromUTF32(latin, COUNT(latin), &length, &character, 1, &status);
	limit = length;
	utrans_transUChars(han_to_latin, latin, &length, COUNT(latin), 0, &limit, &status);
	return U_SUCCESS(status) && latin[0] >= 'a' && latin[0] <= 'z' ? (char)latin[0] : '\0';
}

void
pinyin_initials(const char *name, char *out, size_t size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char folded[NAME_MAX_UNITS];
	UChar units[NAME_MAX_UNITS];
	UChar32 characters[NAME_MAX_UNITS];
	int32_t length = 0, count = 0;
	size_t used = 0;
	UErrorCode status = U_ZERO_ERROR;

	(void)pthread_once(&once, open_transliterator);
	text_fold(name, folded, sizeof(folded));
	(void)u_strFromUTF8(units, COUNT(units), &length, folded, -1, &status);
	(void)u_strToUTF32(characters, COUNT(characters), &count, units, length, &status);
	for (int32_t i = 0; U_SUCCESS(status) && i < count && used + 1 < size; i++) {
		UChar32 character = characters[i];
		char letter = '\0';
		if ((character >= 'a' && character <= 'z') ||
		    (character >= '0' && character <= '9'))
			letter = (char)character;
		else if (han_to_latin != NULL && u_hasBinaryProperty(character, UCHAR_IDEOGRAPHIC))
			letter = initial(character);
		if (letter != '\0')
			out[used++] = letter;
	}
	if (size > 0)
		out[used] = '\0';
}
