/* What an administrator changes of people; the questions are in operator_people.c. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/audit.h"
#include "model/change.h"
#include "model/edit.h"
#include "model/operator_people.h"
#include "model/password_policy.h"

enum {
	LOCK,
	ROLE_WORD,
	ROLE_EDITS,
	INSERT,
	UPDATE,
	SCOPE_LIST,
	SCOPE_FORGET,
	SCOPE_ADD,
	SCOPE_WORDS,
	SET_DISABLED,
	SET_PASSWORD,
	END_SESSIONS,
	UNLOCK,
};
static const struct query Q[] QUERIES = {
	[LOCK] = { .sql = "SELECT o.display_name, o.phone, o.role_id, o.revision,"
			  " COALESCE(r.name, r.code), o.disabled_at FROM operator o"
			  " JOIN role r USING (role_id) WHERE o.operator_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[ROLE_WORD] = { .sql = "SELECT COALESCE(name, code) FROM role WHERE role_id = ?",
	    .bounded = "primary key" },
	[ROLE_EDITS] = { .sql = "SELECT COUNT(*) FROM role_permission WHERE role_id = ?"
				" AND permission = 'operator.edit'",
	    .bounded = "primary key" },
	[INSERT] = { .sql = "INSERT INTO operator (username, display_name, phone, role_id,"
			    " password_hash, password_changed_at, must_change, created_at)"
			    " VALUES (?, ?, ?, ?, ?, ?, 1, ?)" },
	[UPDATE] = { .sql = "UPDATE operator SET display_name = ?, phone = ?, role_id = ?,"
			    " revision = revision + 1 WHERE operator_id = ?" },
	[SCOPE_LIST] = { .sql = "SELECT CAST(GROUP_CONCAT(place_id ORDER BY place_id) AS"
				" CHAR(2000)) FROM operator_scope WHERE operator_id = ?",
	    .bounded = "one row" },
	[SCOPE_FORGET] = { .sql = "DELETE FROM operator_scope WHERE operator_id = ?" },
	[SCOPE_ADD] = { .sql = "INSERT INTO operator_scope (operator_id, place_id)"
			       " SELECT ?, place_id FROM place WHERE place_id = ?"
			       " AND kind IN ('site', 'building')" },
	[SCOPE_WORDS] = { .sql = "SELECT CAST(GROUP_CONCAT(p.name ORDER BY p.place_id SEPARATOR"
				 " ', ') AS CHAR(1000)) FROM operator_scope c JOIN place p"
				 " USING (place_id) WHERE c.operator_id = ?",
	    .bounded = "one row" },
	[SET_DISABLED] = { .sql = "UPDATE operator SET disabled_at = ?, revision = revision + 1"
				  " WHERE operator_id = ?" },
	[SET_PASSWORD] = { .sql = "UPDATE operator SET password_hash = ?, password_changed_at = ?,"
				  " must_change = 1, revision = revision + 1"
				  " WHERE operator_id = ?" },
	[END_SESSIONS] = { .sql = "UPDATE session SET ended_at = ?, end_reason = ?"
				  " WHERE operator_id = ? AND ended_at IS NULL" },
	/* The account itself, and its pairs with addresses. */
	[UNLOCK] = { .sql = "DELETE FROM login_attempt WHERE (kind = 'account' AND subject = ?)"
			    " OR (kind = 'pair' AND subject LIKE ?)" },
};

#define WORDS_MAX 1001
#define IDS_MAX	  2001

/* A deed of one transaction. */
struct deed {
	const struct person *person;
	struct person *added;
	const struct person_filter *asker;
	const struct operator_actor *by;
	const char *hash, *reason;
	struct faults *faults;
};

/* How the person is stored. */
struct stored {
	struct person person;
	char role[OPERATOR_NAME_MAX * 4 + 1];
	bool is_disabled;
};

void
person_validate(const struct person *person, struct faults *faults)
{
	if (person->operator_id == 0 && !operator_is_username(person->username))
		fault_add(faults, "username", "BadUsername", "%s", "");
	edit_check_text(faults, "display_name", person->name, OPERATOR_NAME_MAX, true);
	if (strspn(person->phone, "0123456789 +-") != strlen(person->phone) ||
	    strlen(person->phone) > PERSON_PHONE_MAX)
		fault_add(faults, "phone", "BadPhone", "%s", "");
	if (person->role_id == 0)
		fault_add(faults, "role", "Required", "%s", "");
}

