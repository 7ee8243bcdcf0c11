/*
 * shift_list.h - shifts and business days for pages and exports. Doing something with them is
 * shift.h's.
 */
#ifndef VOLTILL_SHIFT_LIST_H
#define VOLTILL_SHIFT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/ledger.h"
#include "model/shift.h"

struct shift_filter {
	int64_t operator_id; /* 0: everybody */
	struct day from, to; /* business days on which they were opened, both within */
	int is_open;	     /* 1: open, 0: closed, -1: all */
	const char *sort;    /* time, operator, difference */
	bool is_descending;
	int64_t limit, offset;
};

enum rc shift_count_list(struct db *db, const struct shift_filter *filter, int64_t *total);
/* At most filter->limit. */
enum rc shift_list(struct db *db, struct arena *arena, const struct shift_filter *filter,
    struct shift **list, size_t *count);
/* Rows for export_answer: shift_id, operator, day, opened_at, closed_at, closed_by, documents,
 * float_fen, cash_fen, transfer_fen, pos_fen, qr_fen, purchases_fen, payouts_fen, expected_fen,
 * counted_fen, difference_fen, note. */
enum rc shift_export(struct db *db, const struct shift_filter *filter, struct rows **rows);

/* What was counted when a shift was closed, largest first; at most SHIFT_DENOMINATIONS_MAX. */
enum rc shift_counts(struct db *db, int64_t shift_id, struct shift_count *counts, size_t *count);

/* Who ever had a shift, by name, for the filter. */
struct shift_person {
	int64_t operator_id;
	const char *name;
};
#define SHIFT_PEOPLE_MAX 500
enum rc shift_people(
    struct db *db, struct arena *arena, struct shift_person **people, size_t *count);

/* A day on which something was sold, paid out, or a shift was opened. */
struct business_day {
	struct day day;
	int64_t closed_at; /* 0: open */
	const char *closed_by;
	int64_t documents;
	int64_t shifts, open_shifts; /* open_shifts: of it and of days before; they keep it open */
	int64_t channel_fen[CHANNELS]; /* money taken less money handed out */
	int64_t purchases_fen, payouts_fen;
	int64_t over_short_fen; /* of shifts that were closed on it; over > 0 */
};
struct business_day_filter {
	struct day from, to; /* both within */
	int is_open;	     /* 1: open, 0: closed, -1: all */
	bool is_descending;
	int64_t limit, offset;
};
enum rc business_day_count_list(
    struct db *db, const struct business_day_filter *filter, int64_t *total);
enum rc business_day_list(struct db *db, struct arena *arena,
    const struct business_day_filter *filter, struct business_day **list, size_t *count);
/* RC_NOT_FOUND: nothing ever happened on it. */
enum rc business_day_find(
    struct db *db, struct arena *arena, struct day day, struct business_day *business_day);
/* Rows for export_answer: day, documents, shifts, open_shifts, cash_fen, transfer_fen, pos_fen,
 * qr_fen, purchases_fen, payouts_fen, over_short_fen, closed_at, closed_by. */
enum rc business_day_export(
    struct db *db, const struct business_day_filter *filter, struct rows **rows);

#endif
