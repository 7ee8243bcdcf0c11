/*
 * setting.h - settings of the business: table setting. Those of a machine are in base/conf.h.
 */
#ifndef VOLTILL_SETTING_H
#define VOLTILL_SETTING_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

/* The value of that name, or fallback when there is no such row; cut to size at a character. A
 * failure leaves out alone. Read once at start: nothing here is cached. */
enum rc setting_text(struct db *db, const char *name, const char *fallback, char *out, size_t size);

/* The same for a whole number; a value that is none is logged and counts as missing. */
enum rc setting_int(struct db *db, const char *name, int64_t fallback, int64_t *value);

#endif