static enum rc
lock(struct db *db, const struct person *person, struct stored *stored)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[LOCK], ARGS(I(person->operator_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		stored->person = (struct person){ .operator_id = person->operator_id,
			.role_id = rows_int(rows, 2),
			.revision = rows_int(rows, 3) };
		text_copy(stored->person.name, sizeof(stored->person.name), rows_text(rows, 0));
		text_copy(stored->person.phone, sizeof(stored->person.phone), rows_text(rows, 1));
		text_copy(stored->role, sizeof(stored->role), rows_text(rows, 4));
		stored->is_disabled = !rows_is_null(rows, 5);
		if (stored->person.revision != person->revision)
			rc = RC_CONFLICT;
	}
	rows_end(rows);
	return rc;
}

static enum rc
read_text(struct db *db, const struct query *query, int64_t id, char *text, size_t size)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		text_copy(text, size, rows_text(rows, 0));
	rows_end(rows);
	return rc;
}

/* "3,17" in order, as SCOPE_LIST says it. */
static void
scope_ids(const struct person *person, char ids[IDS_MAX])
{
	size_t used = 0;

	ids[0] = '\0';
	for (size_t i = 0; i < person->scope_count && used + 24 < IDS_MAX; i++)
		used += (size_t)snprintf(ids + used, IDS_MAX - used, "%s%lld", i > 0 ? "," : "",
		    (long long)person->scope[i]);
}

/* Nobody gives more than he has himself. */
static bool
may_give(const struct deed *deed)
{
	const struct scope *own = deed->asker->scope;

	if (!scope_is_limited(own))
		return true;
	for (size_t i = 0; i < deed->person->scope_count; i++)
		if (!scope_has(own, deed->person->scope[i]))
			return false;
	return deed->person->scope_count > 0;
}

static enum rc
refuse(const struct deed *deed, const char *field, const char *key)
{
	fault_add(deed->faults, field, key, "%s", "");
	return RC_INVALID;
}

/* Would this leave nobody who may edit operators? */
static enum rc
check_last(struct db *db, const struct deed *deed, int64_t role_before, int64_t role_after,
    const char *field)
{
	int64_t before, after = 0, others;
	enum rc rc = db_int(db, &Q[ROLE_EDITS], ARGS(I(role_before)), &before);

	if (rc == RC_OK && role_after != 0)
		rc = db_int(db, &Q[ROLE_EDITS], ARGS(I(role_after)), &after);
	if (rc != RC_OK || before == 0 || after > 0)
		return rc;
	if ((rc = person_editors(db, deed->person->operator_id, 0, &others)) != RC_OK)
		return rc;
	return others > 0 ? RC_OK : refuse(deed, field, "LastEditor");
}

static enum rc
write_scope(struct db *db, int64_t operator_id, const struct person *person)
{
	enum rc rc = db_exec(db, &Q[SCOPE_FORGET], ARGS(I(operator_id)));

	for (size_t i = 0; rc == RC_OK && i < person->scope_count; i++) {
		rc = db_exec(db, &Q[SCOPE_ADD], ARGS(I(operator_id), I(person->scope[i])));
		if (rc == RC_OK && db_affected(db) == 0)
			rc = RC_INVALID; /* no such site or building */
	}
	return rc;
}

