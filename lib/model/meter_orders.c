#include "model/meter_orders.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/audit.h"
#include "model/edit.h"
#include "model/meter_model.h"
#include "model/setting.h"
#include "model/tariff_load.h"

#define TOU_STEPS    3
#define TERM_MAX_FEN 99999999 /* as meter_validate.c has it */
#define TERM_MAX_W   METER_POWER_MAX_W

enum { METER, BATCH };
static const struct query Q[] QUERIES = {
	[METER] = { .sql = "SELECT m.bus_id, mm.code, m.credit_mode + 0 FROM meter m"
			   " JOIN meter_model mm ON mm.meter_model_id = m.meter_model_id"
			   " WHERE m.meter_id = ?",
	    .bounded = "primary key" },
	[BATCH] = { .sql = "SELECT command_batch_id FROM command_batch WHERE request_key = ?",
	    .bounded = "unique key" },
};

/* ---- terms ---- */

struct meter_terms
meter_terms_of(const struct meter_row *row)
{
	return (struct meter_terms){ .alarm1_fen = row->alarm1_fen,
		.alarm2_fen = row->alarm2_fen,
		.overload_w = row->overload_w,
		.overdraft_fen = row->overdraft_fen,
		.hold_mode = row->hold_mode,
		.is_protected = row->is_protected };
}

static void
check_amount(struct faults *faults, const char *field, int64_t value, int64_t max)
{
	if (value != METER_DEFAULT)
		edit_check_range(faults, field, value, 0, max);
}

void
meter_terms_validate(const struct meter_terms *terms, struct faults *faults)
{
	check_amount(faults, "alarm1", terms->alarm1_fen, TERM_MAX_FEN);
	check_amount(faults, "alarm2", terms->alarm2_fen, TERM_MAX_FEN);
	check_amount(faults, "overdraft", terms->overdraft_fen, TERM_MAX_FEN);
	check_amount(faults, "overload_w", terms->overload_w, TERM_MAX_W);
	if (terms->alarm1_fen != METER_DEFAULT && terms->alarm2_fen != METER_DEFAULT &&
	    terms->alarm2_fen > terms->alarm1_fen)
		fault_add(faults, "alarm2", "AlarmOrder", "%s", "");
}

enum rc
meter_terms_store(struct db *db, int64_t meter_id, const struct meter_terms *terms,
    const struct operator_actor *by)
{
	struct meter_row row;
	enum rc rc = meter_load_row(db, meter_id, &row);

	if (rc != RC_OK)
		return rc;
	row.alarm1_fen = terms->alarm1_fen;
	row.alarm2_fen = terms->alarm2_fen;
	row.overload_w = terms->overload_w;
	row.overdraft_fen = terms->overdraft_fen;
	row.hold_mode = terms->hold_mode;
	row.is_protected = terms->is_protected;
	return meter_update(db, &row, by);
}

/* ---- the preview ---- */

static enum rc
or_setting(struct db *db, const char *name, int64_t fallback, int64_t *value)
{
	return *value != METER_DEFAULT ? RC_OK : setting_int(db, name, fallback, value);
}

static enum rc
want_terms(struct db *db, const struct meter_terms *terms, struct config_want *want)
{
	struct config_alarms *alarms = &want->parts[CONFIG_ALARMS].wanted.u.alarms;
	int64_t *limit_w = &want->parts[CONFIG_OVERLOAD].wanted.u.overload.limit_w;
	bool has_overdraft = want->model != NULL && want->model->has_overdraft;
	enum rc rc;

	*alarms = (struct config_alarms){ terms->alarm1_fen, terms->alarm2_fen,
		has_overdraft ? terms->overdraft_fen : 0 };
	*limit_w = terms->overload_w;
	rc = or_setting(db, "alarm.credit1_fen", 5000, &alarms->alarm1_fen);
	if (rc == RC_OK)
		rc = or_setting(db, "alarm.credit2_fen", 2000, &alarms->alarm2_fen);
	if (rc == RC_OK)
		rc = or_setting(db, "meter.overdraft_fen", 0, &alarms->overdraft_fen);
	if (rc == RC_OK)
		rc = or_setting(db, "meter.overload_w", 0, limit_w);
	if (!has_overdraft)
		alarms->overdraft_fen = CONFIG_NONE;
	return rc;
}

/* The tariff as if it were the meter's: all its versions, whenever they began. */
static enum rc
want_tariff(
    struct db *db, struct arena *arena, int64_t tariff_id, int64_t now, struct config_want *want)
{
	struct day today = clock_day(now);
	const struct tariff_steps steps = { 0 };
	struct tariff_book book;
	struct tariff_span *spans;
	struct config_plan plan;
	size_t count = 0;
	enum rc rc = tariff_book(db, arena, clock_day_add(today, -CONFIG_PLAN_DAYS),
	    clock_day_add(today, CONFIG_PLAN_DAYS), &book);

