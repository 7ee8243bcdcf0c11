#include "model/meter_edit.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/edit.h"
#include "model/place_edit.h"

enum {
	LOAD,
	LOCK,
	INSERT,
	UPDATE,
	REMOVE,
	REINSTALL,
	END_PLACE,
	ACCOUNT,
	RAISE_FENCES,
	MODEL_NAME,
	BUS_NAME,
};

#define SELECT_ROW                                                                                          \
	"SELECT meter_id, number, name, meter_model_id, bus_id, unit, "                                     \
	"COALESCE(box_position, 0), phases, COALESCE(place_id, 0), ct_ratio, pt_ratio, "                    \
	"rated_power_w, credit_mode + 0, is_protected, COALESCE(alarm1_fen, -1), "                          \
	"COALESCE(alarm2_fen, -1), COALESCE(CAST(overload_w AS SIGNED), -1), COALESCE(overdraft_fen, -1), " \
	"hold_mode + 0, note, installed_at, removed_at, revision FROM meter WHERE meter_id = ?"

#define VALUES_OF_ROW                                                                         \
	"number = ?, name = ?, meter_model_id = ?, bus_id = ?, unit = ?, box_position = ?, "  \
	"phases = ?, place_id = ?, ct_ratio = ?, pt_ratio = ?, rated_power_w = ?, "           \
	"credit_mode = ?, is_protected = ?, alarm1_fen = ?, alarm2_fen = ?, overload_w = ?, " \
	"overdraft_fen = ?, hold_mode = ?, note = ?"

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[LOAD] = { .sql = SELECT_ROW, .bounded = "primary key" },
	[LOCK] = { .sql = SELECT_ROW " FOR UPDATE", .bounded = "primary key" },
	[INSERT] = { .sql =
			 "INSERT INTO meter (number, name, meter_model_id, bus_id, unit, box_position,"
			 " phases, place_id, ct_ratio, pt_ratio, rated_power_w, credit_mode,"
			 " is_protected, alarm1_fen, alarm2_fen, overload_w, overdraft_fen,"
			 " hold_mode, note, installed_at) VALUES"
			 " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[UPDATE] = { .sql = "UPDATE meter SET " VALUES_OF_ROW ", revision = revision + 1"
			    " WHERE meter_id = ?" },
	[REMOVE] = { .sql = "UPDATE meter SET removed_at = ?, revision = revision + 1"
			    " WHERE meter_id = ?" },
	[REINSTALL] = { .sql = "UPDATE meter SET " VALUES_OF_ROW ", removed_at = NULL,"
			       " revision = revision + 1 WHERE meter_id = ?" },
	/* The stretch that ends began where the last one ended. */
	[END_PLACE] = { .sql =
			    "INSERT INTO meter_place (meter_id, began_at, place_id, ended_at)"
			    " SELECT m.meter_id, COALESCE((SELECT MAX(p.ended_at) FROM meter_place p"
			    " WHERE p.meter_id = m.meter_id), m.installed_at), ?, ?"
			    " FROM meter m WHERE m.meter_id = ?" },
	[ACCOUNT] = { .sql = "SELECT COUNT(*) FROM account_meter WHERE active_meter = ?",
	    .bounded = "one row" },
	[RAISE_FENCES] = { .sql =
			       "UPDATE collector SET fence = fence + 1 ORDER BY collector_id LIMIT 1000" },
	[MODEL_NAME] = { .sql = "SELECT name FROM meter_model WHERE meter_model_id = ?",
	    .bounded = "primary key" },
	[BUS_NAME] = { .sql = "SELECT CONCAT(g.name, ' / ', b.name) FROM bus b"
			      " JOIN gateway g ON g.gateway_id = b.gateway_id WHERE b.bus_id = ?",
	    .bounded = "primary key" },
};
/* clang-format on */

static const char *const HOLDS[HOLD_MODES] = { "default", "never", "always" };

