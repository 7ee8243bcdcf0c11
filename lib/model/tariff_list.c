#include "model/tariff_list.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

#define STRETCHES_MAX 200

enum { LIST, EXPORT, DRAFTS, METERS, VERSIONS, METER_COUNT, METER_LIST, METER_EXPORT, HISTORY };

/* The stretch of a meter that holds today, and the next one. */
#define FROM_METERS                                                                             \
	" FROM v_meter_now n"                                                                   \
	" LEFT JOIN meter_tariff c ON c.meter_id = n.meter_id AND c.valid_from ="               \
	" (SELECT MAX(x.valid_from) FROM meter_tariff x WHERE x.meter_id = n.meter_id"          \
	" AND x.valid_from <= ?)"                                                               \
	" LEFT JOIN meter_tariff f ON f.meter_id = n.meter_id AND f.valid_from ="               \
	" (SELECT MIN(y.valid_from) FROM meter_tariff y WHERE y.meter_id = n.meter_id"          \
	" AND y.valid_from > ?)"                                                                \
	" LEFT JOIN tariff t ON t.tariff_id = c.tariff_id"                                      \
	" LEFT JOIN tariff ft ON ft.tariff_id = f.tariff_id"                                    \
	" WHERE n.removed_at IS NULL AND (? = '' OR FIND_IN_SET(n.scope_id, ?))"                \
	" AND (? = 0 OR c.tariff_id = ? OR (? = -1 AND c.meter_id IS NULL"                      \
	" AND n.credit_mode <> 'monitor')"                                                      \
	" OR (? = -2 AND c.meter_id IS NOT NULL AND c.tariff_id IS NULL))"                      \
	" AND (? = 0 OR ? IN (n.site_id, n.building_id, n.floor_id, n.place_id))"               \
	" AND (? = '' OR FIND_IN_SET(n.meter_id, ?))"                                           \
	" AND (? = '' OR CONCAT_WS('\n', n.room, n.name, n.tenant, n.number, n.tenant_initials" \
	", n.place_initials) LIKE ?)"
#define METER_ORDER \
	" ORDER BY n.site_order, n.building_order, n.floor_order, n.room_order, n.room, n.meter_id"

/* The plain price of a period, below the first step. */
#define PRICE(period)                                                          \
	" (SELECT CAST(SUM(p.price_uyuan) / 1000000 AS DECIMAL(10, 6))"        \
	" FROM tariff_price p WHERE p.tariff_version_id = v.tariff_version_id" \
	" AND p.period = '" period "') AS " period

