#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "model/audit.h"
#include "model/session_private.h"
#include "model/setting.h"
#include "model/throttle.h"

#define USER_AGENT_MAX 200		      /* session.user_agent */
#define KEEP	       (31 * 24 * CLOCK_HOUR) /* longer than SESSION_KNOWN asks for */
#define PURGE_MAX      100		      /* rows; more than a person signs in a day */
#define NETWORKS_MAX   200		      /* different addresses looked at for "known" */

enum {
	LOCK_OPERATOR,
	PURGE,
	EXPIRE_ALL,
	COUNT_LIVE,
	REPLACE,
	INSERT,
	END_ONE,
	END_ALL,
	LIST,
	ADDRESSES,
	PREVIOUS,
	CONFIRM,
	VIEW_END,
};
static const struct query Q[] QUERIES = {
	[LOCK_OPERATOR] = { .sql =
				"SELECT disabled_at FROM operator WHERE operator_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[PURGE] = { .sql = "DELETE FROM session WHERE operator_id = ? AND expires_at < ? LIMIT ?" },
	[EXPIRE_ALL] = { .sql = "UPDATE session SET ended_at = ?, end_reason = 'expired'"
				" WHERE operator_id = ? AND ended_at IS NULL"
				" AND (expires_at <= ? OR seen_at <= ?)" },
	[COUNT_LIVE] = { .sql = "SELECT COUNT(*) FROM session WHERE operator_id = ? AND ended_at "
				"IS NULL",
	    .bounded = "one number" },
	[REPLACE] = { .sql = "UPDATE session SET ended_at = ?, end_reason = 'replaced'"
			     " WHERE operator_id = ? AND ended_at IS NULL"
			     " ORDER BY created_at, public_id LIMIT ?" },
	[INSERT] = { .sql = "INSERT INTO session (session_id, public_id, operator_id, created_at,"
			    " seen_at, expires_at, confirmed_at, address, user_agent)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[END_ONE] = { .sql = "UPDATE session SET ended_at = ?, end_reason = ?"
			     " WHERE public_id = ? AND operator_id = ? AND ended_at IS NULL" },
	[END_ALL] = { .sql = "UPDATE session SET ended_at = ?, end_reason = ?"
			     " WHERE operator_id = ? AND public_id <> ? AND ended_at IS NULL" },
	[LIST] = { .sql = "SELECT public_id AS Id, address AS Address, user_agent AS UserAgent,"
			  " created_at AS CreatedAt, seen_at AS SeenAt FROM session"
			  " WHERE operator_id = ? AND ended_at IS NULL AND expires_at > ?"
			  " AND seen_at > ? ORDER BY seen_at DESC, public_id LIMIT 100" },
	[ADDRESSES] = { .sql = "SELECT address FROM session"
			       " WHERE operator_id = ? AND created_at > ?"
			       " GROUP BY address ORDER BY MAX(created_at) DESC LIMIT ?" },
	[CONFIRM] = { .sql = "UPDATE session SET confirmed_at = ? WHERE public_id = ?"
			     " AND operator_id = ? AND ended_at IS NULL" },
	[VIEW_END] = { .sql = "UPDATE session SET view_role_id = NULL, view_until = NULL"
			      " WHERE public_id = ? AND operator_id = ?" },
	[PREVIOUS] = { .sql = "SELECT created_at, address FROM session"
			      " WHERE operator_id = ? AND created_at < ?"
			      " ORDER BY created_at DESC LIMIT 1" },
};

/* A limit of the settings; what is missing or unreadable falls back to the strict default. */
static enum rc
read_limit(struct db *db, const char *name, int64_t max, int64_t otherwise, int64_t *value)
{
	enum rc rc = setting_int(db, name, otherwise, value);
	if (rc == RC_OK && (*value <= 0 || *value > max))
		*value = otherwise;
	return rc;
}

static enum rc
read_idle(struct db *db, int64_t *ms)
{
	int64_t minutes;
	enum rc rc = read_limit(db, "session.idle_min", 24 * 60, 15, &minutes);
	*ms = rc == RC_OK ? minutes * CLOCK_MINUTE : 0;
	return rc;
}

/* A header is bytes; the column is text. */
static void
clean_user_agent(const char *typed, char out[USER_AGENT_MAX + 1])
{
	size_t n = 0;
	for (; typed != NULL && typed[n] != '\0' && n < USER_AGENT_MAX; n++)
		out[n] = typed[n] >= ' ' && typed[n] <= '~' ? typed[n] : '?';
	out[n] = '\0';
}

struct beginning {
	const struct operator_row *op;
	const struct session_client *client;
	unsigned char id[SECRET_DIGEST];
	int64_t expires_at;
};

static enum rc
lock_operator(struct db *db, int64_t operator_id)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOCK_OPERATOR], ARGS(I(operator_id)), &rows);
	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_NOT_FOUND || (rc == RC_OK && !rows_is_null(rows, 0)))
		rc = RC_DENIED;
	rows_end(rows);
	return rc;
}

