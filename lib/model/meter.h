/*
 * meter.h - the meters as people see them: where, whose, and in which state.
 *
 * meter_status is the one rule for the eight states. sql/views.sql says the same in v_meter_now, so
 * that lists can filter by state; tests/db/test_meter.c holds both against one table of cases.
 */
#ifndef VOLTILL_METER_H
#define VOLTILL_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/reading.h"
#include "model/scope.h"

/* In order of precedence: the first that holds is shown. */
enum meter_status {
	STATUS_LOST,	/* does not answer, or was never read */
	STATUS_TRIPPED, /* a relay is open */
	STATUS_ARREARS, /* the credit is used up */
	STATUS_ALARM2,	/* credit at or below the second warning amount */
	STATUS_ALARM1,
	STATUS_PROTECTED, /* held on, or a circuit that is never tripped */
	STATUS_UNOPENED,  /* belongs to no account */
	STATUS_OPEN,	  /* supplied, nothing to do */
	STATUSES
};
#define STATUS_ALL ((1u << STATUSES) - 1)

/* "lost" … "open": in URLs, in the dictionary under T.Status, in SQL. */
const char *meter_status_name(enum meter_status status);
/* STATUSES when there is no such name. */
enum meter_status meter_status_find(const char *name);

enum credit_mode { CREDIT_METER, CREDIT_SERVER, CREDIT_MONITOR };
const char *credit_mode_name(enum credit_mode mode); /* "meter" … */
enum credit_mode credit_mode_find(const char *name); /* CREDIT_MONITOR + 1: none */

/* What the relays and their control sources say; a value the meter lacks is -1. */
struct meter_control {
	int relay_closed; /* bits L1-L3 */
	int fee_state, load_state, time_state, force_state;
	uint16_t flags; /* enum meter_flag */
};

#define METER_NO_VALUE	INT64_MIN
#define METER_NO_CREDIT METER_NO_VALUE /* the meter counts no credit */

/* One living meter with its newest values. Texts belong to the arena. */
struct meter {
	int64_t meter_id;
	const char *number, *name;		    /* name: of meters that serve no room */
	const char *room, *floor, *building, *site; /* "" where there is none */
	int64_t place_id, floor_id, building_id, site_id;
	int64_t account_id; /* 0: not opened */
	const char *tenant, *account_number;
	enum credit_mode credit_mode;
	bool is_protected;
	int phases;
	bool has_state;			/* it was read at least once */
	int64_t lost_since;		/* 0: it answers */
	int64_t read_at;		/* 0: never */
	int64_t status_period_ms;	/* how often it should be read */
	int64_t credit_fen;		/* or METER_NO_CREDIT */
	int64_t alarm1_fen, alarm2_fen; /* its own or those of the settings, or METER_NO_CREDIT */
	int64_t power_w;		/* METER_NO_VALUE: unknown */
	int64_t today_wh;		/* -1: no reading today */
	int64_t kept_until;		/* kept on until then; 0: not. Snapshot only */
	int64_t spent_day_fen; /* mean of the last comparable days; -1: unknown. Snapshot only */
	const char *phone, *search; /* search: folded text the search looks into. Snapshot only */
	struct meter_control control;
};

/* The rules of one place. A meter without account owes nothing, so arrears, warnings and an open
 * relay are not reported for it; a meter that only measures has no credit and needs no account. */
enum meter_status meter_status(const struct meter *meter);
/* The same for a lost meter, as if it still answered: the state it was last known in. */
enum meter_status meter_status_before(const struct meter *meter);

/* Days the credit lasts at the spending of the last comparable days; -1: unknown, 0: used up. */
int64_t meter_days_left(const struct meter *meter);

/* Are the values of a meter older than two rounds of its bus (and a minute)? */
bool meter_is_old(const struct meter *meter, int64_t now);
int64_t meter_old_after(const struct meter *meter); /* ms */

/* What a list or board shows. Zeroed except status_mask = STATUS_ALL is everything. */
struct meter_filter {
	int64_t place_id;	   /* site, building, floor or room; 0: everywhere */
	uint32_t status_mask;	   /* bit n = enum meter_status n */
	const char *search;	   /* folded; "" or NULL: everything */
	const char *ids;	   /* "3,17,20": only these; "" or NULL: everything */
	const struct scope *scope; /* what the reader may see; never NULL */
};

/* What a list or board shows; pure, for boards. search must be folded. */
bool meter_matches_place(const struct meter *meter, int64_t place_id);
bool meter_matches_search(const struct meter *meter, const char *search);

/* The building a scope would have to name, or the site of a meter that is in no building. */
int64_t meter_scope_id(const struct meter *meter);

/* All living meters of the scope in the order of the places, by one statement. A worker keeps the
 * answer for a second (longer when loading takes longer than a tenth of that), so that a wall of
 * boards costs the database no more than one; the rows are const and valid until the next call. */
struct meter_snapshot {
	const struct meter *list;
	size_t count;
	int64_t taken_at;
};
enum rc meter_snapshot(struct db *db, struct arena *arena, const struct scope *scope, int64_t now,
    const struct meter_snapshot **snapshot);
void meter_snapshot_forget(void); /* the next call asks the database */

enum meter_sort {
	METER_BY_PLACE,
	METER_BY_TENANT,
	METER_BY_NUMBER,
	METER_BY_STATUS,
	METER_BY_CREDIT,
	METER_BY_TODAY,
	METER_BY_POWER,
	METER_BY_AGE,
	METER_BY_ENERGY,
};

/* The list: total and sums of the filter, then the rows of one page or of an export. */
struct meter_totals {
	int64_t meters, credit_fen, today_wh, power_w, energy_wh;
};
enum rc meter_totals(struct db *db, const struct meter_filter *filter, struct day today,
    struct meter_totals *totals);

/* A row of the list: everything of the meter that fits a table. */
struct meter_detail {
	struct meter meter;
	const char *model, *maker, *bus, *gateway;
	int64_t bus_id, gateway_id, unit, ct_ratio, pt_ratio;
	bool has_relay, has_credit;
	uint16_t quality;
	int64_t energy_wh; /* -1 in each: the meter does not say */
	int64_t period_wh[PERIODS];
	int64_t purchase_count, overload_count, overload_max;
	int64_t voltage_dv[3], current_ma[3], phase_power_w[3];
	bool has_phase_power, has_factor, has_reactive, has_current;
	int64_t reactive_var, power_factor;
	int64_t demand_w, base_wh;
	int64_t clock_at; /* 0: it has no clock */
	int64_t reading_period_ms;
};
#define METER_LIST_MAX 200
enum rc meter_list(struct db *db, struct arena *arena, const struct meter_filter *filter,
    struct day today, enum meter_sort sort, bool is_descending, int64_t limit, int64_t offset,
    struct meter_detail **meters, size_t *count);
/* The same rows and order for export_answer, whose columns are listed in cgi-bin/accounts/meters.c.
 */
enum rc meter_export(struct db *db, const struct meter_filter *filter, struct day today,
    enum meter_sort sort, bool is_descending, int64_t limit, struct rows **rows);

/* RC_NOT_FOUND when there is none in the scope. A removed meter is found, too: its history stays.
 */
enum rc meter_find(struct db *db, struct arena *arena, const struct scope *scope, int64_t meter_id,
    struct day today, struct meter_detail *detail);

#endif
