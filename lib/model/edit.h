/*
 * edit.h - what place_edit.c, gateway_edit.c, bus_edit.c and meter_edit.c share.
 */
#ifndef VOLTILL_EDIT_H
#define VOLTILL_EDIT_H

#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/change.h"
#include "model/fault.h"
#include "model/operator.h"

/* Writes the audit row of a deed ("place.edit") with its changes, in the caller's transaction. */
enum rc edit_audit(struct db *db, const struct operator_actor *by, const char *action,
    const char *kind, int64_t object_id, const struct changes *changes, const char *reason);

/* Faults of a name or note: missing, too long, with characters that are not allowed or not as
 * text_clean_name leaves it. */
void edit_check_text(
    struct faults *faults, const char *field, const char *text, size_t max_chars, bool is_required);

/* A fault unless min <= value <= max; the form's words name both. */
void edit_check_range(
    struct faults *faults, const char *field, int64_t value, int64_t min, int64_t max);

#endif
