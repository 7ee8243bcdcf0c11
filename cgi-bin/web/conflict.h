/*
 * conflict.h - forms that several people may have open at once: who saved last, and what others
 * saved meanwhile.
 */
#ifndef VOLTILL_CONFLICT_H
#define VOLTILL_CONFLICT_H

#include "route.h"

/* Changed.By and Changed.At: who changed the object last. Nothing is set when the audit knows of
 * nobody. */
enum rc show_changed(struct req *r, const char *object_kind, int64_t object_id);

/* After RC_CONFLICT of a save: status 409, the message on top, Conflict.N for ui_conflict, and the
 * current revision in the form, so that a second press saves what was typed. */
enum rc show_conflict(struct req *r, const char *object_kind, int64_t object_id,
    int64_t typed_revision, int64_t revision);

/* The same for what counts its revisions by the time of the last save. */
enum rc show_conflict_since(
    struct req *r, const char *object_kind, int64_t object_id, int64_t since, int64_t revision);

/* The hidden field of the form; -1 (which no revision is) when it is missing or no number. Puts it
 * back into the view for a form that is shown again. */
int64_t show_revision(struct req *r);

/* N.Field .Word .Before .After below node, from the detail of an audit row. */
void show_changes(struct req *r, struct node *node, const char *detail);

/* The reason of a confirmation page, and its revision; RC_INVALID when one is missing. */
enum rc reason_read(struct req *r, int64_t *revision, const char **reason);

#endif
