/*
 * totp.h - codes of an authenticator app (RFC 6238, SHA-1, 6 digits, 30 s). The owner of liboath.
 */
#ifndef VOLTILL_TOTP_H
#define VOLTILL_TOTP_H

#include <stdint.h>

#include "base/rc.h"

#define TOTP_SECRET 20 /* bytes */
#define TOTP_TEXT   33 /* the same in base32, with NUL */
#define TOTP_CODE   7  /* a code, with NUL */

void totp_secret(unsigned char secret[TOTP_SECRET]);
void totp_text(const unsigned char secret[TOTP_SECRET], char text[TOTP_TEXT]);

/* now in ms UTC; a step is 30 s. */
int64_t totp_step(int64_t now);
void totp_code(const unsigned char secret[TOTP_SECRET], int64_t step, char code[TOTP_CODE]);

/* RC_OK when code is that of now, of the step before or after it, and of a step later than
 * used_step: a code works once. *step is its own. RC_DENIED otherwise. */
enum rc totp_check(const unsigned char secret[TOTP_SECRET], const char *code, int64_t now,
    int64_t used_step, int64_t *step);

#endif
