/*
 * tariff_assign_private.h - what giving a price and taking it back share.
 */
#ifndef VOLTILL_TARIFF_ASSIGN_PRIVATE_H
#define VOLTILL_TARIFF_ASSIGN_PRIVATE_H

#include <stdbool.h>

#include "model/tariff_assign.h"

#define TARIFF_WORDS_MAX 320 /* a tariff as the audit names it */

struct tariff_stand {
	bool is_there;
	struct day from;
	int64_t tariff_id, price_uyuan;
	char words[TARIFF_WORDS_MAX];
};

/* What the meter has on that day, locked. */
enum rc tariff_stand_load(
    struct db *db, int64_t meter_id, struct day day, struct tariff_stand *stand);
/* RC_NOT_FOUND: removed, or outside the scope. */
enum rc tariff_meter_check(struct db *db, int64_t meter_id, const struct scope *scope);
enum rc tariff_assign_audit(struct db *db, const struct operator_actor *by, int64_t meter_id,
    struct day from, const char *before, const char *after);

#endif
