#include "model/tariff_edit.h"

#include <string.h>

#include "base/text.h"
#include "model/edit.h"
#include "model/tariff_check.h"
#include "model/tariff_load.h"
#include "model/tariff_text.h"

enum {
	FIND,
	LOCK,
	INSERT,
	UPDATE,
	VERSION_FIND,
	VERSION_LOCK,
	VERSION_INSERT,
	VERSION_UPDATE,
	VERSION_DELETE,
	PUBLISH,
	WITHDRAW,
	LEFT_ALONE,
	DROP_SEASONS,
	DROP_SLOTS,
	DROP_PRICES,
	DROP_TIERS,
	ADD_SEASON,
	ADD_SLOT,
	ADD_PRICE,
	ADD_TIER,
};
#define VERSION_COLUMNS "tariff_id, state, valid_from, note, revision FROM tariff_version"
static const struct query Q[] QUERIES = {
	[FIND] = { .sql = "SELECT name, note, archived_at IS NOT NULL, revision FROM tariff"
			  " WHERE tariff_id = ?",
	    .bounded = "primary key" },
	[LOCK] = { .sql = "SELECT name, note, archived_at IS NOT NULL, revision FROM tariff"
			  " WHERE tariff_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[INSERT] = { .sql = "INSERT INTO tariff (name, note) VALUES (?, ?)" },
	[UPDATE] = { .sql = "UPDATE tariff SET name = ?, note = ?, archived_at = ?,"
			    " revision = revision + 1 WHERE tariff_id = ?" },
	[VERSION_FIND] = { .sql = "SELECT " VERSION_COLUMNS " WHERE tariff_version_id = ?",
	    .bounded = "primary key" },
	[VERSION_LOCK] = { .sql =
			       "SELECT " VERSION_COLUMNS " WHERE tariff_version_id = ? FOR UPDATE",
	    .bounded = "primary key" },
	[VERSION_INSERT] = { .sql = "INSERT INTO tariff_version (tariff_id, state, tier_cycle,"
				    " tier_kind, tier_from_month, tier_from_day, note, created_by,"
				    " created_at) VALUES (?, 'draft', ?, ?, ?, ?, ?, ?, ?)" },
	[VERSION_UPDATE] = { .sql = "UPDATE tariff_version SET tier_cycle = ?, tier_kind = ?,"
				    " tier_from_month = ?, tier_from_day = ?, note = ?,"
				    " revision = revision + 1 WHERE tariff_version_id = ?" },
	[VERSION_DELETE] = { .sql = "DELETE FROM tariff_version WHERE tariff_version_id = ?" },
	[PUBLISH] = { .sql = "UPDATE tariff_version SET state = 'published', valid_from = ?,"
			     " published_by = ?, published_at = ?, revision = revision + 1"
			     " WHERE tariff_version_id = ?" },
	[WITHDRAW] = { .sql = "UPDATE tariff_version SET state = 'withdrawn',"
			      " revision = revision + 1 WHERE tariff_version_id = ?" },
	/* Meters that have this tariff and would find no older version of it. */
	[LEFT_ALONE] = { .sql = "SELECT COUNT(*) FROM meter_tariff m WHERE m.tariff_id = ? AND"
				" NOT EXISTS (SELECT 1 FROM tariff_version v WHERE v.tariff_id ="
				" m.tariff_id AND v.active_from < ?)",
	    .bounded = "one row" },
	[DROP_SEASONS] = { .sql = "DELETE FROM tariff_season WHERE tariff_version_id = ?" },
	[DROP_SLOTS] = { .sql = "DELETE FROM tariff_slot WHERE tariff_version_id = ?" },
	[DROP_PRICES] = { .sql = "DELETE FROM tariff_price WHERE tariff_version_id = ?" },
	[DROP_TIERS] = { .sql = "DELETE FROM tariff_tier WHERE tariff_version_id = ?" },
	[ADD_SEASON] = { .sql = "INSERT INTO tariff_season (tariff_version_id, season, name,"
				" from_month, from_day) VALUES (?, ?, ?, ?, ?)" },
	[ADD_SLOT] = { .sql = "INSERT INTO tariff_slot (tariff_version_id, season, day_kind,"
			      " start_min, period) VALUES (?, ?, ?, ?, ?)" },
	[ADD_PRICE] = { .sql = "INSERT INTO tariff_price (tariff_version_id, component, name,"
			       " period, price_uyuan) VALUES (?, ?, ?, ?, ?)" },
	[ADD_TIER] = { .sql = "INSERT INTO tariff_tier (tariff_version_id, tier, from_wh, period,"
			      " price_uyuan) VALUES (?, ?, ?, ?, ?)" },
};

/* ---- tariffs ---- */

void
tariff_validate(const struct tariff_row *row, struct faults *faults)
{
	edit_check_text(faults, "name", row->name, TARIFF_TITLE_MAX, true);
	edit_check_text(faults, "note", row->note, TARIFF_NOTE_MAX, false);
}

static enum rc
load(struct db *db, const struct query *query, int64_t tariff_id, struct tariff_row *row)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(tariff_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		*row = (struct tariff_row){ .tariff_id = tariff_id,
			.is_archived = rows_int(rows, 2) != 0,
			.revision = rows_int(rows, 3) };
		(void)text_copy(row->name, sizeof(row->name), rows_text(rows, 0));
		(void)text_copy(row->note, sizeof(row->note), rows_text(rows, 1));
	}
	rows_end(rows);
	return rc;
}

