/*
 * edit.h - what the pages of places, gateways, buses and meters share.
 */
#ifndef VOLTILL_SETTINGS_EDIT_H
#define VOLTILL_SETTINGS_EDIT_H

#include <stddef.h>
#include <stdint.h>

#include "form.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/place_all.h"
#include "settings.h"

/* Puts faults of validation at the fields of the form; RC_INVALID if there is any. */
enum rc edit_show_faults(struct req *r, const struct faults *faults);

/* Tells of what others saved meanwhile, if they did: show_conflict. */
enum rc edit_show_meanwhile(struct req *r, const char *object_kind, int64_t object_id,
    int64_t typed_revision, int64_t revision);

/* A link with one parameter; value is encoded. */
const char *link_text(struct req *r, const char *path, const char *name, const char *value);

/* A place is typed as (the end of) its path, with a list of proposals; "" is none. show fills
 * Form.<field>.Value and the proposals, read finds the place or complains at the field. */
void place_field_show(
    struct req *r, const struct place_list *places, const char *field, int64_t place_id);
enum rc place_field_read(struct req *r, const struct place_list *places, const char *field,
    const char *typed, int64_t *place_id);
void place_field_propose(struct req *r, const struct place_list *places);

#endif