const char *
hold_mode_name(enum hold_mode mode)
{
	return (size_t)mode < HOLD_MODES ? HOLDS[mode] : "";
}

enum hold_mode
hold_mode_find(const char *name)
{
	for (size_t i = 0; i < HOLD_MODES; i++)
		if (strcmp(HOLDS[i], name) == 0)
			return (enum hold_mode)i;
	return HOLD_MODES;
}

struct meter_row
meter_default(void)
{
	return (struct meter_row){ .phases = 1,
		.ct_ratio = 1,
		.pt_ratio = 1,
		.rated_power_w = 13200,
		.alarm1_fen = METER_DEFAULT,
		.alarm2_fen = METER_DEFAULT,
		.overload_w = METER_DEFAULT,
		.overdraft_fen = METER_DEFAULT };
}

/* ---- comparing ---- */

void
meter_compare(const struct meter_row *before, const struct meter_row *after, struct changes *c)
{
	bool is_new = before->meter_id == 0;

	change_text(c, "number", before->number, after->number);
	change_text(c, "name", before->name, after->name);
	change_int_or(c, "model", 0, before->meter_model_id, after->meter_model_id);
	change_int_or(c, "bus", 0, before->bus_id, after->bus_id);
	change_int_or(c, "unit", 0, before->unit, after->unit);
	change_int_or(c, "box_position", 0, before->box_position, after->box_position);
	change_int_or(c, "phases", 0, before->phases, after->phases);
	change_int_or(c, "place", 0, before->place_id, after->place_id);
	change_int_or(c, "ct_ratio", 0, before->ct_ratio, after->ct_ratio);
	change_int_or(c, "pt_ratio", 0, before->pt_ratio, after->pt_ratio);
	change_int(c, "rated_power_w", before->rated_power_w, after->rated_power_w);
	change_text(c, "credit_mode", is_new ? "" : credit_mode_name(before->credit_mode),
	    credit_mode_name(after->credit_mode));
	change_flag(c, "is_protected", before->is_protected, after->is_protected);
	change_money_or(c, "alarm1", METER_DEFAULT, is_new ? METER_DEFAULT : before->alarm1_fen,
	    after->alarm1_fen);
	change_money_or(c, "alarm2", METER_DEFAULT, is_new ? METER_DEFAULT : before->alarm2_fen,
	    after->alarm2_fen);
	change_int_or(c, "overload_w", METER_DEFAULT, is_new ? METER_DEFAULT : before->overload_w,
	    after->overload_w);
	change_money_or(c, "overdraft", METER_DEFAULT,
	    is_new ? METER_DEFAULT : before->overdraft_fen, after->overdraft_fen);
	change_text(
	    c, "hold_mode", hold_mode_name(before->hold_mode), hold_mode_name(after->hold_mode));
	change_text(c, "note", before->note, after->note);
}

/* ---- loading ---- */

static void
fill(const struct rows *rows, struct meter_row *row)
{
	*row = (struct meter_row){ .meter_id = rows_int(rows, 0),
		.meter_model_id = rows_int(rows, 3),
		.bus_id = rows_int(rows, 4),
		.unit = rows_int(rows, 5),
		.box_position = rows_int(rows, 6),
		.phases = rows_int(rows, 7),
		.place_id = rows_int(rows, 8),
		.ct_ratio = rows_int(rows, 9),
		.pt_ratio = rows_int(rows, 10),
		.rated_power_w = rows_int(rows, 11),
		.credit_mode = (enum credit_mode)(rows_int(rows, 12) - 1),
		.is_protected = rows_int(rows, 13) != 0,
		.alarm1_fen = rows_int(rows, 14),
		.alarm2_fen = rows_int(rows, 15),
		.overload_w = rows_int(rows, 16),
		.overdraft_fen = rows_int(rows, 17),
		.hold_mode = (enum hold_mode)(rows_int(rows, 18) - 1),
		.installed_at = rows_int(rows, 20),
		.removed_at = rows_int(rows, 21),
		.revision = rows_int(rows, 22) };
	(void)text_copy(row->number, sizeof(row->number), rows_text(rows, 1));
	(void)text_copy(row->name, sizeof(row->name), rows_text(rows, 2));
	(void)text_copy(row->note, sizeof(row->note), rows_text(rows, 19));
}

