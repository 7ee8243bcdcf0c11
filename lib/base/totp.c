#include "base/totp.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <liboath/oath.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"

#define STEP_S 30
#define DIGITS 6
#define WINDOW 1 /* steps a phone's clock may be off, either way */

static_assert(TOTP_CODE == DIGITS + 1, "a code fits");

void
totp_secret(unsigned char secret[TOTP_SECRET])
{
	secret_random(secret, TOTP_SECRET);
}

void
totp_text(const unsigned char secret[TOTP_SECRET], char text[TOTP_TEXT])
{
	char *encoded = NULL;
	size_t length = 0;

	if (oath_base32_encode((const char *)secret, TOTP_SECRET, &encoded, &length) != OATH_OK)
		log_fatal("totp", "no memory to write a secret");
	text_copy(text, TOTP_TEXT, encoded);
	free(encoded);
}

int64_t
totp_step(int64_t now)
{
	return now / CLOCK_SECOND / STEP_S;
}

void
totp_code(const unsigned char secret[TOTP_SECRET], int64_t step, char code[TOTP_CODE])
{
	if (oath_totp_generate((const char *)secret, TOTP_SECRET, (time_t)(step * STEP_S), STEP_S,
		0, DIGITS, code) != OATH_OK)
		log_fatal("totp", "liboath makes no code");
}

enum rc
totp_check(const unsigned char secret[TOTP_SECRET], const char *code, int64_t now,
    int64_t used_step, int64_t *step)
{
	char right[TOTP_CODE];
	int64_t found = -1;

	if (strlen(code) != DIGITS || strspn(code, "0123456789") != DIGITS)
		return RC_DENIED;
	for (int64_t at = totp_step(now) - WINDOW; at <= totp_step(now) + WINDOW; at++) {
		totp_code(secret, at, right);
		if (secret_equal(right, code, DIGITS) && at > used_step)
			found = at;
	}
	*step = found;
	return found >= 0 ? RC_OK : RC_DENIED;
}
