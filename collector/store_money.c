/*
 * store_money.c - what meters show against what the ledger says they hold (reliability.md M-22,
 * M-23), at every good answer of a meter whose purchases are counted.
 *
 * Almost every answer fits, and is compared with a copy of the epoch from a moment ago; only what
 * does not fit asks the database, and only what is shown twice is an alarm. A wrong count ends by
 * itself when it is right again; credit that moved as nothing explains is explained by people, who
 * end that alarm (model/held.h).
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/money.h"
#include "deliver.h"
#include "store_write.h"

#define MARK(kind)   (1u << (kind))
#define MONEY_MARKS  (MARK(ALARM_COUNT_MISMATCH) | MARK(ALARM_BALANCE_DRIFT))
#define DETAIL_MAX   100
#define CLOCKS_MS    2000 /* clocks of two machines differ by less */
#define ENERGY_STEPS 100000000
#define PRICE_MS     (10 * CLOCK_MINUTE) /* a price is looked up again */

/* ---- what the database says ---- */

static enum rc
refresh(struct db *db, struct known_meter *meter)
{
	struct epoch_watch epoch;
	enum rc rc = epoch_watch_find(db, meter->meter_id, &epoch);

	if (rc == RC_NOT_FOUND)
		meter->credit.epoch = (struct epoch_watch){ 0 };
	else if (rc == RC_OK)
		known_watch(meter, &epoch);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* People end these alarms too. */
static enum rc
sync_marks(struct db *db, struct writing *w, struct known_meter *meter)
{
	static const enum alarm_kind KINDS[] = { ALARM_COUNT_MISMATCH, ALARM_BALANCE_DRIFT };
	enum rc rc = RC_OK;

	for (size_t i = 0; i < COUNT(KINDS) && rc == RC_OK; i++) {
		bool is_running;
		if ((meter->new_marks & MARK(KINDS[i])) == 0)
			continue;
		rc = alarm_is_running(db, KINDS[i], meter->meter_id, &is_running);
		if (rc == RC_OK && !is_running) {
			meter->new_marks &= ~MARK(KINDS[i]);
			w->has_new_marks = true;
		}
	}
	return rc;
}

/* ---- the count ---- */

static bool
does_count_fit(const struct known_meter *meter)
{
	const struct epoch_watch *epoch = &meter->credit.epoch;
	int64_t count = meter->state.purchase_count;

	return count == epoch->last_count || count == epoch->flight_count;
}

/* An answer from before the epoch changed, or just then, proves nothing. */
static bool
is_of_now(const struct known_meter *meter)
{
	return meter->credit.epoch.epoch_id != 0 &&
	       meter->state.read_at > meter->credit.epoch.changed_at + CLOCKS_MS;
}

static enum rc
judge_count(struct db *db, struct writing *w, struct known_meter *meter)
{
	struct known_credit *credit = &meter->credit;
	char detail[DETAIL_MAX];
	bool was_shown = credit->misfit_at != 0 && credit->misfit_at != meter->state.read_at;

	if (does_count_fit(meter)) {
		credit->misfit_at = 0;
		return store_set_meter(
		    db, w, meter, ALARM_COUNT_MISMATCH, false, meter->state.read_at, "");
	}
	if (credit->misfit_at == 0)
		credit->misfit_at = meter->state.read_at;
	if (!was_shown)
		return RC_OK;
	(void)snprintf(detail, sizeof(detail), "count %" PRIu32 " %" PRId64,
	    meter->state.purchase_count, credit->epoch.last_count);
	return store_set_meter(
	    db, w, meter, ALARM_COUNT_MISMATCH, true, meter->state.read_at, detail);
}

/* ---- the credit ---- */

static enum rc
find_price(struct db *db, struct known_meter *meter)
{
	struct known_credit *credit = &meter->credit;
	int64_t now = meter->state.read_at;

	if (credit->price_at != 0 && now - credit->price_at < PRICE_MS)
		return RC_OK;
	enum rc rc = delivery_price_max(db, meter->meter_id, &credit->price_uyuan);
	if (rc == RC_OK)
		credit->price_at = now;
	return rc;
}

/* What it may have fallen since it was seen last. */
static enum rc
find_bound(struct db *db, struct writing *w, struct known_meter *meter, int64_t *bound_fen)
{
	struct known_credit *credit = &meter->credit;
	int64_t range = meter->state.register_range_wh;
	int64_t climbed = deliver_climbed(credit->seen_wh, meter->state.energy_wh, range);
	int64_t step = range > ENERGY_STEPS ? range / ENERGY_STEPS : 1;
	enum rc rc = find_price(db, meter);

	*bound_fen =
	    deliver_use_bound(climbed < 0 ? 0 : climbed, step, credit->price_uyuan) + w->drift_fen;
	return rc;
}

static void
note_seen(struct known_meter *meter)
{
	struct known_credit *credit = &meter->credit;

	credit->drift_at = 0;
	credit->seen_at = meter->state.read_at;
	credit->seen_fen = meter->state.credit_fen;
	credit->seen_wh = meter->state.energy_wh;
}

static void
describe(const char *code, int64_t fen, int64_t than_fen, char *detail, size_t size)
{
	char amount[MONEY_TEXT_MAX], than[MONEY_TEXT_MAX];

	money_format_plain(fen, amount, sizeof(amount));
	money_format_plain(than_fen, than, sizeof(than));
	(void)snprintf(detail, size, "%s %s %s", code, amount, than);
}

/* A fall is measured from the last answer that fitted, a rise also from the last order. */
static enum rc
find_drift(struct db *db, struct writing *w, struct known_meter *meter, char *detail, size_t size)
{
	const struct known_credit *credit = &meter->credit;
	bool was_seen = credit->seen_at > credit->epoch.changed_at;
	int64_t fen = meter->state.credit_fen, most_fen = credit->epoch.last_credit_fen, bound_fen;

	detail[0] = '\0';
	if (was_seen && credit->seen_fen < most_fen)
		most_fen = credit->seen_fen;
	if (fen > most_fen) {
		describe("rise", fen, most_fen, detail, size);
		return RC_OK;
	}
	if (!was_seen || credit->seen_fen - fen <= w->drift_fen)
		return RC_OK;
	enum rc rc = find_bound(db, w, meter, &bound_fen);
	if (rc == RC_OK && credit->seen_fen - fen > bound_fen)
		describe("fall", credit->seen_fen - fen, bound_fen, detail, size);
	return rc;
}

static enum rc
judge_credit(struct db *db, struct writing *w, struct known_meter *meter)
{
	struct known_credit *credit = &meter->credit;
	bool was_shown = credit->drift_at != 0 && credit->drift_at != meter->state.read_at;
	char detail[DETAIL_MAX];
	enum rc rc = find_drift(db, w, meter, detail, sizeof(detail));

	if (rc != RC_OK)
		return rc;
	if (detail[0] == '\0') {
		note_seen(meter);
		return RC_OK;
	}
	if (credit->drift_at == 0)
		credit->drift_at = meter->state.read_at;
	return !was_shown ? RC_OK
			  : store_set_meter(db, w, meter, ALARM_BALANCE_DRIFT, true,
				meter->state.read_at, detail);
}

/* ---- both ---- */

static bool
is_suspicious(const struct known_meter *meter)
{
	const struct known_credit *credit = &meter->credit;

	return !does_count_fit(meter) || meter->state.credit_fen > credit->epoch.last_credit_fen ||
	       (credit->seen_at > credit->epoch.changed_at &&
		   meter->state.credit_fen > credit->seen_fen) ||
	       (meter->new_marks & MONEY_MARKS) != 0;
}

enum rc
store_judge_money(struct db *db, struct writing *w, struct known_meter *meter)
{
	enum rc rc = RC_OK;

	if (!meter->has_state || meter->credit.epoch.epoch_id == 0 ||
	    (meter->state.quality & QUALITY_UNUSABLE) != 0 || (meter->state.has & HAS_CREDIT) == 0)
		return RC_OK;
	/* The copy is from a moment ago. */
	if (is_suspicious(meter)) {
		rc = refresh(db, meter);
		if (rc == RC_OK)
			rc = sync_marks(db, w, meter);
	}
	if (rc != RC_OK || !is_of_now(meter))
		return rc;
	rc = judge_count(db, w, meter);
	if (rc == RC_OK && meter->state.purchase_count == meter->credit.epoch.last_count)
		rc = judge_credit(db, w, meter);
	return rc;
}