static enum rc
load(struct db *db, const struct query *query, int64_t meter_id, struct meter_row *row)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		fill(rows, row);
	rows_end(rows);
	return rc;
}

enum rc
meter_load_row(struct db *db, int64_t meter_id, struct meter_row *row)
{
	return load(db, &Q[LOAD], meter_id, row);
}

static enum rc
lock(struct db *db, const struct meter_row *row, struct meter_row *stored)
{
	enum rc rc = load(db, &Q[LOCK], row->meter_id, stored);

	return rc == RC_OK && stored->revision != row->revision ? RC_CONFLICT : rc;
}

/* ---- storing ---- */

static struct value
or_null(int64_t value, int64_t none)
{
	return value != none ? I(value) : NIL;
}

#define VALUES(row)                                                                               \
	S((row)->number), S((row)->name), I((row)->meter_model_id), I((row)->bus_id),             \
	    I((row)->unit), or_null((row)->box_position, 0), I((row)->phases),                    \
	    or_null((row)->place_id, 0), I((row)->ct_ratio), I((row)->pt_ratio),                  \
	    I((row)->rated_power_w), S(credit_mode_name((row)->credit_mode)),                     \
	    I((row)->is_protected), or_null((row)->alarm1_fen, METER_DEFAULT),                    \
	    or_null((row)->alarm2_fen, METER_DEFAULT), or_null((row)->overload_w, METER_DEFAULT), \
	    or_null((row)->overdraft_fen, METER_DEFAULT), S(hold_mode_name((row)->hold_mode)),    \
	    S((row)->note)

static enum rc
name_one(struct db *db, const struct query *query, int64_t id, char *name, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = "-";
	enum rc rc = id == 0 ? RC_NOT_FOUND : db_text(db, query, ARGS(I(id)), arena, &text);

	(void)text_copy(name, size, rc == RC_OK ? text : "-");
	arena_free(arena);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
name_change(struct db *db, struct changes *changes, const char *field, const struct query *query,
    int64_t before, int64_t after)
{
	char old[600], new[600];
	enum rc rc;

	if (before == after)
		return RC_OK;
	if ((rc = name_one(db, query, before, old, sizeof(old))) == RC_OK)
		rc = name_one(db, query, after, new, sizeof(new));
	if (rc == RC_OK)
		change_reword(changes, field, old, new);
	return rc;
}

/* The audit speaks as people do. */
static enum rc
name_changes(struct db *db, struct changes *changes, const struct meter_row *before,
    const struct meter_row *after)
{
	enum rc rc = name_change(
	    db, changes, "model", &Q[MODEL_NAME], before->meter_model_id, after->meter_model_id);

	if (rc == RC_OK)
		rc = name_change(db, changes, "bus", &Q[BUS_NAME], before->bus_id, after->bus_id);
	if (rc == RC_OK)
		rc = place_name_change(db, changes, "place", before->place_id, after->place_id);
	return rc;
}

enum rc
meter_insert_named(struct db *db, struct meter_row *row, const struct changes *changes,
    const struct operator_actor *by)
{
	if (row->installed_at == 0)
		row->installed_at = by->now;
	enum rc rc = db_exec(db, &Q[INSERT], ARGS(VALUES(row), T(row->installed_at)));
	if (rc != RC_OK)
		return rc;
	row->meter_id = db_last_id(db);
	row->revision = 0;
	return edit_audit(db, by, "meter.add", "meter", row->meter_id, changes, NULL);
}

enum rc
meter_insert(struct db *db, struct meter_row *row, const struct operator_actor *by)
{
	struct changes changes = { 0 };

	meter_compare(&(const struct meter_row){ 0 }, row, &changes);
	enum rc rc = name_changes(db, &changes, &(const struct meter_row){ 0 }, row);
	return rc == RC_OK ? meter_insert_named(db, row, &changes, by) : rc;
}

/* Before the row is locked, because a collector that stores holds its fence and then touches the
 * row. See collector/store_move.c. */
static enum rc
announce_move(struct db *db, const struct meter_row *row)
{
	struct meter_row stored;
	enum rc rc = load(db, &Q[LOAD], row->meter_id, &stored);

	if (rc != RC_OK || stored.bus_id == row->bus_id)
		return rc;
	return db_exec(db, &Q[RAISE_FENCES], NO_ARGS);
}

static enum rc
end_place(struct db *db, int64_t meter_id, int64_t place_id, int64_t at)
{
	return db_exec(db, &Q[END_PLACE], ARGS(or_null(place_id, 0), T(at), I(meter_id)));
}

enum rc
meter_update(struct db *db, struct meter_row *row, const struct operator_actor *by)
{
	struct meter_row stored;
	struct changes changes = { 0 };
	enum rc rc = announce_move(db, row);

	if (rc == RC_OK)
		rc = lock(db, row, &stored);
	if (rc != RC_OK)
		return rc;
	meter_compare(&stored, row, &changes);
	if (changes.count == 0)
		return RC_OK;
	if (stored.place_id != row->place_id && stored.removed_at == 0)
		rc = end_place(db, row->meter_id, stored.place_id, by->now);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[UPDATE], ARGS(VALUES(row), I(row->meter_id)));
	if (rc == RC_OK)
		rc = name_changes(db, &changes, &stored, row);
	if (rc != RC_OK)
		return rc;
	row->revision++;
	return edit_audit(db, by, "meter.edit", "meter", row->meter_id, &changes, NULL);
}

