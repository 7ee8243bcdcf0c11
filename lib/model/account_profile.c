#include "model/account_profile.h"

#include <stdio.h>
#include <string.h>

#include "base/pinyin.h"
#include "base/text.h"
#include "model/edit.h"

enum { LOAD, LOCK, NEXT, INSERT, UPDATE, PHONE };

#define SELECT_PROFILE                                                                           \
	"SELECT account_id, number, name, initials, phone, opened_at, revision, id_number, note" \
	" FROM account WHERE account_id = ? AND closed_at IS NULL"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[LOAD] = { .sql = SELECT_PROFILE, .bounded = "primary key" },
	[LOCK] = { .sql = SELECT_PROFILE " FOR UPDATE", .bounded = "primary key" },
	[NEXT] = { .sql = "SELECT COALESCE(MAX(CAST(SUBSTRING(number, 2) AS UNSIGNED)), 0) + 1"
			  " FROM account WHERE number REGEXP '^A[0-9]{1,9}$'",
	    .bounded = "one row" },
	[INSERT] = { .sql =
			 "INSERT INTO account (number, name, initials, phone, opened_at, id_number,"
			 " note, opened_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)" },
	[UPDATE] = { .sql = "UPDATE account SET name = ?, initials = ?, phone = ?, id_number = ?,"
			    " note = ?, revision = revision + 1 WHERE account_id = ?" },
	[PHONE] = { .sql =
			"SELECT a.account_id, a.number, a.name, GROUP_CONCAT(COALESCE(NULLIF(n.room, ''),"
			" n.name) ORDER BY n.meter_id SEPARATOR ' ') FROM account a"
			" JOIN v_meter_now n ON n.account_id = a.account_id"
			" WHERE a.phone = ? AND a.account_id <> ? AND a.closed_at IS NULL"
			" AND (? = '' OR FIND_IN_SET(n.scope_id, ?))"
			" GROUP BY a.account_id, a.number, a.name ORDER BY a.account_id LIMIT ?" },
};
/* clang-format on */

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

void
account_profile_validate(const struct account_profile *profile, struct faults *faults)
{
	struct account_row row = profile->row;

	if (row.number[0] == '\0')
		(void)text_copy(row.number, sizeof(row.number), "A");
	account_validate(&row, faults);
	if (!is_plain(profile->id_number))
		fault_add(faults, "id_number", "BadIdNumber", "%s", "");
	edit_check_text(faults, "note", profile->note, ACCOUNT_NOTE_MAX, false);
}

void
account_profile_compare(const struct account_profile *before, const struct account_profile *after,
    struct changes *changes)
{
	change_text(changes, "account_number", before->row.number, after->row.number);
	change_text(changes, "name", before->row.name, after->row.name);
	change_text(changes, "initials", before->row.initials, after->row.initials);
	change_text(changes, "phone", before->row.phone, after->row.phone);
	change_text(changes, "id_number", before->id_number, after->id_number);
	change_text(changes, "note", before->note, after->note);
}

static enum rc
load(struct db *db, const struct query *query, int64_t account_id, struct account_profile *profile)
{
	struct account_row *row = &profile->row;
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(account_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*row = (struct account_row){ .account_id = rows_int(rows, 0),
			.opened_at = rows_int(rows, 5),
			.revision = rows_int(rows, 6) };
		(void)text_copy(row->number, sizeof(row->number), rows_text(rows, 1));
		(void)text_copy(row->name, sizeof(row->name), rows_text(rows, 2));
		(void)text_copy(row->initials, sizeof(row->initials), rows_text(rows, 3));
		(void)text_copy(row->phone, sizeof(row->phone), rows_text(rows, 4));
		(void)text_copy(profile->id_number, sizeof(profile->id_number), rows_text(rows, 7));
		(void)text_copy(profile->note, sizeof(profile->note), rows_text(rows, 8));
	}
	rows_end(rows);
	return rc;
}

enum rc
account_profile_load(struct db *db, int64_t account_id, struct account_profile *profile)
{
	return load(db, &Q[LOAD], account_id, profile);
}

static enum rc
give_number(struct db *db, struct account_row *row)
{
	int64_t next;
	enum rc rc = db_int(db, &Q[NEXT], NO_ARGS, &next);

	if (rc == RC_OK)
		(void)snprintf(row->number, sizeof(row->number), "A%05lld", (long long)next);
	return rc;
}

enum rc
account_profile_insert(
    struct db *db, struct account_profile *profile, const struct operator_actor *by)
{
	static const struct account_profile nothing;
	struct account_row *row = &profile->row;
	struct changes changes = { 0 };
	enum rc rc = row->number[0] == '\0' ? give_number(db, row) : RC_OK;

	if (rc != RC_OK)
		return rc;
	if (row->initials[0] == '\0')
		pinyin_initials(row->name, row->initials, sizeof(row->initials));
	rc = db_exec(db, &Q[INSERT],
	    ARGS(S(row->number), S(row->name), S(row->initials), S(row->phone), T(row->opened_at),
		S(profile->id_number), S(profile->note), I(by->operator_id)));
	if (rc != RC_OK)
		return rc;
	row->account_id = db_last_id(db);
	row->revision = 0;
	account_profile_compare(&nothing, profile, &changes);
	return edit_audit(db, by, "account.open", "account", row->account_id, &changes, NULL);
}

enum rc
account_profile_update(
    struct db *db, struct account_profile *profile, const struct operator_actor *by)
{
	struct account_row *row = &profile->row;
	struct changes changes = { 0 };
	struct account_profile stored;
	enum rc rc = load(db, &Q[LOCK], row->account_id, &stored);

	if (rc != RC_OK)
		return rc;
	if (stored.row.revision != row->revision)
		return RC_CONFLICT;
	(void)text_copy(row->number, sizeof(row->number), stored.row.number);
	account_profile_compare(&stored, profile, &changes);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(db, &Q[UPDATE],
	    ARGS(S(row->name), S(row->initials), S(row->phone), S(profile->id_number),
		S(profile->note), I(row->account_id)));
	if (rc != RC_OK)
		return rc;
	row->revision++;
	return edit_audit(db, by, "account.edit", "account", row->account_id, &changes, NULL);
}

enum rc
account_same_phone(struct db *db, struct arena *arena, const struct scope *scope, const char *phone,
    int64_t other_than, struct same_phone *list, size_t *count)
{
	struct value in = S(scope_text(scope));
	struct rows *rows;
	enum rc rc;

	*count = 0;
	if (phone[0] == '\0')
		return RC_OK;
	rc = db_query(
	    db, &Q[PHONE], ARGS(S(phone), I(other_than), in, in, I(SAME_PHONE_MAX)), &rows);
	if (rc != RC_OK)
		return rc;
	while (*count < SAME_PHONE_MAX && (rc = rows_next(rows)) == RC_OK)
		list[(*count)++] =
		    (struct same_phone){ rows_int(rows, 0), arena_strdup(arena, rows_text(rows, 1)),
			    arena_strdup(arena, rows_text(rows, 2)),
			    arena_strdup(arena, rows_text(rows, 3)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
