#include "model/audit.h"

#include <assert.h>
#include <stddef.h>

#include "base/text.h"

/* Columns of the table audit; what is longer is cut, because a deed must not fail for its wording.
 */
#define ACTOR_MAX   64
#define ADDRESS_MAX 45
#define DETAIL_MAX  4000
#define REASON_MAX  500

enum { INSERT };
static const struct query Q[] QUERIES = {
	[INSERT] = { .sql = "INSERT INTO audit (at, operator_id, actor, address, action, outcome,"
			    " object_kind, object_id, detail, reason)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
};

enum rc
audit_write(struct db *db, const struct audit *audit)
{
	static const char *const outcomes[] = {
		[AUDIT_DONE] = "done",
		[AUDIT_REFUSED] = "refused",
		[AUDIT_FAILED] = "failed",
	};
	char actor[ACTOR_MAX + 1];
	char address[ADDRESS_MAX + 1];
	char detail[DETAIL_MAX + 1];
	char reason[REASON_MAX + 1];

	assert(audit->action != NULL && audit->at != 0);
	text_copy(actor, sizeof(actor), audit->actor);
	text_copy(address, sizeof(address), audit->address);
	text_copy(detail, sizeof(detail), audit->detail != NULL ? audit->detail : "");
	text_copy(reason, sizeof(reason), audit->reason != NULL ? audit->reason : "");
	enum rc rc = db_exec(db, &Q[INSERT],
	    ARGS(T(audit->at), audit->operator_id != 0 ? I(audit->operator_id) : NIL, S(actor),
		S(address), S(audit->action), S(outcomes[audit->outcome]), S(audit->object_kind),
		audit->object_id != 0 ? I(audit->object_id) : NIL, S(detail),
		audit->reason != NULL ? S(reason) : NIL));
	/* A refusal by the server is a fault of the installation, not of the person who acts. */
	return rc == RC_DENIED ? RC_UNAVAILABLE : rc;
}