enum rc
tariff_find(struct db *db, int64_t tariff_id, struct tariff_row *row)
{
	return load(db, &Q[FIND], tariff_id, row);
}

static void
compare_rows(
    const struct tariff_row *before, const struct tariff_row *after, struct changes *changes)
{
	change_text(changes, "name", before->name, after->name);
	change_text(changes, "note", before->note, after->note);
	change_flag(changes, "archived", before->is_archived, after->is_archived);
}

enum rc
tariff_insert(struct db *db, struct tariff_row *row, const struct operator_actor *by)
{
	struct changes changes = { 0 };
	enum rc rc = db_exec(db, &Q[INSERT], ARGS(S(row->name), S(row->note)));

	if (rc != RC_OK)
		return rc;
	row->tariff_id = db_last_id(db);
	compare_rows(&(struct tariff_row){ 0 }, row, &changes);
	return edit_audit(db, by, "tariff.add", "tariff", row->tariff_id, &changes, NULL);
}

enum rc
tariff_update(struct db *db, struct tariff_row *row, const struct operator_actor *by)
{
	struct tariff_row stored;
	struct changes changes = { 0 };
	enum rc rc = load(db, &Q[LOCK], row->tariff_id, &stored);

	if (rc != RC_OK)
		return rc;
	if (stored.revision != row->revision)
		return RC_CONFLICT;
	compare_rows(&stored, row, &changes);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(db, &Q[UPDATE],
	    ARGS(S(row->name), S(row->note), row->is_archived ? T(by->now) : NIL,
		I(row->tariff_id)));
	if (rc != RC_OK)
		return rc;
	row->revision++;
	return edit_audit(db, by, "tariff.edit", "tariff", row->tariff_id, &changes, NULL);
}

/* ---- versions ---- */

static enum rc
load_version(
    struct db *db, const struct query *query, int64_t version_id, struct tariff_version_row *row)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(version_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		const char *state = rows_text(rows, 1);
		*row = (struct tariff_version_row){ .version_id = version_id,
			.tariff_id = rows_int(rows, 0),
			.state = strcmp(state, "draft") == 0	   ? TARIFF_DRAFT
				 : strcmp(state, "published") == 0 ? TARIFF_PUBLISHED
								   : TARIFF_WITHDRAWN,
			.valid_from = rows_day(rows, 2),
			.revision = rows_int(rows, 4) };
		(void)text_copy(row->note, sizeof(row->note), rows_text(rows, 3));
	}
	rows_end(rows);
	return rc;
}

enum rc
tariff_version_find(struct db *db, int64_t version_id, struct tariff_version_row *row)
{
	return load_version(db, &Q[VERSION_FIND], version_id, row);
}

