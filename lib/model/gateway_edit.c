#include "model/gateway_edit.h"

#include "base/text.h"
#include "model/edit.h"
#include "model/place_edit.h"

enum { LOAD, LOCK, INSERT, UPDATE, DELETE, BUSES };

#define SELECT_ROW                                                        \
	"SELECT gateway_id, name, COALESCE(place_id, 0), note, revision " \
	"FROM gateway WHERE gateway_id = ?"

static const struct query Q[] QUERIES = {
	[LOAD] = { .sql = SELECT_ROW, .bounded = "primary key" },
	[LOCK] = { .sql = SELECT_ROW " FOR UPDATE", .bounded = "primary key" },
	[INSERT] = { .sql = "INSERT INTO gateway (name, place_id, note) VALUES (?, ?, ?)" },
	[UPDATE] = { .sql = "UPDATE gateway SET name = ?, place_id = ?, note = ?,"
			    " revision = revision + 1 WHERE gateway_id = ?" },
	[DELETE] = { .sql = "DELETE FROM gateway WHERE gateway_id = ?" },
	[BUSES] = { .sql = "SELECT COUNT(*) FROM bus WHERE gateway_id = ?", .bounded = "one row" },
};

void
gateway_validate(const struct gateway_row *row, const struct world *world, struct faults *faults)
{
	struct place_row place;

	edit_check_text(faults, "name", row->name, GATEWAY_NAME_MAX, true);
	if (fault_find(faults, "name") == NULL) {
		int64_t twin = world->gateway_named(world->context, row->name);
		if (twin != 0 && twin != row->gateway_id)
			fault_add_text(faults, "name", "GatewayTaken", row->name);
	}
	if (row->place_id != 0 && !world->place(world->context, row->place_id, &place))
		fault_add(faults, "place", "NoSuchPlace", "%s", "");
	edit_check_text(faults, "note", row->note, GATEWAY_NOTE_MAX, false);
}

void
gateway_compare(
    const struct gateway_row *before, const struct gateway_row *after, struct changes *changes)
{
	change_text(changes, "name", before->name, after->name);
	change_int_or(changes, "place", 0, before->place_id, after->place_id);
	change_text(changes, "note", before->note, after->note);
}

static enum rc
load(struct db *db, const struct query *query, int64_t gateway_id, struct gateway_row *row)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(gateway_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*row = (struct gateway_row){ .gateway_id = rows_int(rows, 0),
			.place_id = rows_int(rows, 2),
			.revision = rows_int(rows, 4) };
		(void)text_copy(row->name, sizeof(row->name), rows_text(rows, 1));
		(void)text_copy(row->note, sizeof(row->note), rows_text(rows, 3));
	}
	rows_end(rows);
	return rc;
}

enum rc
gateway_load(struct db *db, int64_t gateway_id, struct gateway_row *row)
{
	return load(db, &Q[LOAD], gateway_id, row);
}

static enum rc
lock(struct db *db, const struct gateway_row *row, struct gateway_row *stored)
{
	enum rc rc = load(db, &Q[LOCK], row->gateway_id, stored);

	return rc == RC_OK && stored->revision != row->revision ? RC_CONFLICT : rc;
}

enum rc
gateway_insert(struct db *db, struct gateway_row *row, const struct operator_actor *by)
{
	struct changes changes = { 0 };
	enum rc rc = db_exec(db, &Q[INSERT],
	    ARGS(S(row->name), row->place_id != 0 ? I(row->place_id) : NIL, S(row->note)));

	if (rc != RC_OK)
		return rc;
	row->gateway_id = db_last_id(db);
	row->revision = 0;
	gateway_compare(&(const struct gateway_row){ 0 }, row, &changes);
	rc = place_name_change(db, &changes, "place", 0, row->place_id);
	return rc == RC_OK
		   ? edit_audit(db, by, "gateway.add", "gateway", row->gateway_id, &changes, NULL)
		   : rc;
}

enum rc
gateway_update(struct db *db, struct gateway_row *row, const struct operator_actor *by)
{
	struct gateway_row stored;
	struct changes changes = { 0 };
	enum rc rc = lock(db, row, &stored);

	if (rc != RC_OK)
		return rc;
	gateway_compare(&stored, row, &changes);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(db, &Q[UPDATE],
	    ARGS(S(row->name), row->place_id != 0 ? I(row->place_id) : NIL, S(row->note),
		I(row->gateway_id)));
	if (rc == RC_OK)
		rc = place_name_change(db, &changes, "place", stored.place_id, row->place_id);
	if (rc != RC_OK)
		return rc;
	row->revision++;
	return edit_audit(db, by, "gateway.edit", "gateway", row->gateway_id, &changes, NULL);
}

enum rc
gateway_remove(struct db *db, const struct gateway_row *row, const char *reason,
    const struct operator_actor *by)
{
	struct gateway_row stored;
	struct changes changes = { 0 };
	int64_t buses;
	enum rc rc = lock(db, row, &stored);

	if (rc != RC_OK)
		return rc;
	if ((rc = db_int(db, &Q[BUSES], ARGS(I(row->gateway_id)), &buses)) != RC_OK)
		return rc;
	if (buses > 0)
		return RC_INVALID;
	change_text(&changes, "name", stored.name, "");
	change_text(&changes, "note", stored.note, "");
	if ((rc = db_exec(db, &Q[DELETE], ARGS(I(row->gateway_id)))) != RC_OK)
		return rc;
	return edit_audit(db, by, "gateway.delete", "gateway", row->gateway_id, &changes, reason);
}
