#include "model/tariff_assign_private.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/change.h"
#include "model/edit.h"
#include "model/tariff_text.h"

enum { METER, NAME, VERSION, STANDS, PUT };
static const struct query Q[] QUERIES = {
	[METER] = { .sql = "SELECT 1 FROM v_meter_scope WHERE meter_id = ? AND removed_at IS NULL"
			   " AND (? = '' OR FIND_IN_SET(scope_id, ?))",
	    .bounded = "primary key" },
	[NAME] = { .sql = "SELECT name FROM tariff WHERE tariff_id = ?", .bounded = "primary key" },
	[VERSION] = { .sql = "SELECT COUNT(*) FROM tariff_version WHERE tariff_id = ?"
			     " AND active_from <= ?",
	    .bounded = "one row" },
	[STANDS] = { .sql = "SELECT m.valid_from, m.tariff_id, m.price_uyuan, t.name"
			    " FROM meter_tariff m LEFT JOIN tariff t ON t.tariff_id = m.tariff_id"
			    " WHERE m.meter_id = ? AND m.valid_from <= ?"
			    " ORDER BY m.valid_from DESC LIMIT 1 FOR UPDATE" },
	[PUT] = { .sql = "INSERT INTO meter_tariff (meter_id, valid_from, tariff_id, price_uyuan)"
			 " VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
			 " tariff_id = VALUES(tariff_id), price_uyuan = VALUES(price_uyuan)" },
};

static void
name_stand(const char *tariff, int64_t tariff_id, int64_t price_uyuan, char *words)
{
	if (tariff_id != 0)
		(void)text_copy(words, TARIFF_WORDS_MAX, tariff);
	else
		tariff_price_format(price_uyuan, words);
}

/* What the meter has on that day. */
enum rc
tariff_stand_load(struct db *db, int64_t meter_id, struct day day, struct tariff_stand *stand)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[STANDS], ARGS(I(meter_id), D(day)), &rows);

	*stand = (struct tariff_stand){ 0 };
	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		stand->is_there = true;
		stand->from = rows_day(rows, 0);
		stand->tariff_id = rows_int(rows, 1);
		stand->price_uyuan = rows_int(rows, 2);
		name_stand(rows_text(rows, 3), stand->tariff_id, stand->price_uyuan, stand->words);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
tariff_meter_check(struct db *db, int64_t meter_id, const struct scope *scope)
{
	int64_t found;
	const char *ids = scope_text(scope);

	return db_int(db, &Q[METER], ARGS(I(meter_id), S(ids), S(ids)), &found);
}

enum rc
tariff_assign_audit(struct db *db, const struct operator_actor *by, int64_t meter_id,
    struct day from, const char *before, const char *after)
{
	struct changes changes = { 0 };
	char day[16];

	clock_format_day(from, day, sizeof(day));
	change_text(&changes, "tariff", before, after);
	change_text(&changes, "valid_from", "", day);
	return edit_audit(db, by, "meter.tariff", "meter", meter_id, &changes, NULL);
}

static enum rc
assign_one(struct db *db, int64_t meter_id, const struct tariff_assignment *assignment,
    const char *words, const struct operator_actor *by, size_t *changed)
{
	bool is_tariff = assignment->tariff_id != 0;
	struct tariff_stand stand;
	enum rc rc = tariff_stand_load(db, meter_id, assignment->from, &stand);

	if (rc != RC_OK)
		return rc;
	if (stand.is_there && stand.tariff_id == assignment->tariff_id &&
	    (is_tariff || stand.price_uyuan == assignment->price_uyuan))
		return RC_OK;
	rc = db_exec(db, &Q[PUT],
	    ARGS(I(meter_id), D(assignment->from), is_tariff ? I(assignment->tariff_id) : NIL,
		is_tariff ? NIL : I(assignment->price_uyuan)));
	if (rc != RC_OK)
		return rc;
	(*changed)++;
	return tariff_assign_audit(db, by, meter_id, assignment->from, stand.words, words);
}

enum rc
tariff_assign(struct db *db, const int64_t *meter_ids, size_t count,
    const struct tariff_assignment *assignment, const struct scope *scope,
    const struct operator_actor *by, size_t *changed)
{
	struct arena *arena = arena_new();
	const char *name = "";
	char words[TARIFF_WORDS_MAX];
	int64_t versions = 1;
	enum rc rc = RC_OK;

	*changed = 0;
	if (assignment->tariff_id != 0)
		rc = db_text(db, &Q[NAME], ARGS(I(assignment->tariff_id)), arena, &name);
	if (rc == RC_OK && assignment->tariff_id != 0)
		rc = db_int(db, &Q[VERSION], ARGS(I(assignment->tariff_id), D(assignment->from)),
		    &versions);
	name_stand(name, assignment->tariff_id, assignment->price_uyuan, words);
	arena_free(arena);
	if (rc == RC_OK && versions == 0)
		return RC_INVALID;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		if ((rc = tariff_meter_check(db, meter_ids[i], scope)) == RC_OK)
			rc = assign_one(db, meter_ids[i], assignment, words, by, changed);
	}
	return rc;
}
