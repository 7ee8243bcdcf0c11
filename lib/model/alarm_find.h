/*
 * alarm_find.h - alarms for the pages that answer them: lists with filter, one alarm with its
 * story.
 *
 * An alarm is running or over, and answered or not, each by itself. What follows from another alarm
 * is folded under it and listed with it, unless it is looked for.
 */
#ifndef VOLTILL_ALARM_FIND_H
#define VOLTILL_ALARM_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/alarm.h"
#include "model/scope.h"

enum alarm_state {
	ALARM_ANY,
	ALARM_OPEN,
	ALARM_ACKNOWLEDGED,
	ALARM_MUTED,
	ALARM_PLANNED,
	ALARM_STATES
};
const char *alarm_state_name(enum alarm_state state); /* "any" "open" …; open: nobody answered */
enum alarm_state alarm_state_find(const char *name);  /* ALARM_ANY if there is no such name */

#define ALARM_NO_KIND (1u << 31) /* what is asked for does not go together */

struct alarm_filter {
	const struct scope *scope;
	bool is_history;     /* those that are over, or those that run */
	const char *search;  /* folded; "": all */
	uint32_t kinds;	     /* 1 << enum alarm_kind; 0: all; or ALARM_NO_KIND */
	int64_t building_id; /* 0: all */
	int64_t meter_id;    /* 0: all */
	int64_t parent_id;   /* folded under it; 0: under none */
	enum alarm_state state;
	int64_t from_at, to_at; /* of a history: began within */
	int64_t now;
	const char *sort; /* "began" "ended" "severity" "kind" "subject" */
	bool is_descending;
	int64_t limit, offset;
};

struct alarm_row {
	int64_t alarm_id, parent_id, meter_id, gateway_id; /* 0: none */
	enum alarm_kind kind;
	const char *subject, *place, *tenant, *detail; /* subject: meter, bus, gateway, collector */
	bool has_value, has_threshold;
	int64_t value, threshold;
	int64_t began_at, ended_at; /* ended_at 0: running */
	int64_t acknowledged_at;    /* 0: nobody did */
	const char *acknowledged_by, *note;
	int64_t muted_until; /* 0: never */
	const char *planned; /* reason of the planned work; "": none */
	int64_t folded;	     /* meters under it */
};

enum rc alarm_count(struct db *db, const struct alarm_filter *filter, int64_t *total);
enum rc alarm_rows(struct db *db, struct arena *arena, const struct alarm_filter *filter,
    struct alarm_row **rows, size_t *count);
/* The columns are listed in cgi-bin/accounts/alarms.c. */
enum rc alarm_export(struct db *db, const struct alarm_filter *filter, struct rows **rows);
/* RC_NOT_FOUND: there is none, or not for this reader. */
enum rc alarm_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t alarm_id,
    struct alarm_row *row);

struct alarm_note {
	int64_t at, until_at;
	const char *by, *deed, *text; /* deed: "acknowledge" "comment" "mute" "unmute" */
};
#define ALARM_NOTES_MAX 200
enum rc alarm_notes(
    struct db *db, struct arena *arena, int64_t alarm_id, struct alarm_note **notes, size_t *count);

#endif