enum rc
meter_has_account(struct db *db, int64_t meter_id, bool *has)
{
	int64_t count = 0;
	enum rc rc = db_int(db, &Q[ACCOUNT], ARGS(I(meter_id)), &count);

	*has = count > 0;
	return rc;
}

enum rc
meter_remove(
    struct db *db, const struct meter_row *row, const char *reason, const struct operator_actor *by)
{
	struct meter_row stored;
	struct changes changes = { 0 };
	bool has_account = false;
	enum rc rc = lock(db, row, &stored);

	if (rc == RC_OK)
		rc = meter_has_account(db, row->meter_id, &has_account);
	if (rc != RC_OK)
		return rc;
	if (has_account || stored.removed_at != 0)
		return RC_INVALID;
	rc = end_place(db, row->meter_id, stored.place_id, by->now);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[REMOVE], ARGS(T(by->now), I(row->meter_id)));
	if (rc != RC_OK)
		return rc;
	change_flag(&changes, "removed", false, true);
	return edit_audit(db, by, "meter.remove", "meter", row->meter_id, &changes, reason);
}

enum rc
meter_reinstall(struct db *db, struct meter_row *row, const struct operator_actor *by)
{
	struct meter_row stored;
	struct changes changes = { 0 };
	enum rc rc = announce_move(db, row);

	if (rc == RC_OK)
		rc = lock(db, row, &stored);
	if (rc != RC_OK)
		return rc;
	if (stored.removed_at == 0)
		return RC_INVALID;
	change_flag(&changes, "removed", true, false);
	meter_compare(&stored, row, &changes);
	rc = end_place(db, row->meter_id, 0, by->now);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[REINSTALL], ARGS(VALUES(row), I(row->meter_id)));
	if (rc == RC_OK)
		rc = name_changes(db, &changes, &stored, row);
	if (rc != RC_OK)
		return rc;
	row->removed_at = 0;
	row->revision++;
	return edit_audit(db, by, "meter.reinstall", "meter", row->meter_id, &changes, NULL);
}
