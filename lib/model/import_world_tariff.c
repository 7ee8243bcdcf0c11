/* The tariffs of the world: few, each with its newest version. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "model/import_world_private.h"
#include "model/tariff_load.h"

#define TARIFFS_MAX 1000

enum { ALL, DRAFT };

static const struct query Q[] QUERIES = {
	[ALL] = { .sql =
		      "SELECT t.tariff_id, t.name, t.note, t.archived_at IS NOT NULL, t.revision,"
		      " (SELECT COALESCE(MAX(v.tariff_version_id), 0) FROM tariff_version v"
		      " WHERE v.tariff_id = t.tariff_id AND v.state <> 'withdrawn')"
		      " FROM tariff t ORDER BY t.name LIMIT 1000" },
	[DRAFT] = { .sql = "SELECT MAX(tariff_version_id) FROM tariff_version WHERE tariff_id = ?"
			   " HAVING COUNT(*) = 1 AND SUM(state = 'draft') = 1",
	    .bounded = "one row" },
};

static struct tariff_item *
add(struct import_world *world, const struct tariff_row *row)
{
	if (world->tariffs == NULL)
		world->tariffs =
		    arena_alloc(world->arena, 2 * TARIFFS_MAX * sizeof(*world->tariffs));
	if (world->tariff_count == 2 * TARIFFS_MAX)
		log_fatal("import", "more than %d tariffs", 2 * TARIFFS_MAX);
	struct tariff_item *item = &world->tariffs[world->tariff_count++];
	item->row = *row;
	char folded[NAME_FOLDED];
	text_fold(row->name, folded, sizeof(folded));
	index_put(&world->tariff_names, 0, folded, (int64_t)world->tariff_count);
	index_put(&world->tariff_ids, row->tariff_id, "", (int64_t)world->tariff_count);
	return item;
}

void
world_put_tariff(
    struct import_world *world, const struct tariff_row *row, const struct tariff_version *version)
{
	struct tariff_item *item = add(world, row);
	struct tariff_version *kept = arena_alloc(world->arena, sizeof(*kept));

	*kept = *version;
	item->version = kept;
}

enum rc
world_load_tariffs(struct import_world *world, struct db *db)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[ALL], NO_ARGS, &rows);

	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK) {
		struct tariff_row row = { .tariff_id = rows_int(rows, 0),
			.is_archived = rows_int(rows, 3) != 0,
			.revision = rows_int(rows, 4) };
		text_copy(row.name, sizeof(row.name), rows_text(rows, 1));
		text_copy(row.note, sizeof(row.note), rows_text(rows, 2));
		add(world, &row)->version_id = rows_int(rows, 5);
	}
	rows_end(rows);
	for (size_t i = 0; i < world->tariff_count && rc == RC_NOT_FOUND; i++) {
		struct tariff_item *item = &world->tariffs[i];
		struct tariff_version *version = arena_alloc(world->arena, sizeof(*version));
		enum rc one = item->version_id == 0
				  ? RC_NOT_FOUND
				  : tariff_load_version(db, item->version_id, version);
		if (one == RC_OK)
			item->version = version;
		else if (one != RC_NOT_FOUND)
			rc = one;
	}
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

int64_t
world_tariff(
    const struct import_world *world, const char *name, const struct tariff_version **version)
{
	int64_t at = world_name(&world->tariff_names, 0, name);

	if (at == 0)
		return 0;
	*version = world->tariffs[at - 1].version;
	return world->tariffs[at - 1].row.tariff_id;
}

bool
world_tariff_row(const struct import_world *world, int64_t tariff_id, struct tariff_row *row,
    const struct tariff_version **version)
{
	int64_t at = index_find(&world->tariff_ids, tariff_id, "");

	if (at == 0)
		return false;
	*row = world->tariffs[at - 1].row;
	*version = world->tariffs[at - 1].version;
	return true;
}

size_t
world_tariff_count(const struct import_world *world)
{
	return world->tariff_count;
}

/* What the columns of a file can say. */
static bool
is_plain(const struct tariff_version *version)
{
	return version != NULL && version->season_count == 1 && version->table_count == 1 &&
	       version->component_count == 1 && version->tier_count == 0;
}

int64_t
world_tariff_at(const struct import_world *world, size_t n)
{
	const struct tariff_item *item = &world->tariffs[n];

	return !item->row.is_archived && is_plain(item->version) ? item->row.tariff_id : 0;
}

enum rc
world_draft_of(struct db *db, int64_t tariff_id, int64_t *version_id)
{
	return db_int(db, &Q[DRAFT], ARGS(I(tariff_id)), version_id);
}
