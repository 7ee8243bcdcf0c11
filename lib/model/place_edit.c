#include "model/place_edit.h"

#include <string.h>

#include "base/text.h"
#include "model/edit.h"

enum { INSERT, UPDATE, DELETE, USES };

/* clang-format off: it breaks texts in the middle of a word */
static const struct query Q[] QUERIES = {
	[INSERT] = { .sql = "INSERT INTO place (parent_id, kind, name, initials, sort_order)"
			    " VALUES (?, ?, ?, ?, ?)" },
	[UPDATE] = { .sql =
			 "UPDATE place SET parent_id = ?, name = ?, initials = ?, sort_order = ?,"
			 " revision = revision + 1 WHERE place_id = ?" },
	[DELETE] = { .sql = "DELETE FROM place WHERE place_id = ?" },
	[USES] = { .sql =
		       "SELECT (SELECT COUNT(*) FROM place WHERE parent_id = p.place_id),"
		       " (SELECT COUNT(*) FROM meter WHERE place_id = p.place_id AND removed_at IS NULL),"
		       " (SELECT COUNT(*) FROM meter WHERE place_id = p.place_id AND removed_at IS NOT NULL)"
		       " + (SELECT COUNT(DISTINCT meter_id) FROM meter_place WHERE place_id = p.place_id),"
		       " (SELECT COUNT(*) FROM gateway WHERE place_id = p.place_id),"
		       " (SELECT COUNT(*) FROM operator_scope WHERE place_id = p.place_id)"
		       " FROM place p WHERE p.place_id = ?",
	    .bounded = "primary key" },
};
/* clang-format on */

/* ---- validation ---- */

bool
place_fits(enum place_kind kind, bool has_parent, enum place_kind parent)
{
	switch (kind) {
	case KIND_SITE:
		return !has_parent;
	case KIND_BUILDING:
		return !has_parent || parent == KIND_SITE;
	case KIND_FLOOR:
		return has_parent && parent == KIND_BUILDING;
	case KIND_ROOM:
		return has_parent && (parent == KIND_FLOOR || parent == KIND_BUILDING);
	case PLACE_KINDS:
		break;
	}
	return false;
}

static void
check_parent(const struct place_row *row, const struct world *world, struct faults *faults)
{
	struct place_row parent = { .kind = PLACE_KINDS };

	if (row->parent_id != 0 && !world->place(world->context, row->parent_id, &parent))
		fault_add(faults, "parent", "NoSuchPlace", "%s", "");
	else if (row->parent_id == 0 && (row->kind == KIND_FLOOR || row->kind == KIND_ROOM))
		fault_add(faults, "parent", "PlaceParentMissing", "%s", "");
	else if (!place_fits(row->kind, row->parent_id != 0, parent.kind))
		fault_add(faults, "parent", "PlaceParent", "%s", parent.name);
}

static void
check_name(const struct place_row *row, const struct world *world, struct faults *faults)
{
	edit_check_text(faults, "name", row->name, PLACE_NAME_MAX, true);
	if (fault_find(faults, "name") != NULL)
		return;
	int64_t twin = world->place_named(world->context, row->parent_id, row->name);
	if (twin != 0 && twin != row->place_id)
		fault_add(faults, "name", "PlaceTaken", "%s", row->name);
}

