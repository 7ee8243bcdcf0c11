/*
 * voltillctl operator …: the people who may sign in. The first administrator is made here; there is
 * no default password anywhere.
 */
#include "model/operator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"
#include "ctl.h"
#include "model/factor.h"
#include "model/password_policy.h"

#define PASSWORD_SIZE (PASSWORD_MAX * 4 + 3) /* with line end and NUL */

enum { ROLES };
static const struct query Q[] QUERIES = {
	[ROLES] = { .sql = "SELECT code FROM role ORDER BY role_id LIMIT 100" },
};

struct options {
	const char *username, *role, *name;
	bool is_from_stdin, is_weak_allowed;
};

static const char USAGE[] =
    "usage: voltillctl operator add USERNAME --role ROLE [--name NAME] [--password-stdin "
    "[--weak]]\n"
    "       voltillctl operator passwd USERNAME [--password-stdin [--weak]]\n"
    "       voltillctl operator role USERNAME --role ROLE\n"
    "       voltillctl operator disable USERNAME\n"
    "       voltillctl operator enable USERNAME\n"
    "       voltillctl operator totp-reset USERNAME\n"
    "       voltillctl operator list\n"
    "Without --password-stdin a one-time password is made and printed once; it has to be changed "
    "at the\n"
    "first sign-in and is good for 24 hours. --weak takes a password that is easy to guess.\n";

static enum rc
usage(void)
{
	fputs(USAGE, stderr);
	return RC_INVALID;
}

static enum rc
refuse(enum rc rc, const char *username, const char *why)
{
	fprintf(stderr, "voltillctl: operator %s: %s\n", username, why);
	return rc;
}

static bool
read_options(int argc, char **argv, struct options *options)
{
	for (int i = 2; i < argc; i++) {
		bool has_value = i + 1 < argc;
		if (strcmp(argv[i], "--role") == 0 && has_value)
			options->role = argv[++i];
		else if (strcmp(argv[i], "--name") == 0 && has_value)
			options->name = argv[++i];
		else if (strcmp(argv[i], "--password-stdin") == 0)
			options->is_from_stdin = true;
		else if (strcmp(argv[i], "--weak") == 0)
			options->is_weak_allowed = true;
		else if (argv[i][0] != '-' && options->username == NULL)
			options->username = argv[i];
		else
			return false;
	}
	return true;
}

static enum rc
read_password(
    struct db *db, const struct options *options, const struct operator_row *op, char *password)
{
	struct password_policy policy;
	enum rc rc = password_policy_read(db, &policy);

	if (rc != RC_OK)
		return rc;
	if (fgets(password, PASSWORD_SIZE, stdin) == NULL)
		return refuse(RC_INVALID, op->username, "no password on standard input");
	password[strcspn(password, "\r\n")] = '\0';
	enum password_fault fault =
	    password_check(password, op->username, op->display_name, &policy.rules);
	bool is_length = fault == PASSWORD_LONG || fault == PASSWORD_TEXT || password[0] == '\0';
	if (fault == PASSWORD_GOOD || (options->is_weak_allowed && !is_length))
		return RC_OK;
	return refuse(RC_INVALID, op->username, password_text(fault));
}

/* A password from standard input, or a fresh one-time password; hashed into op. */
static enum rc
choose_password(
    struct db *db, const struct options *options, struct operator_row *op, char *password)
{
	op->must_change = !options->is_from_stdin;
	if (options->is_from_stdin) {
		enum rc rc = read_password(db, options, op, password);
		if (rc != RC_OK)
			return rc;
	} else {
		secret_password(password, PASSWORD_SIZE);
	}
	return secret_hash(password, op->password_hash);
}

static void
tell_password(const struct operator_row *op, const char *password)
{
	if (op->must_change)
		printf("one-time password of %s: %s\n", op->username, password);
}

static enum rc
refuse_role(struct db *db, const char *username, const char *role)
{
	struct rows *rows;
	fprintf(stderr, "voltillctl: operator %s: there is no role %s; there are:", username, role);
	enum rc rc = db_query(db, &Q[ROLES], NO_ARGS, &rows);
	if (rc == RC_OK) {
		while ((rc = rows_next(rows)) == RC_OK)
			fprintf(stderr, " %s", rows_text(rows, 0));
		rows_end(rows);
	}
	fputc('\n', stderr);
	return rc;
}