static const struct query Q[] QUERIES = {
	[LIST] = { .sql = "SELECT t.tariff_id, t.name, t.note, t.archived_at IS NOT NULL,"
			  " t.revision, v.tariff_version_id, v.active_from,"
			  " (SELECT MIN(n.active_from) FROM tariff_version n WHERE n.tariff_id ="
			  " t.tariff_id AND n.active_from > ?) FROM tariff t"
			  " LEFT JOIN tariff_version v ON v.tariff_id = t.tariff_id AND"
			  " v.active_from = (SELECT MAX(o.active_from) FROM tariff_version o"
			  " WHERE o.tariff_id = t.tariff_id AND o.active_from <= ?)"
			  " WHERE ? = '' OR t.name LIKE ? OR t.note LIKE ?"
			  " ORDER BY t.archived_at IS NOT NULL, t.name LIMIT 500" },
	[EXPORT] = { .sql = "SELECT t.name, t.note, v.active_from," PRICE("sharp") "," PRICE("peak") "," PRICE("flat") "," PRICE(
			 "valley") "," PRICE("deep") ","
						     " (SELECT MIN(n.active_from) FROM tariff_version n WHERE n.tariff_id ="
						     " t.tariff_id AND n.active_from > ?) AS next_from,"
						     " (SELECT COUNT(*) FROM meter_tariff c JOIN v_meter_scope m ON m.meter_id ="
						     " c.meter_id WHERE c.tariff_id = t.tariff_id AND m.removed_at IS NULL"
						     " AND (? = '' OR FIND_IN_SET(m.scope_id, ?)) AND c.valid_from ="
						     " (SELECT MAX(x.valid_from) FROM meter_tariff x WHERE x.meter_id ="
						     " m.meter_id AND x.valid_from <= ?)) AS meters, t.archived_at FROM tariff t"
						     " LEFT JOIN tariff_version v ON v.tariff_id = t.tariff_id AND"
						     " v.active_from = (SELECT MAX(o.active_from) FROM tariff_version o"
						     " WHERE o.tariff_id = t.tariff_id AND o.active_from <= ?)"
						     " WHERE ? = '' OR t.name LIKE ? OR t.note LIKE ?"
						     " ORDER BY t.archived_at IS NOT NULL, t.name LIMIT 500" },
	[DRAFTS] = { .sql = "SELECT tariff_id, COUNT(*) FROM tariff_version WHERE state = 'draft'"
			    " GROUP BY tariff_id LIMIT 10000" },
	[METERS] = { .sql = "SELECT c.tariff_id, COUNT(*) FROM v_meter_scope m"
			    " JOIN meter_tariff c ON c.meter_id = m.meter_id AND c.valid_from ="
			    " (SELECT MAX(x.valid_from) FROM meter_tariff x WHERE x.meter_id ="
			    " m.meter_id AND x.valid_from <= ?) WHERE m.removed_at IS NULL"
			    " AND (? = '' OR FIND_IN_SET(m.scope_id, ?))"
			    " AND c.tariff_id IS NOT NULL GROUP BY c.tariff_id LIMIT 10000" },
	[VERSIONS] = { .sql =
			   "SELECT v.tariff_version_id, v.revision, v.state, v.valid_from, v.note,"
			   " COALESCE(NULLIF(a.display_name, ''), a.username),"
			   " COALESCE(NULLIF(b.display_name, ''), b.username),"
			   " v.created_at, v.published_at FROM tariff_version v"
			   " LEFT JOIN operator a ON a.operator_id = v.created_by"
			   " LEFT JOIN operator b ON b.operator_id = v.published_by"
			   " WHERE v.tariff_id = ? ORDER BY v.state = 'draft' DESC,"
			   " v.valid_from DESC, v.tariff_version_id DESC LIMIT 500" },
	[METER_COUNT] = { .sql = "SELECT COUNT(*)" FROM_METERS, .bounded = "one row" },
	[METER_LIST] = { .sql = "SELECT n.meter_id, n.number, n.name, n.room, n.floor, n.building,"
				" n.tenant, n.model, c.tariff_id, t.name, c.price_uyuan,"
				" c.valid_from, f.valid_from, ft.name, f.price_uyuan" FROM_METERS
				    METER_ORDER " LIMIT ? OFFSET ?" },
	[METER_EXPORT] = { .sql = "SELECT n.building, n.floor, n.room, n.name, n.tenant, n.number,"
				  " n.model, t.name AS tariff,"
				  " CAST(c.price_uyuan / 1000000 AS DECIMAL(10, 6)) AS price,"
				  " c.valid_from, ft.name AS next_tariff, f.valid_from AS"
				  " next_from" FROM_METERS METER_ORDER " LIMIT ?" },
	[HISTORY] = { .sql = "SELECT m.valid_from, m.tariff_id, m.price_uyuan, t.name"
			     " FROM meter_tariff m LEFT JOIN tariff t ON t.tariff_id = m.tariff_id"
			     " WHERE m.meter_id = ? ORDER BY m.valid_from DESC LIMIT 200" },
};

/* ---- tariffs ---- */

static void
load_item(const struct rows *rows, struct arena *arena, struct tariff_item *item)
{
	*item = (struct tariff_item){ .tariff_id = rows_int(rows, 0),
		.name = arena_strdup(arena, rows_text(rows, 1)),
		.note = arena_strdup(arena, rows_text(rows, 2)),
		.is_archived = rows_int(rows, 3) != 0,
		.revision = rows_int(rows, 4),
		.version_id = rows_int(rows, 5),
		.valid_from = rows_day(rows, 6),
		.has_next = !rows_is_null(rows, 7),
		.next_from = rows_day(rows, 7) };
}