/* Leaves room for one more session. The operator's row is locked, so two sign-ins cannot both
 * count. */
static enum rc
make_room(struct db *db, int64_t operator_id, int64_t now)
{
	int64_t idle, parallel_max, live;
	enum rc rc;
	if ((rc = lock_operator(db, operator_id)) != RC_OK)
		return rc;
	if ((rc = read_idle(db, &idle)) != RC_OK)
		return rc;
	if ((rc = read_limit(db, "session.parallel_max", 1000, 3, &parallel_max)) != RC_OK)
		return rc;
	if ((rc = db_exec(db, &Q[PURGE], ARGS(I(operator_id), T(now - KEEP), I(PURGE_MAX)))) !=
	    RC_OK)
		return rc;
	if ((rc = db_exec(
		 db, &Q[EXPIRE_ALL], ARGS(T(now), I(operator_id), T(now), T(now - idle)))) != RC_OK)
		return rc;
	if ((rc = db_int(db, &Q[COUNT_LIVE], ARGS(I(operator_id)), &live)) != RC_OK)
		return rc;
	if (live < parallel_max)
		return RC_OK;
	return db_exec(db, &Q[REPLACE], ARGS(T(now), I(operator_id), I(live - parallel_max + 1)));
}

static int64_t
random_public_id(void)
{
	uint64_t id;
	secret_random(&id, sizeof(id));
	return (int64_t)(id >> 1) | 1; /* positive and never 0 */
}

static enum rc
insert(struct db *db, const struct beginning *beginning)
{
	char user_agent[USER_AGENT_MAX + 1], address[SESSION_ADDRESS];
	int64_t now = beginning->client->now;
	clean_user_agent(beginning->client->user_agent, user_agent);
	text_copy(address, sizeof(address), beginning->client->address);
	return db_exec(db, &Q[INSERT],
	    ARGS(B(beginning->id, sizeof(beginning->id)), I(random_public_id()),
		I(beginning->op->operator_id), T(now), T(now), T(beginning->expires_at), T(now),
		S(address), S(user_agent)));
}

static enum rc
begin(struct db *db, void *context)
{
	struct beginning *beginning = context;
	const struct operator_row *op = beginning->op;
	const struct session_client *client = beginning->client;
	int64_t absolute_h;
	enum rc rc;

	if ((rc = make_room(db, op->operator_id, client->now)) != RC_OK)
		return rc;
	if ((rc = read_limit(db, "session.absolute_h", 7 * 24, 12, &absolute_h)) != RC_OK)
		return rc;
	beginning->expires_at = client->now + absolute_h * CLOCK_HOUR;
	if ((rc = insert(db, beginning)) != RC_OK)
		return rc;
	if ((rc = throttle_forgive(db, op->username, client->address)) != RC_OK)
		return rc;
	return audit_write(db, &(struct audit){ .at = client->now,
				   .operator_id = op->operator_id,
				   .actor = op->username,
				   .address = client->address,
				   .action = "session.begin" });
}

enum rc
session_begin(struct db *db, const struct operator_row *op, const struct session_client *client,
    char token[SESSION_TOKEN], int64_t *expires_at)
{
	struct beginning beginning = { .op = op, .client = client };
	session_token(token);
	enum rc rc = session_id(token, beginning.id);
	assert(rc == RC_OK);
	rc = db_transact(db, begin, &beginning);
	*expires_at = beginning.expires_at;
	return rc;
}

struct deed {
	const struct session *session;
	const struct session_client *client;
};

static enum rc
audit_deed(struct db *db, const struct deed *deed, const char *action, const char *detail)
{
	return audit_write(db, &(struct audit){ .at = deed->client->now,
				   .operator_id = deed->session->operator_id,
				   .actor = deed->session->username,
				   .address = deed->client->address,
				   .action = action,
				   .detail = detail });
}

