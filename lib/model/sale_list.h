/*
 * sale_list.h - documents as a list: filter, sort, sums, export. Only those whose meter's place is
 * in the scope.
 */
#ifndef VOLTILL_SALE_LIST_H
#define VOLTILL_SALE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/sale.h"
#include "model/scope.h"

/* Zeroed but for scope, kind, state and channel is everything. */
struct sale_filter {
	const struct scope *scope;
	const char *search;  /* folded: receipt number, tenant, initials, room, meter number, end of
				the phone number, amount; "" or NULL: all */
	enum sale_kind kind; /* SALE_KINDS: all */
	enum sale_state state; /* SALE_STATES: all */
	enum channel channel;  /* CHANNELS: all */
	bool is_open;	       /* only what is not over: asked, booked, held, due */
	int64_t operator_id, account_id, meter_id, shift_id; /* 0: all */
	struct day from, to; /* business days, both included; number 0: no bound */
	const char *sort;    /* "time", "number", "tenant", "amount", "operator", "state" */
	bool is_descending;
	int64_t limit, offset;
};

struct sale_row {
	int64_t sale_id, created_at, settled_at, paid_at;
	enum sale_kind kind;
	enum sale_state state;
	enum channel channel;
	const char *receipt_number;
	struct day biz_day;
	int64_t account_id, meter_id;
	const char *account_number, *tenant, *number, *building, *place;
	int64_t amount_fen, credit_fen, fee_fen;
	int64_t operator_id;
	const char *operator_name, *reason;
	const char *delivery_state; /* of the newest order: T.Delivery.State; "": none */
	int64_t lost_since;	    /* of the meter, while the order waits; 0: it answers */
};

struct sale_totals {
	int64_t count;
	/* kind_fen: amount_fen of that kind, without what was rejected or failed; a cancelled
	 * purchase counts, its reversal stands beside it. */
	int64_t kind_count[SALE_KINDS], kind_fen[SALE_KINDS];
	int64_t fee_fen;	       /* within the purchases */
	int64_t channel_fen[CHANNELS]; /* taken for purchases less handed out, by channel */
};

enum rc sale_totals(struct db *db, const struct sale_filter *filter, struct sale_totals *totals);
enum rc sale_list(struct db *db, struct arena *arena, const struct sale_filter *filter,
    struct sale_row **rows, size_t *count);
/* The same rows and order for export_answer: receipt number, business day (DAY), time (TIME), kind
 * (T.Sale.Kind), state (T.Sale.State), channel (T.Channel), account number, tenant, building,
 * place, meter number, amount (MONEY), credit (MONEY), fees (MONEY), operator, reason, settled
 * (TIME), paid (TIME). */
enum rc sale_export(struct db *db, const struct sale_filter *filter, struct rows **rows);

#endif