static enum rc
add(struct db *db, void *context)
{
	struct deed *deed = context;
	const struct person *person = deed->person;
	struct changes changes = { 0 };
	char role[OPERATOR_NAME_MAX * 4 + 1], words[WORDS_MAX] = "";
	int64_t now = deed->by->now;

	if (!may_give(deed))
		return refuse(deed, "building", "ScopeWider");
	enum rc rc = read_text(db, &Q[ROLE_WORD], person->role_id, role, sizeof(role));
	if (rc == RC_NOT_FOUND)
		return refuse(deed, "role", "BadChoice");
	if (rc == RC_OK)
		rc = db_exec(db, &Q[INSERT],
		    ARGS(S(person->username), S(person->name), S(person->phone), I(person->role_id),
			S(deed->hash), T(now), T(now)));
	if (rc != RC_OK)
		return rc;
	int64_t id = deed->added->operator_id = db_last_id(db);
	if ((rc = write_scope(db, id, person)) != RC_OK ||
	    (rc = password_remember(db, id, deed->hash, now)) != RC_OK ||
	    (rc = read_text(db, &Q[SCOPE_WORDS], id, words, sizeof(words))) != RC_OK)
		return rc;
	change_text(&changes, "username", "", person->username);
	change_text(&changes, "display_name", "", person->name);
	change_text(&changes, "phone", "", person->phone);
	change_text(&changes, "role", "", role);
	change_text(&changes, "building", "", words);
	return edit_audit(db, deed->by, "operator.add", "operator", id, &changes, NULL);
}

enum rc
person_add(struct db *db, struct person *person, const char *hash,
    const struct person_filter *asker, const struct operator_actor *by, struct faults *faults)
{
	struct deed deed = { .person = person,
		.added = person,
		.asker = asker,
		.by = by,
		.hash = hash,
		.faults = faults };

	return db_transact(db, add, &deed);
}

/* What nobody may do to himself, and what would lock everybody out. */
static enum rc
check_rights(
    struct db *db, const struct deed *deed, const struct stored *stored, bool has_new_scope)
{
	bool is_self = deed->person->operator_id == deed->by->operator_id;
	bool has_new_role = stored->person.role_id != deed->person->role_id;

	if (is_self && has_new_role)
		return refuse(deed, "role", "OwnRole");
	if (is_self && has_new_scope)
		return refuse(deed, "building", "OwnScope");
	if (has_new_scope && !may_give(deed))
		return refuse(deed, "building", "ScopeWider");
	if (!has_new_role || stored->is_disabled)
		return RC_OK;
	return check_last(db, deed, stored->person.role_id, deed->person->role_id, "role");
}

static enum rc
save(struct db *db, void *context)
{
	struct deed *deed = context;
	const struct person *person = deed->person;
	struct stored stored;
	struct changes changes = { 0 };
	char before[IDS_MAX] = "", after[IDS_MAX], role[OPERATOR_NAME_MAX * 4 + 1];
	char words[2][WORDS_MAX] = { "", "" };
	int64_t id = person->operator_id;
	enum rc rc = lock(db, person, &stored);

	if (rc != RC_OK ||
	    (rc = read_text(db, &Q[SCOPE_LIST], id, before, sizeof(before))) != RC_OK)
		return rc;
	scope_ids(person, after);
	bool has_new_scope = strcmp(before, after) != 0;
	if ((rc = check_rights(db, deed, &stored, has_new_scope)) != RC_OK)
		return rc;
	if ((rc = read_text(db, &Q[ROLE_WORD], person->role_id, role, sizeof(role))) != RC_OK)
		return rc == RC_NOT_FOUND ? refuse(deed, "role", "BadChoice") : rc;
	if ((rc = read_text(db, &Q[SCOPE_WORDS], id, words[0], WORDS_MAX)) != RC_OK ||
	    (has_new_scope && (rc = write_scope(db, id, person)) != RC_OK) ||
	    (rc = read_text(db, &Q[SCOPE_WORDS], id, words[1], WORDS_MAX)) != RC_OK)
		return rc;
	change_text(&changes, "display_name", stored.person.name, person->name);
	change_text(&changes, "phone", stored.person.phone, person->phone);
	change_text(&changes, "role", stored.role, role);
	change_text(&changes, "building", words[0], words[1]);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(
	    db, &Q[UPDATE], ARGS(S(person->name), S(person->phone), I(person->role_id), I(id)));
	return rc == RC_OK
		   ? edit_audit(db, deed->by, "operator.edit", "operator", id, &changes, NULL)
		   : rc;
}

enum rc
person_save(struct db *db, const struct person *person, const struct person_filter *asker,
    const struct operator_actor *by, struct faults *faults)
{
	struct deed deed = { .person = person, .asker = asker, .by = by, .faults = faults };

	return db_transact(db, save, &deed);
}

