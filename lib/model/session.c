#include "model/session.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/audit.h"
#include "model/setting.h"
#include "model/throttle.h"

#define TOKEN_BYTES    32
#define USER_AGENT_MAX 200		      /* session.user_agent */
#define KEEP	       (31 * 24 * CLOCK_HOUR) /* longer than SESSION_KNOWN asks for */
#define PURGE_MAX      100		      /* rows; more than a person signs in a day */
#define NETWORKS_MAX   200		      /* different addresses looked at for "known" */

enum {
	FIND,
	SEEN,
	EXPIRE,
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
};
static const struct query Q[] QUERIES = {
	[FIND] = { .sql =
		       "SELECT s.public_id, s.operator_id, o.username, o.display_name, r.code, "
		       "r.name,"
		       " o.language, o.theme, o.must_change, s.created_at, s.seen_at, s.expires_at,"
		       " s.confirmed_at, s.ended_at, s.end_reason, o.disabled_at,"
		       " (SELECT value FROM setting WHERE name = 'session.idle_min'),"
		       " (SELECT CAST(GROUP_CONCAT(p.permission) AS CHAR(2000))"
		       " FROM role_permission p WHERE p.role_id = o.role_id)"
		       " FROM session s JOIN operator o USING (operator_id)"
		       " JOIN role r USING (role_id) WHERE s.session_id = ?",
	    .bounded = "primary key" },
	[SEEN] = { .sql = "UPDATE session SET seen_at = ?"
			  " WHERE session_id = ? AND ended_at IS NULL" },
	[EXPIRE] = { .sql = "UPDATE session SET ended_at = ?, end_reason = 'expired'"
			    " WHERE session_id = ? AND ended_at IS NULL" },
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
	[PREVIOUS] = { .sql = "SELECT created_at, address FROM session"
			      " WHERE operator_id = ? AND created_at < ?"
			      " ORDER BY created_at DESC LIMIT 1" },
};

/* Names of session.end_reason. */
static const char *const REASONS[] = {
	[SESSION_SIGNED_OUT] = "signed_out",
	[SESSION_ENDED] = "ended",
	[SESSION_REPLACED] = "replaced",
	[SESSION_PASSWORD] = "password",
	[SESSION_EXPIRED] = "expired",
	[SESSION_DISABLED] = "disabled",
};

const char *
session_end_word(enum session_end end)
{
	static const char *const words[] = {
		[SESSION_ENDED] = "SessionEndedElsewhere",
		[SESSION_REPLACED] = "SessionReplaced",
		[SESSION_PASSWORD] = "SessionPassword",
		[SESSION_EXPIRED] = "SessionExpired",
		[SESSION_DISABLED] = "SessionDisabled",
	};
	return (unsigned)end < COUNT(words) ? words[end] : NULL;
}

void
session_token(char token[SESSION_TOKEN])
{
	unsigned char bytes[TOKEN_BYTES];
	secret_random(bytes, sizeof(bytes));
	text_hex(bytes, sizeof(bytes), token);
}

enum rc
session_csrf(const char *token, char csrf[SESSION_TOKEN])
{
	static const char label[] = "voltill form token";
	unsigned char key[TOKEN_BYTES], mac[SECRET_DIGEST];
	enum rc rc = text_unhex(token, key, sizeof(key));
	if (rc != RC_OK)
		return rc;
	secret_mac(key, label, sizeof(label) - 1, mac);
	text_hex(mac, sizeof(mac), csrf);
	return RC_OK;
}

/* What the database knows a token by. */
static enum rc
token_id(const char *token, unsigned char id[SECRET_DIGEST])
{
	unsigned char bytes[TOKEN_BYTES];
	enum rc rc = text_unhex(token, bytes, sizeof(bytes));
	if (rc == RC_OK)
		secret_digest(bytes, sizeof(bytes), id);
	return rc;
}

/* A number of the settings; what is missing or unreadable falls back to the strict default. */
static int64_t
limit_number(const char *text, int64_t max, int64_t otherwise)
{
	int64_t value;
	return text_parse_uint(text, max, &value) == RC_OK && value > 0 ? value : otherwise;
}

