/*
 * account_story.h - what happened to an account: its timeline, and its statement. Reads only.
 */
#ifndef VOLTILL_ACCOUNT_STORY_H
#define VOLTILL_ACCOUNT_STORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/ledger.h"

/* ---- the timeline ---- */

enum event_source { EVENT_AUDIT, EVENT_SALE, EVENT_ALARM, EVENT_ORDER };

struct account_event {
	int64_t at;
	enum event_source source;
	const char *kind;   /* action, kind of document, alarm or order */
	const char *state;  /* of a document or an order; of an alarm "" while it runs, "ended" */
	const char *detail; /* of the audit row or the alarm; receipt number */
	const char *who;    /* display name, "" for the system */
	const char *number; /* of the meter it concerns, "" */
	int64_t id;	    /* of the document or batch: what it leads to; 0: nothing */
	int64_t amount_fen; /* of a document */
};
/* Newest first. Only what concerned the account while its meters served it. */
enum rc account_events(struct db *db, struct arena *arena, int64_t account_id, int64_t limit,
    int64_t offset, struct account_event **list, size_t *count);

/* ---- use and what it cost ---- */

struct account_use {
	struct day day;
	int64_t energy_wh, charge_fen, unpriced_wh;
};
/* Days that are charged, the oldest first. */
enum rc account_use(struct db *db, struct arena *arena, int64_t account_id, struct day from,
    struct account_use **list, size_t *count);

/* ---- the statement ---- */

/* The customer's money (transit, credit, payable, moving) over a period, by what moved it: opening
 * + all of them = closing. */
struct account_sums {
	int64_t opening_fen, closing_fen;
	int64_t kind_fen[JOURNAL_KINDS];  /* > 0: more for the customer */
	int64_t charge_fen, metering_fen; /* the two parts of JOURNAL_USE: used (< 0), difference */
	int64_t energy_wh;		  /* used, of the days that are charged */
};
enum rc account_sums(
    struct db *db, int64_t account_id, struct day from, struct day to, struct account_sums *sums);

/* One line for each journal that changed it, the oldest first. */
#define STATEMENT_MAX 2000
struct account_line {
	int64_t at;
	enum journal_kind kind;
	const char *receipt_number, *number; /* "" without a document; of the meter */
	int64_t sale_id, amount_fen, balance_fen;
};
enum rc account_lines(struct db *db, struct arena *arena, int64_t account_id, struct day from,
    struct day to, struct account_line **list, size_t *count);
/* The same for export_answer: at (TIME), kind (T.Journal), receipt number, meter number, amount and
 * balance (MONEY). */
enum rc account_lines_export(
    struct db *db, int64_t account_id, struct day from, struct day to, struct rows **rows);

#endif
