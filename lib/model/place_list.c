#include "model/place_list.h"

#include "base/text.h"

enum { EXPORT };

/* clang-format off: it breaks texts in the middle of a word */
#define NAME_OF(kind)                                                         \
	"CASE '" kind "' WHEN p0.kind THEN p0.name WHEN p1.kind THEN p1.name" \
	" WHEN p2.kind THEN p2.name WHEN p3.kind THEN p3.name END"
#define ORDER_OF(kind)                                                                    \
	"CASE '" kind "' WHEN p0.kind THEN p0.sort_order WHEN p1.kind THEN p1.sort_order" \
	" WHEN p2.kind THEN p2.sort_order WHEN p3.kind THEN p3.sort_order END"

static const struct query Q[] QUERIES = {
	[EXPORT] = { .sql = "SELECT " NAME_OF("site") ", " NAME_OF("building") ", " NAME_OF("floor") ", " NAME_OF(
			 "room") ", p0.kind, p0.initials, p0.sort_order, (SELECT COUNT(*) FROM meter m"
				 " WHERE m.place_id = p0.place_id AND m.removed_at IS NULL)"
				 " FROM place p0 JOIN v_place_scope s ON s.place_id = p0.place_id"
				 " LEFT JOIN place p1 ON p1.place_id = p0.parent_id"
				 " LEFT JOIN place p2 ON p2.place_id = p1.parent_id"
				 " LEFT JOIN place p3 ON p3.place_id = p2.parent_id"
				 " WHERE (? = '' OR FIND_IN_SET(s.scope_id, ?))"
				 " AND (? = '' OR CONCAT_WS(' / ', p3.name, p2.name, p1.name, p0.name, p0.initials) LIKE ?)"
				 " ORDER BY " ORDER_OF("site") ", " NAME_OF("site") ", " ORDER_OF("building") ", " NAME_OF("building") ", " ORDER_OF(
				     "floor") ", " NAME_OF("floor") ", " ORDER_OF("room") ", " NAME_OF("room") " LIMIT 1000000" },
};
/* clang-format on */

enum rc
place_export(struct db *db, const struct scope *scope, const char *search, struct rows **rows)
{
	char like[2 * PLACE_SEARCH_MAX];
	const char *limit = scope_text(scope);

	text_like(search, like, sizeof(like));
	return db_stream(db, &Q[EXPORT], ARGS(S(limit), S(limit), S(search), S(like)), rows);
}
