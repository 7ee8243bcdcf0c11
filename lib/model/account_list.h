/*
 * account_list.h - accounts as people see them: the list, its export, one account with its meters.
 * Reads only.
 *
 * An account is there for whoever sees one of its meters; of a closed one, a meter it had.
 */
#ifndef VOLTILL_ACCOUNT_LIST_H
#define VOLTILL_ACCOUNT_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/meter.h"
#include "model/scope.h"

enum account_state { ACCOUNT_OPEN, ACCOUNT_CLOSING, ACCOUNT_CLOSED, ACCOUNT_STATES };
const char *account_state_name(enum account_state state); /* "open", under T.Accounts.State */
enum account_state account_state_find(const char *name);  /* ACCOUNT_STATES: there is none */

enum account_sort {
	ACCOUNT_BY_PLACE,
	ACCOUNT_BY_NAME,
	ACCOUNT_BY_NUMBER,
	ACCOUNT_BY_CREDIT,
	ACCOUNT_BY_STATUS,
	ACCOUNT_BY_AGE,
	ACCOUNT_BY_OPENED,
	ACCOUNT_SORTS
};

struct account_filter {
	const struct scope *scope;
	enum account_state state; /* ACCOUNT_STATES: all */
	int64_t place_id;	  /* site, building, floor or room; 0: everywhere */
	uint32_t status_mask;	  /* of the worst meter; STATUS_ALL: all */
	const char *search; /* folded: name, initials, number, room, meter number, end of the phone
			       number; "": all */
	bool shows_phone;   /* otherwise all but the ends is masked */
	enum account_sort sort;
	bool is_descending;
	int64_t limit, offset;
};

struct account_item {
	int64_t account_id;
	const char *number, *name, *phone, *rooms, *building;
	enum account_state state;
	int64_t meters;		 /* that serve it now */
	bool has_credit;	 /* one of them counts credit */
	int64_t credit_fen;	 /* their sum */
	enum meter_status worst; /* STATUSES: none serves it */
	int64_t read_at;	 /* of the one read longest ago; 0: one was never read */
	int64_t opened_at, closed_at;
};

/* How many there are: by state whatever state is chosen, by worst status whatever statuses are. */
struct account_counts {
	int64_t state[ACCOUNT_STATES], status[STATUSES], total, credit_fen;
};
enum rc account_count(
    struct db *db, const struct account_filter *filter, struct account_counts *counts);
enum rc account_list(struct db *db, struct arena *arena, const struct account_filter *filter,
    struct account_item **list, size_t *count);
/* For export_answer, columns in cgi-bin/accounts/list.c. */
enum rc account_export(struct db *db, const struct account_filter *filter, struct rows **rows);

struct account_head {
	int64_t account_id, revision;
	const char *number, *name, *phone, *id_number, *note;
	enum account_state state;
	int64_t opened_at, closing_at, closed_at;
	const char *opened_by, *closed_by; /* display names; "" for a program */
	const char *closing_relay, *closing_reason;
};
/* RC_NOT_FOUND when there is none in the scope. */
enum rc account_find(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t account_id, struct account_head *head);

/* The stretches of its meters, those that serve it first. */
#define ACCOUNT_METERS_MAX 50
struct account_stretch {
	int64_t meter_id, began_at, ended_at; /* ended_at 0: serves it */
	const char *number, *place;
};
enum rc account_stretches(struct db *db, struct arena *arena, int64_t account_id,
    struct account_stretch **list, size_t *count);

/* Meters that may be given to an account: living, with credit, serving nobody. */
struct free_meter {
	int64_t meter_id;
	const char *number, *building, *place, *model;
	enum credit_mode credit_mode;
	int64_t read_at, lost_since, credit_fen, energy_wh, purchase_count, status_period_ms;
};
#define FREE_METERS_MAX 200
enum rc account_free_meters(struct db *db, struct arena *arena, const struct scope *scope,
    const char *search, struct free_meter **list, size_t *count, int64_t *total);
/* One meter in the same words, whoever it serves; RC_NOT_FOUND outside the scope or removed. */
enum rc account_free_meter(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t meter_id, struct free_meter *meter);

#endif