static struct tariff_item *
find_item(struct tariff_item *list, size_t count, int64_t tariff_id)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].tariff_id == tariff_id)
			return &list[i];
	return NULL;
}

/* Adds the second column of rows to a member of the tariff named in the first. Ends rows. */
static enum rc
add_counts(struct rows *rows, struct tariff_item *list, size_t count, bool is_drafts)
{
	enum rc rc;

	while ((rc = rows_next(rows)) == RC_OK) {
		struct tariff_item *item = find_item(list, count, rows_int(rows, 0));
		if (item != NULL && is_drafts)
			item->drafts = rows_int(rows, 1);
		else if (item != NULL)
			item->meters = rows_int(rows, 1);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
tariff_list(struct db *db, struct arena *arena, const struct scope *scope, struct day today,
    const char *search, struct tariff_item **list, size_t *count)
{
	const char *ids = scope_text(scope);
	struct rows *rows;
	char like[500];

	text_like(search, like, sizeof(like));
	enum rc rc =
	    db_query(db, &Q[LIST], ARGS(D(today), D(today), S(search), S(like), S(like)), &rows);
	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, TARIFFS_MAX * sizeof(**list));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK && *count < TARIFFS_MAX)
		load_item(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if ((rc = db_query(db, &Q[DRAFTS], NO_ARGS, &rows)) != RC_OK ||
	    (rc = add_counts(rows, *list, *count, true)) != RC_OK)
		return rc;
	rc = db_query(db, &Q[METERS], ARGS(D(today), S(ids), S(ids)), &rows);
	return rc == RC_OK ? add_counts(rows, *list, *count, false) : rc;
}

enum rc
tariff_export(struct db *db, const struct scope *scope, struct day today, const char *search,
    struct rows **rows)
{
	const char *ids = scope_text(scope);
	char like[500];

	text_like(search, like, sizeof(like));
	return db_query(db, &Q[EXPORT],
	    ARGS(D(today), S(ids), S(ids), D(today), D(today), S(search), S(like), S(like)), rows);
}

/* ---- versions ---- */

const char *
version_status_name(enum version_status status)
{
	static const char *const NAMES[] = { "draft", "next", "now", "past", "withdrawn" };

	assert(status < COUNT(NAMES));
	return NAMES[status];
}

static enum version_status
status_of(const struct rows *rows, struct day today, bool *has_now)
{
	const char *state = rows_text(rows, 2);

	if (strcmp(state, "draft") == 0)
		return VERSION_DRAFT;
	if (strcmp(state, "withdrawn") == 0)
		return VERSION_WITHDRAWN;
	if (rows_day(rows, 3).number > today.number)
		return VERSION_NEXT;
	if (*has_now)
		return VERSION_PAST;
	*has_now = true; /* the newest that has begun */
	return VERSION_NOW;
}

enum rc
tariff_versions(struct db *db, struct arena *arena, int64_t tariff_id, struct day today,
    struct version_item **list, size_t *count)
{
	bool has_now = false;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[VERSIONS], ARGS(I(tariff_id)), &rows);

	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, VERSIONS_MAX * sizeof(**list));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK && *count < VERSIONS_MAX)
		(*list)[(*count)++] = (struct version_item){ .version_id = rows_int(rows, 0),
			.revision = rows_int(rows, 1),
			.status = status_of(rows, today, &has_now),
			.has_from = !rows_is_null(rows, 3),
			.valid_from = rows_day(rows, 3),
			.note = arena_strdup(arena, rows_text(rows, 4)),
			.created_by = arena_strdup(arena, rows_text(rows, 5)),
			.published_by = arena_strdup(arena, rows_text(rows, 6)),
			.created_at = rows_int(rows, 7),
			.published_at = rows_int(rows, 8) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- meters ---- */

#define FILTER_BINDS 16

/* Binds in the order of FROM_METERS; like must outlive the call. */
static void
bind_filter(const struct tariff_filter *filter, char *like, size_t size, struct value *values)
{
	const char *ids = scope_text(filter->scope);
	const char *search = filter->search != NULL ? filter->search : "";
	const char *ticked = filter->ids != NULL ? filter->ids : "";
	size_t n = 0;

	text_like(search, like, size);
	values[n++] = D(filter->today);
	values[n++] = D(filter->today);
	values[n++] = S(ids);
	values[n++] = S(ids);
	for (int i = 0; i < 4; i++)
		values[n++] = I(filter->tariff_id);
	values[n++] = I(filter->place_id);
	values[n++] = I(filter->place_id);
	values[n++] = S(ticked);
	values[n++] = S(ticked);
	values[n++] = S(search);
	values[n++] = S(like);
	assert(n == FILTER_BINDS - 2);
}

enum rc
tariff_meter_count(struct db *db, const struct tariff_filter *filter, int64_t *count)
{
	struct value values[FILTER_BINDS];
	char like[500];

	bind_filter(filter, like, sizeof(like), values);
	return db_int(db, &Q[METER_COUNT], (struct args){ values, FILTER_BINDS - 2 }, count);
}

static void
load_meter(const struct rows *rows, struct arena *arena, struct tariff_meter_item *item)
{
	*item = (struct tariff_meter_item){ .meter_id = rows_int(rows, 0),
		.number = arena_strdup(arena, rows_text(rows, 1)),
		.name = arena_strdup(arena, rows_text(rows, 2)),
		.room = arena_strdup(arena, rows_text(rows, 3)),
		.floor = arena_strdup(arena, rows_text(rows, 4)),
		.building = arena_strdup(arena, rows_text(rows, 5)),
		.tenant = arena_strdup(arena, rows_text(rows, 6)),
		.model = arena_strdup(arena, rows_text(rows, 7)),
		.tariff_id = rows_int(rows, 8),
		.tariff = arena_strdup(arena, rows_text(rows, 9)),
		.price_uyuan = rows_is_null(rows, 10) ? -1 : rows_int(rows, 10),
		.from = rows_day(rows, 11),
		.has_next = !rows_is_null(rows, 12),
		.next_from = rows_day(rows, 12),
		.next_tariff = arena_strdup(arena, rows_text(rows, 13)),
		.next_uyuan = rows_is_null(rows, 14) ? -1 : rows_int(rows, 14) };
}

enum rc
tariff_meter_list(struct db *db, struct arena *arena, const struct tariff_filter *filter,
    int64_t limit, int64_t offset, struct tariff_meter_item **list, size_t *count)
{
	struct value values[FILTER_BINDS];
	struct rows *rows;
	char like[500];

	bind_filter(filter, like, sizeof(like), values);
	values[FILTER_BINDS - 2] = I(limit);
	values[FILTER_BINDS - 1] = I(offset);
	*list = arena_alloc(arena, (size_t)limit * sizeof(**list));
	*count = 0;
	enum rc rc = db_query(db, &Q[METER_LIST], (struct args){ values, FILTER_BINDS }, &rows);
	if (rc != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK && *count < (size_t)limit)
		load_meter(rows, arena, &(*list)[(*count)++]);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
tariff_meter_export(
    struct db *db, const struct tariff_filter *filter, int64_t limit, struct rows **rows)
{
	struct value values[FILTER_BINDS];
	char like[500];

	bind_filter(filter, like, sizeof(like), values);
	values[FILTER_BINDS - 2] = I(limit);
	return db_query(db, &Q[METER_EXPORT], (struct args){ values, FILTER_BINDS - 1 }, rows);
}

enum rc
tariff_history(struct db *db, struct arena *arena, int64_t meter_id, struct tariff_stretch **list,
    size_t *count)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[HISTORY], ARGS(I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	*list = arena_alloc(arena, STRETCHES_MAX * sizeof(**list));
	*count = 0;
	while ((rc = rows_next(rows)) == RC_OK && *count < STRETCHES_MAX)
		(*list)[(*count)++] = (struct tariff_stretch){ .from = rows_day(rows, 0),
			.tariff_id = rows_int(rows, 1),
			.price_uyuan = rows_is_null(rows, 2) ? -1 : rows_int(rows, 2),
			.tariff = arena_strdup(arena, rows_text(rows, 3)) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