	if (rc != RC_OK)
		return rc;
	spans = arena_alloc(arena, (book.count + 1) * sizeof(*spans));
	for (size_t i = 0; i < book.count; i++)
		if (book.entries[i].tariff_id == tariff_id)
			spans[count++] =
			    (struct tariff_span){ clock_day_start(book.entries[i].valid_from),
				    book.entries[i].version };
	rc = config_plan(spans, count, &book.calendar, &steps, want->model, now, &plan);
	if (rc == RC_OK) {
		want->parts[CONFIG_PRICES].wanted = plan.prices;
		want->parts[CONFIG_TOU].wanted = plan.tou;
	}
	for (int part = CONFIG_PRICES; part <= CONFIG_TOU; part++)
		if (want->parts[part].why == WHY_TARIFF && rc == RC_OK)
			want->parts[part].why = WHY_NONE;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
meter_orders_preview(struct db *db, struct arena *arena, int64_t meter_id,
    const struct meter_terms *terms, int64_t now, struct config_want *want)
{
	struct config_want *wants;
	size_t count;
	enum rc rc = config_want(db, arena, meter_id, now, &wants, &count);

	if (rc != RC_OK || count == 0)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	*want = wants[0];
	rc = want_terms(db, terms, want);
	if (rc == RC_OK && terms->tariff_id != 0 && want->model != NULL)
		rc = want_tariff(db, arena, terms->tariff_id, now, want);
	for (size_t i = 0; i < CONFIG_PARTS; i++) {
		struct config_side *side = &want->parts[i];
		side->is_same = side->is_held && side->why == WHY_NONE &&
				config_is_same(&side->wanted, &side->held);
	}
	return rc;
}

/* ---- orders ---- */

static void
add(struct meter_orders *orders, const struct command_order *order)
{
	if (orders->count < METER_ORDERS_MAX)
		orders->list[orders->count++] = *order;
	else
		orders->left_out++;
}

enum rc
meter_orders_add_kind(
    struct db *db, int64_t meter_id, enum command_kind kind, struct meter_orders *orders)
{
	int64_t bus_id = 0;
	bool can = false;
	struct rows *rows;
	enum rc rc = db_query(db, &Q[METER], ARGS(I(meter_id)), &rows);

	if (rc != RC_OK)
		return rc;
	if ((rc = rows_next(rows)) == RC_OK) {
		const struct meter_model *model = meter_model_find(rows_text(rows, 1));
		bus_id = rows_int(rows, 0);
		can = model != NULL && model->has_control && rows_int(rows, 2) == CREDIT_METER + 1;
	}
	rows_end(rows);
	if (rc != RC_OK)
		return rc;
	if (can)
		add(orders, &(struct command_order){ kind, bus_id, meter_id, "", 1 });
	else
		orders->left_out++;
	return RC_OK;
}

static void
add_part(struct arena *arena, const struct config_want *want, enum config_part part,
    struct meter_orders *orders)
{
	const struct config_side *side = &want->parts[part];
	char *payload = arena_alloc(arena, CONFIG_TEXT_MAX);

	if (side->why != WHY_NONE) {
		orders->left_out++;
		return;
	}
	if (side->is_same)
		return;
	payload[0] = '\0';
	if (part != CONFIG_CLOCK)
		config_format(&side->wanted, payload);
	add(orders, &(struct command_order){ command_kind_of_part(part), want->bus_id,
			want->meter_id, payload, part == CONFIG_TOU ? TOU_STEPS : 1 });
}

enum rc
meter_orders_add(
    struct db *db, struct arena *arena, int64_t meter_id, int64_t now, struct meter_orders *orders)
{
	struct config_want *wants;
	size_t count;
	enum rc rc = meter_orders_add_kind(db, meter_id, COMMAND_PREPAID, orders);

	if (rc == RC_OK)
		rc = config_want(db, arena, meter_id, now, &wants, &count);
	if (rc != RC_OK || count == 0)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	for (size_t part = 0; part < CONFIG_PARTS; part++)
		add_part(arena, &wants[0], (enum config_part)part, orders);
	return RC_OK;
}

enum rc
meter_orders_send(struct db *db, const struct meter_orders *orders,
    const unsigned char key[COMMAND_KEY], const char *reason, const struct operator_actor *by,
    int64_t *batch_id)
{
	struct command_batch batch = { .operator_id = by->operator_id,
		.actor = by->actor,
		.address = by->address,
		.reason = reason,
		.at = by->now };
	char detail[64];

	*batch_id = 0;
	if (orders->count == 0)
		return RC_OK;
	memcpy(batch.request_key, key, COMMAND_KEY);
	enum rc rc = command_insert(db, &batch, orders->list, orders->count, batch_id);
	if (rc != RC_OK)
		return rc;
	(void)snprintf(detail, sizeof(detail), "orders:  -> %zu", orders->count);
	return audit_write(db, &(struct audit){ .at = by->now,
				   .operator_id = by->operator_id,
				   .actor = by->actor,
				   .address = by->address,
				   .action = "order.send",
				   .outcome = AUDIT_DONE,
				   .object_kind = "order",
				   .object_id = *batch_id,
				   .detail = detail,
				   .reason = reason[0] != '\0' ? reason : NULL });
}

enum rc
meter_orders_find(struct db *db, const unsigned char key[COMMAND_KEY], int64_t *batch_id)
{
	return db_int(db, &Q[BATCH], ARGS(B(key, COMMAND_KEY)), batch_id);
}