static enum rc
confirm(struct db *db, void *context)
{
	const struct deed *deed = context;
	const struct session *session = deed->session;
	enum rc rc = db_exec(db, &Q[CONFIRM],
	    ARGS(T(deed->client->now), I(session->public_id), I(session->operator_id)));
	if (rc == RC_OK && db_affected(db) == 0)
		rc = RC_NOT_FOUND; /* it was ended meanwhile */
	if (rc == RC_OK)
		rc = throttle_forgive(db, session->username, deed->client->address);
	return rc == RC_OK ? audit_deed(db, deed, "session.confirm", NULL) : rc;
}

enum rc
session_confirm(struct db *db, const struct session *session, const struct session_client *client)
{
	struct deed deed = { session, client };
	return db_transact(db, confirm, &deed);
}

static enum rc
view_end(struct db *db, void *context)
{
	const struct deed *deed = context;
	const struct session *session = deed->session;
	enum rc rc =
	    db_exec(db, &Q[VIEW_END], ARGS(I(session->public_id), I(session->operator_id)));
	return rc == RC_OK ? audit_deed(db, deed, "role.view_end", session->view_role) : rc;
}

enum rc
session_view_end(struct db *db, const struct session *session, const struct session_client *client)
{
	struct deed deed = { session, client };
	return db_transact(db, view_end, &deed);
}

struct ending {
	const struct session *by;
	const struct session_client *client;
	int64_t public_id; /* 0: all but by */
	enum session_end why;
};

static enum rc
end(struct db *db, void *context)
{
	const struct ending *ending = context;
	const struct session *by = ending->by;
	int64_t now = ending->client->now;
	enum rc rc;

	if (ending->public_id != 0)
		rc = db_exec(db, &Q[END_ONE],
		    ARGS(T(now), S(session_reason(ending->why)), I(ending->public_id),
			I(by->operator_id)));
	else
		rc = session_end_all(db, by->operator_id, by->public_id, ending->why, now);
	if (rc != RC_OK)
		return rc;
	if (db_affected(db) == 0)
		return RC_NOT_FOUND;
	return audit_write(db, &(struct audit){ .at = now,
				   .operator_id = by->operator_id,
				   .actor = by->username,
				   .address = ending->client->address,
				   .action = "session.end",
				   .object_kind = "session",
				   .object_id = ending->public_id,
				   .detail = session_reason(ending->why) });
}

enum rc
session_end(struct db *db, const struct session *session, const struct session_client *client)
{
	struct ending ending = { session, client, session->public_id, SESSION_SIGNED_OUT };
	enum rc rc = db_transact(db, end, &ending);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
session_end_public(
    struct db *db, int64_t public_id, const struct session *by, const struct session_client *client)
{
	struct ending ending = { by, client, public_id, SESSION_ENDED };
	return db_transact(db, end, &ending);
}

enum rc
session_end_all(struct db *db, int64_t operator_id, int64_t keep, enum session_end why, int64_t now)
{
	return db_exec(
	    db, &Q[END_ALL], ARGS(T(now), S(session_reason(why)), I(operator_id), I(keep)));
}

enum rc
session_list(struct db *db, int64_t operator_id, int64_t now, struct rows **rows)
{
	int64_t idle;
	enum rc rc = read_idle(db, &idle);
	if (rc != RC_OK)
		return rc;
	return db_query(db, &Q[LIST], ARGS(I(operator_id), T(now), T(now - idle)), rows);
}

enum rc
session_is_known_address(
    struct db *db, int64_t operator_id, const char *address, int64_t now, bool *is_known)
{
	char asked[THROTTLE_NETWORK], seen[THROTTLE_NETWORK];
	struct rows *rows;
	throttle_network(address, asked);
	*is_known = false;
	enum rc rc = db_query(db, &Q[ADDRESSES],
	    ARGS(I(operator_id), T(now - SESSION_KNOWN), I(NETWORKS_MAX)), &rows);
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		throttle_network(rows_text(rows, 0), seen);
		if (strcmp(asked, seen) == 0)
			*is_known = true;
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
session_previous(
    struct db *db, int64_t operator_id, int64_t before, int64_t *at, char address[SESSION_ADDRESS])
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[PREVIOUS], ARGS(I(operator_id), T(before)), &rows);
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*at = rows_int(rows, 0);
		text_copy(address, SESSION_ADDRESS, rows_text(rows, 1));
	}
	rows_end(rows);
	return rc;
}
