/*
 * place_list.h - places for an export.
 */
#ifndef VOLTILL_PLACE_LIST_H
#define VOLTILL_PLACE_LIST_H

#include "base/db.h"
#include "base/rc.h"
#include "model/scope.h"

#define PLACE_SEARCH_MAX 200

/* Site, building, floor, room, kind, initials, order, meters; columns of cgi-bin/settings/places.c.
 * search is folded, "" for all. */
enum rc place_export(
    struct db *db, const struct scope *scope, const char *search, struct rows **rows);

#endif