static enum rc
lock(struct db *db, const struct tariff_version_row *row, enum tariff_state state,
    struct tariff_version_row *stored)
{
	enum rc rc = load_version(db, &Q[VERSION_LOCK], row->version_id, stored);

	if (rc == RC_OK && (stored->state != state || stored->revision != row->revision))
		return RC_CONFLICT;
	return rc;
}

static enum rc
drop_content(struct db *db, int64_t version_id)
{
	enum rc rc = RC_OK;

	for (size_t q = DROP_SEASONS; rc == RC_OK && q <= DROP_TIERS; q++)
		rc = db_exec(db, &Q[q], ARGS(I(version_id)));
	return rc;
}

static enum rc
add_season(struct db *db, int64_t version_id, const struct tariff_version *content, size_t season)
{
	const struct tariff_season *row = &content->seasons[season];
	enum rc rc = db_exec(db, &Q[ADD_SEASON],
	    ARGS(I(version_id), I(season), S(row->name), I(row->from_month), I(row->from_day)));

	for (size_t kind = 0; rc == RC_OK && kind < TARIFF_DAY_KINDS; kind++) {
		const struct tariff_table *table = &content->tables[row->table[kind]];
		if (kind > 0 && row->table[kind] == row->table[TARIFF_WORKDAY])
			continue; /* as the workday */
		for (size_t i = 0; rc == RC_OK && i < table->count; i++)
			rc = db_exec(db, &Q[ADD_SLOT],
			    ARGS(I(version_id), I(season),
				S(tariff_day_kind_name((enum tariff_day_kind)kind)),
				I(table->slots[i].start_min),
				S(tariff_period_name((enum tariff_period)table->slots[i].period))));
	}
	return rc;
}

static enum rc
add_content(struct db *db, int64_t version_id, const struct tariff_version *content)
{
	enum rc rc = RC_OK;

	for (size_t s = 0; rc == RC_OK && s < content->season_count; s++)
		rc = add_season(db, version_id, content, s);
	for (size_t c = 0; rc == RC_OK && c < content->component_count; c++)
		for (size_t p = 0; rc == RC_OK && p < TARIFF_PERIODS; p++)
			rc = db_exec(db, &Q[ADD_PRICE],
			    ARGS(I(version_id), I(c), S(content->components[c].name),
				S(tariff_period_name((enum tariff_period)p)),
				I(content->components[c].price_uyuan[p])));
	for (size_t t = 0; rc == RC_OK && t < content->tier_count; t++)
		for (size_t p = 0; rc == RC_OK && p < TARIFF_PERIODS; p++)
			rc = db_exec(db, &Q[ADD_TIER],
			    ARGS(I(version_id), I(t + 1), I(content->tiers[t].from_wh),
				S(tariff_period_name((enum tariff_period)p)),
				I(content->tiers[t].price_uyuan[p])));
	return rc;
}

static enum rc
audit(struct db *db, const struct operator_actor *by, const char *action, int64_t version_id,
    const struct changes *changes, const char *reason)
{
	return edit_audit(db, by, action, "tariff_version", version_id, changes, reason);
}

enum rc
tariff_draft_insert(struct db *db, struct tariff_version_row *row,
    const struct tariff_version *content, const struct operator_actor *by)
{
	static const struct tariff_version nothing;
	struct changes changes = { 0 };
	enum rc rc = db_exec(db, &Q[VERSION_INSERT],
	    ARGS(I(row->tariff_id), S(tariff_cycle_name(content->cycle)),
		S(tariff_tier_kind_name(content->tier_kind)), I(content->year_month),
		I(content->year_day), S(row->note), by->operator_id != 0 ? I(by->operator_id) : NIL,
		T(by->now)));

	if (rc != RC_OK)
		return rc;
	row->version_id = db_last_id(db);
	row->state = TARIFF_DRAFT;
	row->revision = 0;
	if ((rc = add_content(db, row->version_id, content)) != RC_OK)
		return rc;
	tariff_compare(&nothing, content, &changes);
	return audit(db, by, "tariff_version.add", row->version_id, &changes, NULL);
}

