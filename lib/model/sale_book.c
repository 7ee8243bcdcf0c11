/* Postings and journals of documents. */
#include <inttypes.h>
#include <stdio.h>

#include "model/sale_private.h"

struct posting
sale_posting(enum ledger ledger, int64_t account_id, int64_t meter_id, int64_t amount_fen)
{
	return (struct posting){ .ledger = ledger,
		.account_id = account_id,
		.meter_id = meter_id,
		.channel = CHANNEL_NONE,
		.amount_fen = amount_fen };
}

struct posting
sale_posting_cash(int64_t shift_id, enum channel channel, int64_t amount_fen)
{
	return (struct posting){ .ledger = LEDGER_CASH,
		.shift_id = shift_id,
		.channel = channel,
		.amount_fen = amount_fen };
}

struct posting
sale_posting_fee(const char *name, int64_t amount_fen)
{
	return (struct posting){ .ledger = LEDGER_FEE,
		.channel = CHANNEL_NONE,
		.name = name,
		.amount_fen = amount_fen };
}

enum rc
sale_book(
    struct db *db, const struct sale_booking *booking, const struct posting *postings, size_t count)
{
	char source[LEDGER_SOURCE_MAX + 1];

	(void)snprintf(source, sizeof(source), "%s:%" PRId64, booking->what, booking->id);
	return ledger_write(db,
	    &(struct journal){ .kind = booking->kind,
		.at = booking->at,
		.sale_id = booking->sale_id,
		.command_id = booking->command_id,
		.account_id = booking->account_id,
		.operator_id = booking->operator_id,
		.shift_id = booking->shift_id,
		.source_key = source },
	    postings, count, NULL);
}
