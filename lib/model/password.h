/*
 * password.h - which passwords are good enough.
 *
 * After NIST SP 800-63B: length and a block list instead of "one capital, one digit". What guessing
 * programs try first is refused: common passwords, words of this trade, the person's own name,
 * straight runs and repetitions, also with digits and signs hung on either end.
 */
#ifndef VOLTILL_PASSWORD_H
#define VOLTILL_PASSWORD_H

#define PASSWORD_MIN 10	 /* characters */
#define PASSWORD_MAX 128 /* characters; longer ones are refused before anything is hashed */

enum password_fault {
	PASSWORD_GOOD,
	PASSWORD_SHORT,
	PASSWORD_LONG,
	PASSWORD_TEXT,	 /* not UTF-8, or control characters that no keyboard gives twice alike */
	PASSWORD_NAME,	 /* made of the person's own name */
	PASSWORD_COMMON, /* on everybody's list, or made of a word that is */
	PASSWORD_SIMPLE, /* one run or one repetition */
};

/* Pure. display_name may be "". */
enum password_fault password_check(
    const char *password, const char *username, const char *display_name);

/* The key of the message under T.Error ("PasswordShort"); NULL for PASSWORD_GOOD. */
const char *password_word(enum password_fault fault);
/* One English sentence for the command line. */
const char *password_text(enum password_fault fault);

#endif