/* An audit row whose whole detail is its action. */
static enum rc
audit_plain(struct db *db, const struct deed *deed, const char *action)
{
	return edit_audit(db, deed->by, action, "operator", deed->person->operator_id,
	    &(const struct changes){ 0 }, deed->reason);
}

static enum rc
disable(struct db *db, void *context)
{
	struct deed *deed = context;
	struct stored stored;
	int64_t id = deed->person->operator_id, now = deed->by->now;

	if (id == deed->by->operator_id)
		return refuse(deed, "", "OwnDisable");
	enum rc rc = lock(db, deed->person, &stored);
	if (rc != RC_OK || stored.is_disabled)
		return rc;
	if ((rc = check_last(db, deed, stored.person.role_id, 0, "")) != RC_OK ||
	    (rc = db_exec(db, &Q[SET_DISABLED], ARGS(T(now), I(id)))) != RC_OK ||
	    (rc = db_exec(db, &Q[END_SESSIONS], ARGS(T(now), S("disabled"), I(id)))) != RC_OK)
		return rc;
	return audit_plain(db, deed, "operator.disable");
}

enum rc
person_disable(struct db *db, const struct person *person, const char *reason,
    const struct operator_actor *by, struct faults *faults)
{
	struct deed deed = { .person = person, .by = by, .reason = reason, .faults = faults };

	return db_transact(db, disable, &deed);
}

static enum rc
enable(struct db *db, void *context)
{
	struct deed *deed = context;
	struct stored stored;
	enum rc rc = lock(db, deed->person, &stored);

	if (rc != RC_OK || !stored.is_disabled)
		return rc;
	rc = db_exec(db, &Q[SET_DISABLED], ARGS(NIL, I(deed->person->operator_id)));
	return rc == RC_OK ? audit_plain(db, deed, "operator.enable") : rc;
}

enum rc
person_enable(struct db *db, const struct person *person, const struct operator_actor *by)
{
	struct deed deed = { .person = person, .by = by };

	return db_transact(db, enable, &deed);
}

static enum rc
set_password(struct db *db, void *context)
{
	struct deed *deed = context;
	int64_t id = deed->person->operator_id, now = deed->by->now;
	enum rc rc;

	if ((rc = db_exec(db, &Q[SET_PASSWORD], ARGS(S(deed->hash), T(now), I(id)))) != RC_OK ||
	    (rc = password_remember(db, id, deed->hash, now)) != RC_OK ||
	    (rc = db_exec(db, &Q[END_SESSIONS], ARGS(T(now), S("password"), I(id)))) != RC_OK)
		return rc;
	return audit_plain(db, deed, "operator.password");
}

enum rc
person_password(
    struct db *db, const struct person *person, const char *hash, const struct operator_actor *by)
{
	struct deed deed = { .person = person, .by = by, .hash = hash };

	return db_transact(db, set_password, &deed);
}

static enum rc
end_sessions(struct db *db, void *context)
{
	struct deed *deed = context;
	enum rc rc = db_exec(
	    db, &Q[END_SESSIONS], ARGS(T(deed->by->now), S("ended"), I(deed->person->operator_id)));

	return rc == RC_OK ? audit_plain(db, deed, "operator.end_sessions") : rc;
}

enum rc
person_end_sessions(struct db *db, const struct person *person, const struct operator_actor *by)
{
	struct deed deed = { .person = person, .by = by };

	return db_transact(db, end_sessions, &deed);
}

static enum rc
unlock(struct db *db, void *context)
{
	struct deed *deed = context;
	char escaped[4 * OPERATOR_USERNAME_MAX], pairs[4 * OPERATOR_USERNAME_MAX + 4];

	/* text_like puts a % on both sides; a pair begins with the name and a blank. */
	text_like(deed->person->username, escaped, sizeof(escaped));
	(void)snprintf(pairs, sizeof(pairs), "%.*s %%", (int)(strlen(escaped) - 2), escaped + 1);
	enum rc rc = db_exec(db, &Q[UNLOCK], ARGS(S(deed->person->username), S(pairs)));
	return rc == RC_OK ? audit_plain(db, deed, "operator.unlock") : rc;
}

enum rc
person_unlock(struct db *db, const struct person *person, const struct operator_actor *by)
{
	struct deed deed = { .person = person, .by = by };

	return db_transact(db, unlock, &deed);
}
