/*
 * meter_admin.h - meters as they are set up: the list of the settings, and its export.
 */
#ifndef VOLTILL_METER_ADMIN_H
#define VOLTILL_METER_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/scope.h"

enum meter_presence { METER_LIVING, METER_REMOVED, METER_ALL };

/* 0 and "" are everything. */
struct meter_admin_filter {
	const struct scope *scope;
	int64_t bus_id, place_id, meter_model_id; /* place: with all below */
	const char *credit_mode;		  /* name */
	enum meter_presence presence;
	const char *search; /* folded */
};

enum meter_admin_sort {
	METER_SORT_PLACE,
	METER_SORT_NUMBER,
	METER_SORT_BUS,
	METER_SORT_MODEL,
	METER_SORTS
};

enum rc meter_admin_count(struct db *db, const struct meter_admin_filter *filter, int64_t *count);
/* Id Number Name Model Gateway Bus BusId Unit Position Phases Place CreditMode IsProtected Tenant
 * AccountId RemovedAt. */
enum rc meter_admin_list(struct db *db, const struct meter_admin_filter *filter,
    enum meter_admin_sort sort, bool is_descending, int64_t limit, int64_t offset,
    struct rows **rows);
/* Columns of cgi-bin/settings/meters.c. */
enum rc meter_admin_export(struct db *db, const struct meter_admin_filter *filter,
    enum meter_admin_sort sort, bool is_descending, struct rows **rows);

/* What stands beside the form of a meter. */
struct meter_facts {
	int64_t account_id;		  /* 0: none */
	char account[65 * 4], number[21]; /* name and number of the account */
	int64_t read_at, energy_wh;	  /* 0: never read */
};
enum rc meter_admin_facts(struct db *db, int64_t meter_id, struct meter_facts *facts);

#endif
