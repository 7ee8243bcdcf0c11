#include "model/password_policy.h"

#include "model/setting.h"

static enum rc
read_number(
    struct db *db, const char *name, int64_t low, int64_t high, int64_t otherwise, int64_t *value)
{
	enum rc rc = setting_int(db, name, otherwise, value);

	if (rc == RC_OK && (*value < low || *value > high))
		*value = otherwise;
	return rc;
}

enum rc
password_policy_read(struct db *db, struct password_policy *policy)
{
	enum rc rc =
	    read_number(db, "password.min", 8, PASSWORD_MAX, PASSWORD_MIN, &policy->rules.min);

	if (rc == RC_OK)
		rc = read_number(db, "password.classes", 0, 4, 0, &policy->rules.classes);
	if (rc == RC_OK)
		rc = read_number(db, "password.max_age_days", 0, 999, 0, &policy->max_age_days);
	if (rc == RC_OK)
		rc = read_number(
		    db, "password.history", 0, PASSWORD_HISTORY_MAX, 0, &policy->history);
	return rc;
}