static enum rc
read_limit(struct db *db, const char *name, int64_t max, int64_t otherwise, int64_t *value)
{
	enum rc rc = setting_int(db, name, otherwise, value);
	if (rc == RC_OK && (*value <= 0 || *value > max))
		*value = otherwise;
	return rc;
}

static int64_t
idle_ms(const char *minutes)
{
	return limit_number(minutes, 24 * 60, 15) * CLOCK_MINUTE;
}

static enum rc
read_idle(struct db *db, int64_t *ms)
{
	int64_t minutes;
	enum rc rc = read_limit(db, "session.idle_min", 24 * 60, 15, &minutes);
	*ms = rc == RC_OK ? minutes * CLOCK_MINUTE : 0;
	return rc;
}

static enum session_end
recorded_end(const char *reason)
{
	for (unsigned end = SESSION_SIGNED_OUT; end < COUNT(REASONS); end++)
		if (strcmp(reason, REASONS[end]) == 0)
			return (enum session_end)end;
	return SESSION_ENDED;
}

static enum session_end
judge(struct rows *rows, const struct session *session, int64_t now)
{
	if (!rows_is_null(rows, 13))
		return recorded_end(rows_text(rows, 14));
	if (!rows_is_null(rows, 15))
		return SESSION_DISABLED;
	if (session->expires_at <= now || session->seen_at + idle_ms(rows_text(rows, 16)) <= now)
		return SESSION_EXPIRED;
	return SESSION_LIVE;
}

static void
fill(struct rows *rows, struct session *session)
{
	session->public_id = rows_int(rows, 0);
	session->operator_id = rows_int(rows, 1);
	text_copy(session->username, sizeof(session->username), rows_text(rows, 2));
	text_copy(session->display_name, sizeof(session->display_name), rows_text(rows, 3));
	text_copy(session->role, sizeof(session->role), rows_text(rows, 4));
	text_copy(session->role_name, sizeof(session->role_name), rows_text(rows, 5));
	text_copy(session->language, sizeof(session->language), rows_text(rows, 6));
	text_copy(session->theme, sizeof(session->theme), rows_text(rows, 7));
	session->must_change = rows_int(rows, 8) != 0;
	session->created_at = rows_int(rows, 9);
	session->seen_at = rows_int(rows, 10);
	session->expires_at = rows_int(rows, 11);
	session->confirmed_at = rows_int(rows, 12);
	session->permissions = permission_parse(rows_text(rows, 17));
}

static enum rc
load(struct db *db, const unsigned char id[SECRET_DIGEST], int64_t now, struct session *session)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(B(id, SECRET_DIGEST)), &rows);
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		fill(rows, session);
		session->end = judge(rows, session, now);
	}
	rows_end(rows);
	return rc;
}

enum rc
session_find(struct db *db, const char *token, int64_t now, struct session *session)
{
	unsigned char id[SECRET_DIGEST];
	*session = (struct session){ .end = SESSION_UNKNOWN };
	if (token_id(token, id) != RC_OK || session_csrf(token, session->csrf) != RC_OK)
		return RC_NOT_FOUND;

	enum rc rc = load(db, id, now, session);
	if (rc != RC_OK)
		return rc;
	if (session->end == SESSION_EXPIRED &&
	    (rc = db_exec(db, &Q[EXPIRE], ARGS(T(now), B(id, sizeof(id))))) != RC_OK)
		return rc;
	if (session->end != SESSION_LIVE)
		return RC_NOT_FOUND;
	if (now - session->seen_at >= SESSION_REFRESH)
		rc = db_exec(db, &Q[SEEN], ARGS(T(now), B(id, sizeof(id))));
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
	enum rc rc = token_id(token, beginning.id);
	assert(rc == RC_OK);
	rc = db_transact(db, begin, &beginning);
	*expires_at = beginning.expires_at;
	return rc;
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
		    ARGS(
			T(now), S(REASONS[ending->why]), I(ending->public_id), I(by->operator_id)));
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
				   .detail = REASONS[ending->why] });
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
	return db_exec(db, &Q[END_ALL], ARGS(T(now), S(REASONS[why]), I(operator_id), I(keep)));
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
