/*
 * pages.h - the handlers of the login program, one file a page.
 */
#ifndef VOLTILL_LOGIN_PAGES_H
#define VOLTILL_LOGIN_PAGES_H

#include "model/operator.h"
#include "route.h"

enum rc home(struct req *r); /* "/" leads to the overview or to the door */

enum rc logo(struct req *r); /* logo.c */
enum rc signin_show(struct req *r);
enum rc signin(struct req *r);
enum rc signout(struct req *r);

enum rc password_show(struct req *r);
enum rc password_change(struct req *r);

enum rc sessions_show(struct req *r);
enum rc sessions_end(struct req *r);
enum rc sessions_end_others(struct req *r);

enum rc preferences(struct req *r);

enum rc confirm_show(struct req *r);
enum rc confirm_check(struct req *r);
enum rc view_end(struct req *r); /* back from another role's eyes */

enum rc factor_show(struct req *r); /* the code after the password */
enum rc factor(struct req *r);
enum rc totp_show(struct req *r); /* one's own second factor */
enum rc totp_on(struct req *r);
enum rc totp_codes(struct req *r);
enum rc totp_off(struct req *r);

/* Begins the session and leads to where the person wanted to go: after the password, or after the
 * code where one is asked. */
enum rc signin_enter(struct req *r, const struct operator_row *op);

#define STEP_COOKIE "step" /* between password and code */

/* Who asks, as the model wants it. */
struct session_client client_of(const struct req *r);

/* Adds the message of a delay to the form: "try again in 15 s". Answers 429. */
void show_wait(struct req *r, int64_t wait_ms);

#endif
