#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/session_private.h"

#define TOKEN_BYTES 32

enum {
	FIND,
	SEEN,
	EXPIRE,
};
static const struct query Q[] QUERIES = {
	[FIND] = { .sql = "SELECT s.public_id, s.operator_id, o.username, o.display_name, r.code,"
			  " r.name, o.language, o.theme, o.must_change, s.created_at, s.seen_at,"
			  " s.expires_at, s.confirmed_at, s.ended_at, s.end_reason, o.disabled_at,"
			  " (SELECT value FROM setting WHERE name = 'session.idle_min'),"
			  " (SELECT value FROM setting WHERE name = 'session.confirm_min'),"
			  " (SELECT CAST(GROUP_CONCAT(p.permission) AS CHAR(2000))"
			  " FROM role_permission p WHERE p.role_id = o.role_id),"
			  " r.needs_totp, o.totp_since IS NOT NULL,"
			  " r.sale_max_fen, r.refund_day_max_fen, r.second_max_fen,"
			  " r.cash_max_fen, r.batch_max_meters,"
			  /* The places named, and the buildings of the sites among them. */
			  " (SELECT CAST(GROUP_CONCAT(c.place_id) AS CHAR(4000))"
			  " FROM operator_scope c WHERE c.operator_id = o.operator_id),"
			  " (SELECT CAST(GROUP_CONCAT(b.place_id) AS CHAR(4000))"
			  " FROM operator_scope c JOIN place b ON b.parent_id = c.place_id"
			  " AND b.kind = 'building' WHERE c.operator_id = o.operator_id),"
			  " v.code, v.name, s.view_until, o.password_changed_at,"
			  " (SELECT value FROM setting WHERE name = 'password.max_age_days'),"
			  " (SELECT CAST(GROUP_CONCAT(p.permission) AS CHAR(2000))"
			  " FROM role_permission p WHERE p.role_id = v.role_id)"
			  " FROM session s JOIN operator o USING (operator_id)"
			  " JOIN role r USING (role_id)"
			  " LEFT JOIN role v ON v.role_id = s.view_role_id AND s.view_until > ?"
			  " WHERE s.session_id = ?",
	    .bounded = "primary key" },
	[SEEN] = { .sql = "UPDATE session SET seen_at = ?"
			  " WHERE session_id = ? AND ended_at IS NULL" },
	[EXPIRE] = { .sql = "UPDATE session SET ended_at = ?, end_reason = 'expired'"
			    " WHERE session_id = ? AND ended_at IS NULL" },
};