static void
check_initials(const struct place_row *row, struct faults *faults)
{
	for (const char *at = row->initials; *at != '\0'; at++)
		if (!((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9'))) {
			fault_add(faults, "initials", "BadInitials", "%s", "");
			return;
		}
}

/* What hangs below a place would fit nowhere if it became something else. */
static void
check_kind(const struct place_row *row, const struct world *world, struct faults *faults)
{
	struct place_row stored;

	if (row->kind >= PLACE_KINDS)
		fault_add(faults, "kind", "BadChoice", "%s", "");
	else if (row->place_id != 0 && world->place(world->context, row->place_id, &stored) &&
		 stored.kind != row->kind)
		fault_add(faults, "kind", "PlaceKindFixed", "%s", place_kind_name(stored.kind));
}

void
place_validate(const struct place_row *row, const struct world *world, struct faults *faults)
{
	check_kind(row, world, faults);
	if (fault_find(faults, "kind") == NULL)
		check_parent(row, world, faults);
	check_name(row, world, faults);
	check_initials(row, faults);
	edit_check_range(faults, "sort_order", row->sort_order, 0, PLACE_ORDER_MAX);
}

void
place_compare(
    const struct place_row *before, const struct place_row *after, struct changes *changes)
{
	change_text(changes, "kind", before->place_id != 0 ? place_kind_name(before->kind) : "",
	    place_kind_name(after->kind));
	change_int_or(changes, "parent", 0, before->parent_id, after->parent_id);
	change_text(changes, "name", before->name, after->name);
	change_text(changes, "initials", before->initials, after->initials);
	change_int(changes, "sort_order", before->sort_order, after->sort_order);
}

int64_t
place_building(const struct world *world, int64_t place_id)
{
	struct place_row place;
	int64_t site = 0;

	for (int level = 0; level < PLACE_KINDS && place_id != 0; level++) {
		if (!world->place(world->context, place_id, &place))
			return 0;
		if (place.kind == KIND_BUILDING)
			return place_id;
		if (place.kind == KIND_SITE)
			site = place_id;
		place_id = place.parent_id;
	}
	return site;
}

/* ---- storing ---- */

/* The stored row, locked, if it is the one that was edited. */
static enum rc
lock(struct db *db, const struct place_row *row, struct place_row *stored)
{
	enum rc rc = place_load_locked(db, row->place_id, stored);

	return rc == RC_OK && stored->revision != row->revision ? RC_CONFLICT : rc;
}

enum rc
place_insert(struct db *db, struct place_row *row, const struct operator_actor *by)
{
	struct changes changes = { 0 };
	enum rc rc = db_exec(db, &Q[INSERT],
	    ARGS(row->parent_id != 0 ? I(row->parent_id) : NIL, S(place_kind_name(row->kind)),
		S(row->name), S(row->initials), I(row->sort_order)));

	if (rc != RC_OK)
		return rc;
	row->place_id = db_last_id(db);
	row->revision = 0;
	place_compare(&(const struct place_row){ 0 }, row, &changes);
	rc = place_name_change(db, &changes, "parent", 0, row->parent_id);
	return rc == RC_OK ? edit_audit(db, by, "place.add", "place", row->place_id, &changes, NULL)
			   : rc;
}

enum rc
place_update(struct db *db, struct place_row *row, const struct operator_actor *by)
{
	struct place_row stored;
	struct changes changes = { 0 };
	enum rc rc = lock(db, row, &stored);

	if (rc != RC_OK)
		return rc;
	place_compare(&stored, row, &changes);
	if (changes.count == 0)
		return RC_OK;
	rc = db_exec(db, &Q[UPDATE],
	    ARGS(row->parent_id != 0 ? I(row->parent_id) : NIL, S(row->name), S(row->initials),
		I(row->sort_order), I(row->place_id)));
	if (rc == RC_OK)
		rc = place_name_change(db, &changes, "parent", stored.parent_id, row->parent_id);
	if (rc != RC_OK)
		return rc;
	row->revision++;
	return edit_audit(db, by, "place.edit", "place", row->place_id, &changes, NULL);
}

enum rc
place_count_uses(struct db *db, int64_t place_id, struct place_uses *uses)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[USES], ARGS(I(place_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK)
		*uses = (struct place_uses){ rows_int(rows, 0), rows_int(rows, 1),
			rows_int(rows, 2), rows_int(rows, 3), rows_int(rows, 4) };
	rows_end(rows);
	return rc;
}

enum rc
place_remove(
    struct db *db, const struct place_row *row, const char *reason, const struct operator_actor *by)
{
	struct place_row stored;
	struct place_uses uses;
	struct changes changes = { 0 };
	enum rc rc = lock(db, row, &stored);

	if (rc != RC_OK)
		return rc;
	if ((rc = place_count_uses(db, row->place_id, &uses)) != RC_OK)
		return rc;
	if (place_is_used(&uses))
		return RC_INVALID;
	change_text(&changes, "kind", place_kind_name(stored.kind), "");
	change_text(&changes, "name", stored.name, "");
	rc = place_name_change(db, &changes, "parent", stored.parent_id, 0);
	if (rc == RC_OK)
		rc = db_exec(db, &Q[DELETE], ARGS(I(row->place_id)));
	if (rc != RC_OK)
		return rc;
	return edit_audit(db, by, "place.delete", "place", row->place_id, &changes, reason);
}

bool
place_is_used(const struct place_uses *uses)
{
	return uses->places + uses->meters + uses->past_meters + uses->gateways + uses->scopes > 0;
}