static enum rc
add(struct db *db, const struct options *options)
{
	struct operator_row op;
	char password[PASSWORD_SIZE];
	int64_t id;
	struct operator_actor by = ctl_actor();

	if (options->role == NULL)
		return usage();
	if (!operator_is_username(options->username))
		return refuse(RC_INVALID, options->username,
		    "a user name has 2 to 32 of the characters a-z 0-9 . _ -");
	enum rc rc = operator_find(db, options->username, &op);
	if (rc == RC_OK)
		return refuse(RC_CONFLICT, options->username, "there is one of that name already");
	if (rc != RC_NOT_FOUND)
		return rc;
	text_copy(op.username, sizeof(op.username), options->username);
	text_copy(op.role, sizeof(op.role), options->role);
	rc = text_clean_name(options->name != NULL ? options->name : options->username,
	    OPERATOR_NAME_MAX, op.display_name, sizeof(op.display_name));
	if (rc != RC_OK)
		return refuse(rc, options->username, "the name is malformed or too long");
	if ((rc = choose_password(db, options, &op, password)) != RC_OK)
		return rc;
	if ((rc = operator_add(db, &op, &by, &id)) == RC_NOT_FOUND)
		return refuse_role(db, options->username, options->role);
	if (rc == RC_OK)
		tell_password(&op, password);
	return rc;
}

static enum rc
set_password(struct db *db, const struct options *options, struct operator_row *op)
{
	char password[PASSWORD_SIZE];
	struct operator_actor by = ctl_actor();
	enum rc rc = choose_password(db, options, op, password);
	if (rc == RC_OK)
		rc = operator_set_password(db, op, op->password_hash, op->must_change, 0, &by);
	if (rc == RC_OK)
		tell_password(op, password);
	return rc;
}

static enum rc
set_role(struct db *db, const struct options *options, struct operator_row *op)
{
	struct operator_actor by = ctl_actor();
	if (options->role == NULL)
		return usage();
	enum rc rc = operator_set_role(db, op, options->role, &by);
	return rc == RC_NOT_FOUND ? refuse_role(db, op->username, options->role) : rc;
}

static enum rc
disable(struct db *db, const struct options *options, struct operator_row *op)
{
	struct operator_actor by = ctl_actor();
	(void)options;
	return operator_set_disabled(db, op, true, &by);
}

static enum rc
enable(struct db *db, const struct options *options, struct operator_row *op)
{
	struct operator_actor by = ctl_actor();
	(void)options;
	return operator_set_disabled(db, op, false, &by);
}

/* For who lost the phone and the recovery codes. */
static enum rc
reset_totp(struct db *db, const struct options *options, struct operator_row *op)
{
	struct operator_actor by = ctl_actor();
	(void)options;
	if (!op->has_totp)
		return refuse(RC_NOT_FOUND, op->username, "there is no second factor");
	return factor_reset(db, op->operator_id, &by);
}

static enum rc
list(struct db *db)
{
	struct rows *rows;
	enum rc rc = operator_list(db, &rows);
	if (rc != RC_OK)
		return rc;
	printf("%-20s %-12s %-10s %-20s %s\n", "USERNAME", "ROLE", "STATE", "SIGNED IN", "NAME");
	while ((rc = rows_next(rows)) == RC_OK) {
		const char *state = rows_int(rows, 4) != 0 ? "one-time" : "open";
		if (rows_int(rows, 3) != 0)
			state = "disabled";
		printf("%-20s ", rows_text(rows, 0));
		printf("%-12s %-10s ", rows_text(rows, 2), state);
		printf("%-20s ", rows_is_null(rows, 5) ? "-" : rows_text(rows, 5));
		printf("%s\n", rows_text(rows, 1));
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static const struct {
	const char *verb;
	enum rc (*change)(struct db *, const struct options *, struct operator_row *);
} CHANGES[] = {
	{ "passwd", set_password },
	{ "role", set_role },
	{ "disable", disable },
	{ "enable", enable },
	{ "totp-reset", reset_totp },
};

enum rc
ctl_operator(struct ctl *ctl, int argc, char **argv)
{
	struct options options = { 0 };
	struct operator_row op;

	if (argc < 2 || !read_options(argc, argv, &options))
		return usage();
	if (strcmp(argv[1], "list") == 0 && options.username == NULL)
		return list(ctl->db);
	if (options.username == NULL)
		return usage();
	if (strcmp(argv[1], "add") == 0)
		return add(ctl->db, &options);
	for (size_t i = 0; i < COUNT(CHANGES); i++) {
		if (strcmp(argv[1], CHANGES[i].verb) != 0)
			continue;
		enum rc rc = operator_find(ctl->db, options.username, &op);
		if (rc == RC_NOT_FOUND)
			return refuse(rc, options.username, "there is nobody of that name");
		return rc == RC_OK ? CHANGES[i].change(ctl->db, &options, &op) : rc;
	}
	return usage();
}
