/*
 * voltillctl db-password ACCOUNT: sets the password of a database account and opens it. The
 * password is the first line of stdin, never an argument: arguments are seen by everybody on the
 * machine.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "ctl.h"

#define ACCOUNT_PREFIX "voltill_"

enum { SET_ACCOUNT };
static const struct query Q[] QUERIES = {
	[SET_ACCOUNT] = { .sql = "SET @account_name = ?, @account_password = ?" },
};

/* ALTER USER takes no parameters, so the server itself quotes the two variables. */
static const char alter[] =
    "EXECUTE IMMEDIATE CONCAT('ALTER USER ', QUOTE(@account_name), '@localhost IDENTIFIED BY ', "
    "QUOTE(@account_password), ' ACCOUNT UNLOCK');\n"
    "SET @account_password = NULL;\n";

static bool
is_account(const char *name)
{
	size_t prefix = strlen(ACCOUNT_PREFIX), length = strlen(name);

	return strncmp(name, ACCOUNT_PREFIX, prefix) == 0 && length > prefix && length <= 32 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz_") == length;
}

static bool
read_password(char *password, size_t size)
{
	if (fgets(password, (int)size, stdin) == NULL)
		return false;
	size_t length = strcspn(password, "\r\n");
	bool is_whole = password[length] != '\0' || feof(stdin);
	password[length] = '\0';
	return is_whole && length > 0;
}

enum rc
ctl_db_password(struct ctl *ctl, int argc, char **argv)
{
	char password[200];

	if (argc != 2 || !is_account(argv[1])) {
		(void)fprintf(
		    stderr, "usage: voltillctl db-password %sNAME < FILE\n", ACCOUNT_PREFIX);
		return RC_INVALID;
	}
	if (!read_password(password, sizeof(password))) {
		(void)fprintf(stderr, "voltillctl: stdin must hold a password on one line\n");
		return RC_INVALID;
	}
	enum rc rc = db_exec(ctl->db, &Q[SET_ACCOUNT], ARGS(S(argv[1]), S(password)));
	explicit_bzero(password, sizeof(password));
	if (rc == RC_OK)
		rc = db_script(ctl->db, argv[1], alter);
	if (rc != RC_OK)
		(void)fprintf(
		    stderr, "voltillctl: is %s an account? Migrate makes them.\n", argv[1]);
	return rc;
}
