/*
 * scope.h - which buildings an operator may see.
 *
 * operator_scope names sites and buildings; no row means everything. What an operator may see is
 * resolved to ids once per request (session.c): the sites and buildings named and the buildings of
 * those sites. A meter, gateway or place belongs to its building, or to its site when it is in no
 * building: the column scope_id of v_meter_now. What belongs to neither is seen only without a
 * limit. In SQL: "(? = '' OR FIND_IN_SET(n.scope_id, ?))" with scope_text twice.
 */
#ifndef VOLTILL_SCOPE_H
#define VOLTILL_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#define SCOPE_TEXT_MAX 4000 /* about 600 buildings; whatever does not fit is not seen */

struct scope {
	char text[SCOPE_TEXT_MAX + 1]; /* "3,17"; "": everything */
};

extern const struct scope scope_everything, scope_nothing;

/* Takes ids with commas between; "" is no limit. A text that was cut in the middle of an id loses
 * that id: a scope may come out narrower, never wider. */
void scope_set(struct scope *scope, const char *ids);

bool scope_is_limited(const struct scope *scope);
/* building_id: of the building, or of the site for what is in no building; 0: in neither. */
bool scope_has(const struct scope *scope, int64_t building_id);
/* "" for everything, else ids for FIND_IN_SET. */
const char *scope_text(const struct scope *scope);

#endif