/* The columns of FIND. */
enum {
	PUBLIC_ID,
	OPERATOR_ID,
	USERNAME,
	DISPLAY_NAME,
	ROLE,
	ROLE_NAME,
	LANGUAGE,
	THEME,
	MUST_CHANGE,
	CREATED_AT,
	SEEN_AT,
	EXPIRES_AT,
	CONFIRMED_AT,
	ENDED_AT,
	END_REASON,
	DISABLED_AT,
	IDLE_MIN,
	CONFIRM_MIN,
	PERMISSIONS,
	NEEDS_TOTP,
	HAS_TOTP,
	SALE_MAX,
	REFUND_DAY_MAX,
	SECOND_MAX,
	CASH_MAX,
	BATCH_MAX,
	SCOPE_NAMED,
	SCOPE_BUILDINGS,
	VIEW_ROLE,
	VIEW_ROLE_NAME,
	VIEW_UNTIL,
	PASSWORD_CHANGED_AT,
	PASSWORD_DAYS,
	VIEW_PERMISSIONS,
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
session_reason(enum session_end end)
{
	return REASONS[end];
}

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

enum rc
session_id(const char *token, unsigned char id[SECRET_DIGEST])
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

static int64_t
idle_ms(const char *minutes)
{
	return limit_number(minutes, 24 * 60, 15) * CLOCK_MINUTE;
}

static int64_t
confirm_ms(const char *minutes)
{
	return limit_number(minutes, 24 * 60, 10) * CLOCK_MINUTE;
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
	if (!rows_is_null(rows, ENDED_AT))
		return recorded_end(rows_text(rows, END_REASON));
	if (!rows_is_null(rows, DISABLED_AT))
		return SESSION_DISABLED;
	if (session->expires_at <= now ||
	    session->seen_at + idle_ms(rows_text(rows, IDLE_MIN)) <= now)
		return SESSION_EXPIRED;
	return SESSION_LIVE;
}

static int64_t
limit_of(struct rows *rows, size_t column)
{
	return rows_is_null(rows, column) ? LIMIT_NONE : rows_int(rows, column);
}

static void
fill_rights(struct rows *rows, struct session *session)
{
	char ids[2 * SCOPE_TEXT_MAX + 2];

	session->permissions = permission_parse(rows_text(rows, PERMISSIONS));
	session->limits = (struct limits){ limit_of(rows, SALE_MAX), limit_of(rows, REFUND_DAY_MAX),
		limit_of(rows, SECOND_MAX), limit_of(rows, CASH_MAX), limit_of(rows, BATCH_MAX) };
	snprintf(ids, sizeof(ids), "%s%s%s", rows_text(rows, SCOPE_NAMED),
	    rows_is_null(rows, SCOPE_BUILDINGS) ? "" : ",", rows_text(rows, SCOPE_BUILDINGS));
	scope_set(&session->scope, ids);
	session->must_change = rows_int(rows, MUST_CHANGE) != 0;
	session->needs_totp = rows_int(rows, NEEDS_TOTP) != 0;
	session->has_totp = rows_int(rows, HAS_TOTP) != 0;
	session->must_enrol = session->needs_totp && !session->has_totp;
	if (rows_is_null(rows, VIEW_ROLE))
		return;
	/* Looking through another role never opens what the own one does not. */
	session->is_viewing = true;
	session->permissions &= permission_parse(rows_text(rows, VIEW_PERMISSIONS));
	text_copy(session->view_role, sizeof(session->view_role), rows_text(rows, VIEW_ROLE));
	text_copy(session->view_role_name, sizeof(session->view_role_name),
	    rows_text(rows, VIEW_ROLE_NAME));
	session->view_until = rows_int(rows, VIEW_UNTIL);
}

static void
fill(struct rows *rows, struct session *session)
{
	session->public_id = rows_int(rows, PUBLIC_ID);
	session->operator_id = rows_int(rows, OPERATOR_ID);
	text_copy(session->username, sizeof(session->username), rows_text(rows, USERNAME));
	text_copy(
	    session->display_name, sizeof(session->display_name), rows_text(rows, DISPLAY_NAME));
	text_copy(session->role, sizeof(session->role), rows_text(rows, ROLE));
	text_copy(session->role_name, sizeof(session->role_name), rows_text(rows, ROLE_NAME));
	text_copy(session->language, sizeof(session->language), rows_text(rows, LANGUAGE));
	text_copy(session->theme, sizeof(session->theme), rows_text(rows, THEME));
	session->created_at = rows_int(rows, CREATED_AT);
	session->seen_at = rows_int(rows, SEEN_AT);
	session->expires_at = rows_int(rows, EXPIRES_AT);
	session->confirmed_at = rows_int(rows, CONFIRMED_AT);
	session->confirm_until = session->confirmed_at + confirm_ms(rows_text(rows, CONFIRM_MIN));
	fill_rights(rows, session);
}

/* A password that is too old (setting password.max_age_days) has to be changed as a one-time one.
 */
static void
judge_password(struct rows *rows, struct session *session, int64_t now)
{
	int64_t days = limit_number(rows_text(rows, PASSWORD_DAYS), 999, 0);

	session->is_expired =
	    days > 0 && rows_int(rows, PASSWORD_CHANGED_AT) + days * 24 * CLOCK_HOUR <= now;
	session->must_change |= session->is_expired;
}

static enum rc
load(struct db *db, const unsigned char id[SECRET_DIGEST], int64_t now, struct session *session)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FIND], ARGS(T(now), B(id, SECRET_DIGEST)), &rows);
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		fill(rows, session);
		judge_password(rows, session, now);
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
	if (session_id(token, id) != RC_OK || session_csrf(token, session->csrf) != RC_OK)
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
