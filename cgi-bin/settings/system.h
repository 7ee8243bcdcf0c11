/*
 * system.h - what the pages of the system settings share.
 */
#ifndef VOLTILL_SYSTEM_H
#define VOLTILL_SYSTEM_H

#include "model/setting_edit.h"
#include "route.h"

struct system_topic {
	const char *key, *path; /* word: T.Settings.System.Topic.<key> */
	enum setting_group group;
};

/* Topics.N for the row of tabs; key is the current one. */
void system_tabs(struct req *r, const char *key);

/* What a form shows first: the stored values as people type them. */
void system_typed(struct req *r, enum setting_group group, const struct setting_state *states,
    const char **typed);
/* Settings.N and Form.<field> of a group, with who set each last. */
void system_show(struct req *r, enum setting_group group, const struct setting_state *states,
    const char *const *typed);
/* Reads the fields of a group from the body. RC_INVALID: messages are in the view (or, with status
 * 200, a field came twice). */
enum rc system_read(struct req *r, enum setting_group group, const char **typed,
    const char **values, int64_t *revision);
/* Saves, with a note for the next page. RC_CONFLICT: the view says who changed what. */
enum rc system_store(
    struct req *r, enum setting_group group, const char *const *values, int64_t revision);

/* Zones of the system below list, for a choice; also the one that is stored if it is unusual. */
void system_zones(struct req *r, struct node *list, const char *selected);

#endif
