/*
 * factor_reset.c - turning the second factor off. A file of its own: administrators do it, too, and
 * their program neither reads secrets nor signs anyone in.
 */
#include "model/change.h"
#include "model/edit.h"
#include "model/factor.h"

enum { TURN_OFF, FORGET };
static const struct query Q[] QUERIES = {
	[TURN_OFF] = { .sql = "UPDATE operator SET totp_secret = NULL, totp_since = NULL,"
			      " revision = revision + 1 WHERE operator_id = ?" },
	[FORGET] = { .sql = "DELETE FROM operator_recovery WHERE operator_id = ?" },
};

struct reset {
	int64_t operator_id;
	const struct operator_actor *by;
};

static enum rc
reset(struct db *db, void *context)
{
	const struct reset *this = context;
	enum rc rc = db_exec(db, &Q[TURN_OFF], ARGS(I(this->operator_id)));

	if (rc == RC_OK)
		rc = db_exec(db, &Q[FORGET], ARGS(I(this->operator_id)));
	return rc == RC_OK ? edit_audit(db, this->by, "totp.reset", "operator", this->operator_id,
				 &(const struct changes){ 0 }, NULL)
			   : rc;
}

enum rc
factor_reset(struct db *db, int64_t operator_id, const struct operator_actor *by)
{
	struct reset this = { operator_id, by };

	return db_transact(db, reset, &this);
}
