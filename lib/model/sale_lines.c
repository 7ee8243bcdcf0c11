#include "model/sale_lines.h"

#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "model/sale_private.h"

enum { FEE, PRICES };
static const struct query Q[] QUERIES = {
	[FEE] = { .sql = "SELECT name, kind = 'permille', value, revision FROM fee"
			 " WHERE fee_id = ? AND archived_at IS NULL",
	    .bounded = "primary key" },
	/* A published version is never changed, so its number stands for its prices. */
	[PRICES] = { .sql = "SELECT COALESCE((SELECT v.tariff_version_id FROM tariff_version v"
			    " WHERE v.tariff_id = t.tariff_id AND v.active_from <= ?"
			    " ORDER BY v.active_from DESC LIMIT 1), 0), COALESCE(t.price_uyuan, 0)"
			    " FROM meter_tariff t WHERE t.meter_id = ? AND t.valid_from <= ?"
			    " ORDER BY t.valid_from DESC LIMIT 1" },
};

/* Thousandths of what is paid, half-up. */
static int64_t
fee_amount(int64_t paid_fen, bool is_permille, int64_t value)
{
	return is_permille ? (paid_fen * value + 500) / 1000 : value;
}

static enum rc
add_fee(struct db *db, struct arena *arena, int64_t fee_id, int64_t paid_fen,
    struct sale_digest *digest, struct sale_lines *lines)
{
	struct sale_quote_line *line = &lines->lines[lines->count];
	struct rows *rows;
	enum rc rc = db_query(db, &Q[FEE], ARGS(I(fee_id)), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		*line = (struct sale_quote_line){ .is_fee = true,
			.name = arena_strdup(arena, rows_text(rows, 0)),
			.fee_id = fee_id,
			.amount_fen =
			    fee_amount(paid_fen, rows_int(rows, 1) != 0, rows_int(rows, 2)) };
		digest_int(digest, fee_id);
		digest_int(digest, rows_int(rows, 3));
	}
	rows_end(rows);
	if (rc != RC_OK)
		return rc;
	lines->credit_fen -= line->amount_fen;
	/* Half a fen of a small amount comes to nothing: no line. */
	lines->count += line->amount_fen != 0;
	return RC_OK;
}

static enum rc
load_prices(struct db *db, int64_t meter_id, struct day today, struct sale_lines *lines)
{
	struct rows *rows;
	enum rc rc = db_query(db, &Q[PRICES], ARGS(D(today), I(meter_id), D(today)), &rows);

	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK) {
		lines->version_id = rows_int(rows, 0);
		lines->fixed_uyuan = rows_int(rows, 1);
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Never 0, which stands for "do not compare", and never negative. */
static int64_t
mark_of(const struct sale_digest *digest)
{
	unsigned char bytes[SECRET_DIGEST];
	uint64_t mark;

	secret_digest(digest->text, digest->length, bytes);
	memcpy(&mark, bytes, sizeof(mark));
	return (int64_t)((mark >> 2) | 1);
}

enum rc
sale_lines(struct db *db, struct arena *arena, const struct sale_wish *wish, int64_t now,
    struct sale_lines *lines)
{
	struct sale_digest digest = { .length = 0 };
	enum rc rc;

	*lines = (struct sale_lines){ .count = 1, .credit_fen = wish->amount_fen };
	rc = load_prices(db, wish->meter_id, clock_day(now), lines);
	digest_int(&digest, lines->version_id);
	digest_int(&digest, lines->fixed_uyuan);
	for (size_t i = 0; i < wish->fee_count && i < SALE_FEES_MAX && rc == RC_OK; i++)
		rc = add_fee(db, arena, wish->fee_ids[i], wish->amount_fen, &digest, lines);
	lines->lines[0] = (struct sale_quote_line){ .amount_fen = lines->credit_fen };
	lines->mark = mark_of(&digest);
	return rc;
}
