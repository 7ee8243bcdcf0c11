/*
 * tariff_list.h - tariffs, their versions and the meters on them, as lists show them. Reads only.
 */
#ifndef VOLTILL_TARIFF_LIST_H
#define VOLTILL_TARIFF_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/scope.h"

#define TARIFFS_MAX  500
#define VERSIONS_MAX 500 /* of one tariff that a page shows, newest first */

struct tariff_item {
	int64_t tariff_id;
	const char *name, *note;
	bool is_archived;
	int64_t revision;
	int64_t version_id; /* in force today; 0: none */
	struct day valid_from;
	bool has_next; /* a later version is published */
	struct day next_from;
	int64_t drafts, meters; /* meters today, of the scope */
};
/* By name; search is folded. */
enum rc tariff_list(struct db *db, struct arena *arena, const struct scope *scope, struct day today,
    const char *search, struct tariff_item **list, size_t *count);

/* The same for export_answer: name, note, in force since, price per period (yuan), planned from,
 * meters, no longer offered since. */
enum rc tariff_export(struct db *db, const struct scope *scope, struct day today,
    const char *search, struct rows **rows);

enum version_status { VERSION_DRAFT, VERSION_NEXT, VERSION_NOW, VERSION_PAST, VERSION_WITHDRAWN };
const char *version_status_name(enum version_status status); /* "draft" … under T.VersionStatus */

struct version_item {
	int64_t version_id, revision;
	enum version_status status;
	bool has_from;
	struct day valid_from;
	const char *note, *created_by, *published_by; /* display names, "" for a program */
	int64_t created_at, published_at;	      /* 0: not yet */
};
/* Drafts first, then the newest day. */
enum rc tariff_versions(struct db *db, struct arena *arena, int64_t tariff_id, struct day today,
    struct version_item **list, size_t *count);

/* What a list of meters shows. Zeroed is everything of the scope. */
struct tariff_filter {
	const struct scope *scope;
	struct day today;
	int64_t tariff_id; /* TARIFF_NONE: without one that needs one, TARIFF_OWN: with a price of
			      their own */
	int64_t place_id;
	const char *search; /* folded */
	const char *ids;    /* "3,17": only these */
};
#define TARIFF_NONE (-1)
#define TARIFF_OWN  (-2)

struct tariff_meter_item {
	int64_t meter_id;
	const char *number, *name, *room, *floor, *building, *tenant, *model;
	int64_t tariff_id; /* 0: none, or a price of its own when price_uyuan >= 0 */
	const char *tariff;
	int64_t price_uyuan; /* -1: none */
	struct day from;
	bool has_next; /* something else is planned */
	struct day next_from;
	const char *next_tariff; /* "": a price of its own */
	int64_t next_uyuan;
};
enum rc tariff_meter_count(struct db *db, const struct tariff_filter *filter, int64_t *count);
enum rc tariff_meter_list(struct db *db, struct arena *arena, const struct tariff_filter *filter,
    int64_t limit, int64_t offset, struct tariff_meter_item **list, size_t *count);
/* building, floor, room, name, tenant, number, model, tariff, own price in micro-yuan / 10000
 * (fen), from, next tariff, next from. */
enum rc tariff_meter_export(
    struct db *db, const struct tariff_filter *filter, int64_t limit, struct rows **rows);

/* What a meter had and will have, newest first. */
struct tariff_stretch {
	struct day from;
	int64_t tariff_id, price_uyuan;
	const char *tariff;
};
enum rc tariff_history(struct db *db, struct arena *arena, int64_t meter_id,
    struct tariff_stretch **list, size_t *count);

#endif