enum rc
tariff_draft_update(struct db *db, struct tariff_version_row *row,
    const struct tariff_version *content, const struct operator_actor *by)
{
	struct tariff_version_row stored;
	struct tariff_version before;
	struct changes changes = { 0 };
	enum rc rc = lock(db, row, TARIFF_DRAFT, &stored);

	if (rc != RC_OK || (rc = tariff_load_version(db, row->version_id, &before)) != RC_OK)
		return rc;
	tariff_compare(&before, content, &changes);
	change_text(&changes, "note", stored.note, row->note);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(db, &Q[VERSION_UPDATE],
	    ARGS(S(tariff_cycle_name(content->cycle)), S(tariff_tier_kind_name(content->tier_kind)),
		I(content->year_month), I(content->year_day), S(row->note), I(row->version_id)));
	if (rc != RC_OK || (rc = drop_content(db, row->version_id)) != RC_OK ||
	    (rc = add_content(db, row->version_id, content)) != RC_OK)
		return rc;
	row->revision++;
	return audit(db, by, "tariff_version.edit", row->version_id, &changes, NULL);
}

enum rc
tariff_draft_remove(
    struct db *db, const struct tariff_version_row *row, const struct operator_actor *by)
{
	struct tariff_version_row stored;
	struct changes changes = { 0 };
	enum rc rc = lock(db, row, TARIFF_DRAFT, &stored);

	if (rc != RC_OK || (rc = drop_content(db, row->version_id)) != RC_OK ||
	    (rc = db_exec(db, &Q[VERSION_DELETE], ARGS(I(row->version_id)))) != RC_OK)
		return rc;
	change_text(&changes, "note", stored.note, "");
	return audit(db, by, "tariff_version.delete", row->version_id, &changes, NULL);
}

static void
change_day(struct changes *changes, const char *field, bool was_set, struct day before, bool is_set,
    struct day after)
{
	char old[16] = "", new[16] = "";

	if (was_set)
		clock_format_day(before, old, sizeof(old));
	if (is_set)
		clock_format_day(after, new, sizeof(new));
	change_text(changes, field, old, new);
}

enum rc
tariff_publish(struct db *db, struct tariff_version_row *row, struct day earliest,
    const struct operator_actor *by)
{
	struct tariff_version_row stored;
	struct tariff_version content;
	struct changes changes = { 0 };
	struct faults faults = { 0 };
	enum rc rc = lock(db, row, TARIFF_DRAFT, &stored);

	if (rc != RC_OK || (rc = tariff_load_version(db, row->version_id, &content)) != RC_OK)
		return rc;
	tariff_check(&content, &faults);
	if (faults.count > 0 || row->valid_from.number < earliest.number)
		return RC_INVALID;
	rc = db_exec(db, &Q[PUBLISH],
	    ARGS(D(row->valid_from), by->operator_id != 0 ? I(by->operator_id) : NIL, T(by->now),
		I(row->version_id)));
	if (rc != RC_OK)
		return rc;
	row->state = TARIFF_PUBLISHED;
	row->revision++;
	change_text(&changes, "state", "draft", "published");
	change_day(&changes, "valid_from", false, earliest, true, row->valid_from);
	return audit(db, by, "tariff_version.publish", row->version_id, &changes, NULL);
}

enum rc
tariff_withdraw(struct db *db, const struct tariff_version_row *row, struct day today,
    const char *reason, const struct operator_actor *by)
{
	struct tariff_version_row stored;
	struct changes changes = { 0 };
	int64_t left_alone = 0;
	enum rc rc = lock(db, row, TARIFF_PUBLISHED, &stored);

	if (rc != RC_OK)
		return rc;
	if (stored.valid_from.number <= today.number)
		return RC_CONFLICT;
	rc = db_int(
	    db, &Q[LEFT_ALONE], ARGS(I(stored.tariff_id), D(stored.valid_from)), &left_alone);
	if (rc == RC_OK && left_alone > 0)
		return RC_INVALID;
	if (rc == RC_OK)
		rc = db_exec(db, &Q[WITHDRAW], ARGS(I(row->version_id)));
	if (rc != RC_OK)
		return rc;
	change_text(&changes, "state", "published", "withdrawn");
	return audit(db, by, "tariff_version.withdraw", row->version_id, &changes, reason);
}
