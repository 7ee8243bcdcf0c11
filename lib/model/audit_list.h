/*
 * audit_list.h - the audit for who may read it. Newest first, a page at a time from where the last
 * one ended, because there may be millions of rows: nothing is counted, and nothing older than the
 * time that was asked for is looked at.
 */
#ifndef VOLTILL_AUDIT_LIST_H
#define VOLTILL_AUDIT_LIST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"

struct audit_filter {
	int64_t from_at, to_at;	 /* to_at is not part of it */
	int64_t operator_id;	 /* 0: everyone */
	const char *actor;	 /* "" or a name nobody has (any more) */
	const char *action;	 /* "": all */
	const char *outcome;	 /* "done", "refused", "failed"; "": all */
	const char *object_kind; /* "": all */
	int64_t object_id;	 /* 0: all of the kind */
	const char *search;	 /* in detail, reason, actor; "": everything */
	int64_t before_at,
	    before_id; /* only what comes after that row of the list; 0: from the top */
};

struct audit_row {
	int64_t audit_id, at, operator_id, object_id;
	const char *actor, *name, *address, *action, *outcome, *object_kind, *object, *detail,
	    *reason; /* name: of the operator, object: of the thing; "" when there is none any more
		      */
	int64_t seq; /* 0: not sealed yet */
};

/* At most limit rows. */
enum rc audit_list(struct db *db, struct arena *arena, const struct audit_filter *filter,
    int64_t limit, struct audit_row **list, size_t *count);
/* Rows for export_answer: at, actor, name, address, action, outcome, object_kind, object_id,
 * object, detail, reason, audit_id. */
enum rc audit_export(
    struct db *db, const struct audit_filter *filter, int64_t limit, struct rows **rows);

enum rc audit_find(struct db *db, struct arena *arena, int64_t audit_id, struct audit_row *row);

/* The actions that occur, in order of their codes. */
#define AUDIT_ACTIONS_MAX 200
enum rc audit_actions(struct db *db, struct arena *arena, const char **actions, size_t *count);
/* RC_NOT_FOUND: nobody has that user name. */
enum rc audit_operator(struct db *db, const char *username, int64_t *operator_id);

#endif
