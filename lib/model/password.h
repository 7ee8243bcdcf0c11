/*
 * password.h - which passwords are good enough.
 *
 * After NIST SP 800-63B: length and a block list instead of "one capital, one digit". What guessing
 * programs try first is refused: common passwords, words of this trade, the person's own name,
 * straight runs and repetitions, also with digits and signs hung on either end. An installation
 * under MLPS (等保, GB/T 22239) also asks for kinds of characters: password_policy.h.
 */
#ifndef VOLTILL_PASSWORD_H
#define VOLTILL_PASSWORD_H

#include <stdint.h>

#define PASSWORD_MIN 10	 /* characters, unless the settings say otherwise */
#define PASSWORD_MAX 128 /* characters; longer ones are refused before anything is hashed */

enum password_fault {
	PASSWORD_GOOD,
	PASSWORD_SHORT,
	PASSWORD_CLASSES, /* too few kinds of characters */
	PASSWORD_LONG,
	PASSWORD_TEXT,	 /* not UTF-8, or control characters that no keyboard gives twice alike */
	PASSWORD_NAME,	 /* made of the person's own name */
	PASSWORD_COMMON, /* on everybody's list, or made of a word that is */
	PASSWORD_SIMPLE, /* one run or one repetition */
};

struct password_rules {
	int64_t min;	 /* characters */
	int64_t classes; /* of capital letters, small letters, digits, others; 0: any */
};

/* Pure. display_name may be "". */
enum password_fault password_check(const char *password, const char *username,
    const char *display_name, const struct password_rules *rules);

/* The key of the message under T.Error ("PasswordShort"); NULL for PASSWORD_GOOD. */
const char *password_word(enum password_fault fault);
/* One English sentence for the command line. */
const char *password_text(enum password_fault fault);

#endif
