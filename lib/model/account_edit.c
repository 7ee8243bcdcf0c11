#include "model/account_edit.h"

#include <string.h>

#include "base/text.h"
#include "model/edit.h"

enum { LOAD, LOCK, INSERT, UPDATE, GIVE, NUMBER };

#define SELECT_ROW                                                                   \
	"SELECT account_id, number, name, initials, phone, opened_at, revision FROM" \
	" account WHERE account_id = ? AND closed_at IS NULL"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[LOAD] = { .sql = SELECT_ROW, .bounded = "primary key" },
	[LOCK] = { .sql = SELECT_ROW " FOR UPDATE", .bounded = "primary key" },
	[INSERT] = { .sql = "INSERT INTO account (number, name, initials, phone, opened_at)"
			    " VALUES (?, ?, ?, ?, ?)" },
	[UPDATE] = { .sql =
			 "UPDATE account SET name = ?, initials = ?, phone = ?, revision = revision + 1"
			 " WHERE account_id = ?" },
	[GIVE] = { .sql =
		       "INSERT INTO account_meter (meter_id, account_id, began_at) VALUES (?, ?, ?)" },
	[NUMBER] = { .sql = "SELECT number FROM meter WHERE meter_id = ?",
	    .bounded = "primary key" },
};
/* clang-format on */

static bool
consists_of(const char *text, const char *allowed)
{
	static const char digits[] = "0123456789";

	for (; *text != '\0'; text++)
		if (strchr(digits, *text) == NULL && strchr(allowed, *text) == NULL)
			return false;
	return true;
}

#define LETTERS	 "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

void
account_validate(const struct account_row *row, struct faults *faults)
{
	if (row->number[0] == '\0')
		fault_add(faults, "number", "Required", "%s", "");
	else if (!consists_of(row->number, LETTERS CAPITALS "-_./"))
		fault_add(faults, "number", "BadAccountNumber", "%s", "");
	edit_check_text(faults, "name", row->name, ACCOUNT_NAME_MAX, true);
	if (!consists_of(row->initials, LETTERS))
		fault_add(faults, "initials", "BadInitials", "%s", "");
	if (row->phone[0] != '\0' && (!consists_of(row->phone, "+-") || strlen(row->phone) < 5))
		fault_add(faults, "phone", "BadPhone", "%s", "");
}

void
account_compare(
    const struct account_row *before, const struct account_row *after, struct changes *changes)
{
	change_text(changes, "number", before->number, after->number);
	change_text(changes, "name", before->name, after->name);
	change_text(changes, "initials", before->initials, after->initials);
	change_text(changes, "phone", before->phone, after->phone);
}

static enum rc
load(struct db *db, const struct query *query, int64_t account_id, struct account_row *row)
{
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
	}
	rows_end(rows);
	return rc;
}

enum rc
account_load_row(struct db *db, int64_t account_id, struct account_row *row)
{
	return load(db, &Q[LOAD], account_id, row);
}

/* The stored row, locked, if it is the one that was edited. */
static enum rc
lock(struct db *db, const struct account_row *row, struct account_row *stored)
{
	enum rc rc = load(db, &Q[LOCK], row->account_id, stored);

	return rc == RC_OK && stored->revision != row->revision ? RC_CONFLICT : rc;
}

enum rc
account_insert(struct db *db, struct account_row *row, const struct operator_actor *by)
{
	struct changes changes = { 0 };
	enum rc rc = db_exec(db, &Q[INSERT],
	    ARGS(S(row->number), S(row->name), S(row->initials), S(row->phone), T(row->opened_at)));

	if (rc != RC_OK)
		return rc;
	row->account_id = db_last_id(db);
	row->revision = 0;
	account_compare(&(struct account_row){ 0 }, row, &changes);
	return edit_audit(db, by, "account.open", "account", row->account_id, &changes, NULL);
}

enum rc
account_update(struct db *db, struct account_row *row, const struct operator_actor *by)
{
	struct changes changes = { 0 };
	struct account_row stored;
	enum rc rc = lock(db, row, &stored);

	if (rc != RC_OK)
		return rc;
	account_compare(&stored, row, &changes);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(db, &Q[UPDATE],
	    ARGS(S(row->name), S(row->initials), S(row->phone), I(row->account_id)));
	if (rc != RC_OK)
		return rc;
	row->revision++;
	return edit_audit(db, by, "account.edit", "account", row->account_id, &changes, NULL);
}

enum rc
account_give_meter(
    struct db *db, const struct account_row *row, int64_t meter_id, const struct operator_actor *by)
{
	struct arena *arena = arena_new();
	struct changes changes = { 0 };
	const char *number;
	enum rc rc =
	    db_exec(db, &Q[GIVE], ARGS(I(meter_id), I(row->account_id), T(row->opened_at)));

	if (rc == RC_OK)
		rc = db_text(db, &Q[NUMBER], ARGS(I(meter_id)), arena, &number);
	if (rc == RC_OK)
		change_text(&changes, "meter", "", number);
	arena_free(arena);
	if (rc != RC_OK)
		return rc;
	return edit_audit(db, by, "account.meter", "account", row->account_id, &changes, NULL);
}
