/* Every invariant of the check holds in books that were kept, and catches what was spoilt. */
#include "back.h"
#include "charging.h"

#include "model/audit_seal.h"
#include "model/invariant.h"

static int64_t cashier, manager, finance;

static const struct query CLOSED = { .sql = "UPDATE account SET closed_at = UTC_TIMESTAMP(3)"
					    " WHERE account_id = ?" };

/* ---- the books ---- */

static void
close_shift(int64_t operator_id)
{
	struct arena *arena = arena_new();
	struct operator_actor by = actor(operator_id);
	struct shift shift;

	assert_int_equal(shift_find_open(counter, arena, operator_id, &shift), RC_OK);
	int64_t counted = 0, expected = 0, short_fen = shift.expected_fen - 100;
	const struct shift_count counts[] = {
		{ 10000, short_fen / 10000 },
		{ 100, short_fen % 10000 / 100 },
		{ 10, short_fen % 100 / 10 },
	};
	assert_int_equal(shift_close(counter,
			     &(struct shift_closing){ .shift_id = shift.shift_id,
				 .counts = counts,
				 .count = 3,
				 .note = "少一元",
				 .by = by },
			     &counted, &expected),
	    RC_OK);
	assert_int_equal(counted, expected - 100);
	arena_free(arena);
}

static void
open_shift(int64_t operator_id)
{
	struct operator_actor by = actor(operator_id);
	int64_t shift_id;

	assert_int_equal(shift_open(counter, 20000, &by, &shift_id), RC_OK);
}

static void
adjust(const struct shop *shop, int64_t amount_fen)
{
	struct adjustment_wish wish = { .asker = asker(manager),
		.account_id = shop->account_id,
		.meter_id = shop->meter_id,
		.amount_fen = amount_fen,
		.reason = "表计走快" };
	struct faults faults = { 0 };
	int64_t sale_id;
	bool is_old;

	assert_int_equal(sale_adjust(counter, &wish, &faults, &sale_id, &is_old), RC_OK);
	assert_int_equal(approve(approval_of(sale_id), finance, &faults), RC_OK);
	carry_out(sale_id, shop->meter_id, DELIVERY_DONE);
}

static void
give_back(const struct shop *shop, int64_t purchase_id, int64_t fee_id)
{
	struct faults faults;
	int64_t sale_id = 0;

	assert_int_equal(refund(shop, cashier, 2000, &faults, &sale_id), RC_OK);
	carry_out(sale_id, shop->meter_id, DELIVERY_DONE);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_int_equal(refund(shop, cashier, 1000, &faults, &sale_id), RC_OK);
	carry_out(sale_id, shop->meter_id, DELIVERY_FAILED);
	/* Delivered, and taken out again, with its fee. */
	purchase_id = sell(shop, cashier, 5000, fee_id);
	carry_out(purchase_id, shop->meter_id, DELIVERY_DONE);
	assert_int_equal(reverse(purchase_id, cashier, &faults, &sale_id), RC_OK);
	carry_out(sale_id, shop->meter_id, DELIVERY_DONE);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	/* Never sent. */
	purchase_id = sell(shop, cashier, 3000, 0);
	assert_int_equal(reverse(purchase_id, cashier, &faults, &sale_id), RC_OK);
}

/* A tenant goes: the meter is emptied and gives its money back. */
static void
leave(bool is_manual, int64_t left_fen)
{
	struct db *accounts = open_as("voltill_accounts");
	struct shop shop = make_shop_at(noon(2), 99000, 2500, 5);
	struct closing_wish wish = { .asker = asker(manager),
		.account_id = shop.account_id,
		.meter_id = shop.meter_id,
		.channel = CHANNEL_CASH,
		.is_manual = is_manual,
		.manual_fen = 2400,
		.manual_wh = 100000,
		.second_by = is_manual ? finance : 0,
		.reason = "退租" };
	struct faults faults = { 0 };
	int64_t sale_id = 0;

	show(shop.meter_id, 5, left_fen, 100000);
	assert_int_equal(db_begin(accounts), RC_OK);
	enum rc rc = sale_close_meter(accounts, &wish, &faults, &sale_id);
	assert_int_equal(db_end(accounts, rc), RC_OK);
	if (!is_manual)
		carry_out(sale_id, shop.meter_id, DELIVERY_DONE);
	assert_int_equal(pay(sale_id, cashier, &faults), RC_OK);
	assert_int_equal(db_exec(accounts, &CLOSED, ARGS(I(shop.account_id))), RC_OK);
	assert_balance(&shop, 0, 0, 0);
	db_close(accounts);
}

/* A tenant moves: what is in one meter goes into another. */
static void
move(void)
{
	struct db *accounts = open_as("voltill_accounts");
	struct shop old = make_shop_at(noon(2), 99000, 3500, 5);
	int64_t meter_id = make_meter("meter", 1, 0, 100), sale_id = 0;
	struct transfer_wish wish = { .asker = asker(manager),
		.account_id = old.account_id,
		.meter_id = old.meter_id,
		.to_meter_id = meter_id,
		.reason = "换房间" };
	struct faults faults = { 0 };
	struct epoch epoch;

	show(old.meter_id, 5, 3420, 100000);
	assert_int_equal(db_exec(admin, &MONEY[MONEY_SERVE],
			     ARGS(I(meter_id), T(clock_now()), I(old.account_id))),
	    RC_OK);
	assert_int_equal(db_begin(accounts), RC_OK);
	enum rc rc = epoch_ensure(accounts, meter_id, old.account_id, clock_now(), &epoch);
	if (rc == RC_OK)
		rc = sale_transfer(accounts, &wish, &faults, &sale_id);
	assert_int_equal(db_end(accounts, rc), RC_OK);
	carry_out(sale_id, old.meter_id, DELIVERY_DONE);
	carry_out(sale_id, meter_id, DELIVERY_DONE);
	assert_string_equal(text_by(&MONEY[MONEY_SALE_STATE], ARGS(I(sale_id))), "delivered");
	db_close(accounts);
}

static void
make_charged(void)
{
	struct shop shop = make_shop_at(noon(3), 90000, 5000, 3);

	read_at(&shop, night(3), 95000, 4600, 3);
	read_at(&shop, night(2), 99000, 4281, 3);
	read_at(&shop, night(1), 100000, 4201, 3);
	read_at(&shop, night(1) + CLOCK_HOUR / 2, 100000, 4201, 3);
	charge_all();
	show(shop.meter_id, 3, 4201, 100000);
	carry_out(sell(&shop, cashier, 10000, 0), shop.meter_id, DELIVERY_DONE);
}

static void
keep_books(void)
{
	int64_t purchase, fee, held;
	struct shop shop;

	open_shift(cashier);
	fee = insert_row(db_exec(admin, &BACK[BACK_FEE], ARGS(S(named("fee", 1)), I(300))));
	make_charged();
	leave(false, 2420);
	leave(false, -380); /* a debt, which is collected */
	leave(true, 2420);
	move();
	shop = make_buyer(cashier, 20000, &purchase);
	give_back(&shop, purchase, fee);
	adjust(&shop, 700);
	adjust(&shop, -300);
	shop = make_shop(9, 1500);
	held = sell(&shop, cashier, 6000, fee);
	carry_out(held, shop.meter_id, DELIVERY_HELD);
	shop = make_shop(9, 1500);
	(void)sell(&shop, cashier, 6000, 0);
	close_shift(cashier);
	open_shift(cashier);
	(void)make_buyer(cashier, 8000, &purchase);
}

static void
seal(void)
{
	int64_t from = 0, sealed;

	do
		assert_int_equal(audit_seal(admin, &from, clock_now(), &sealed), RC_OK);
	while (sealed == AUDIT_SEAL_BATCH);
}

#define RULES_MAX 64
static int64_t before[RULES_MAX];

static void
look(int64_t found[RULES_MAX])
{
	size_t count;
	const struct invariant *list = invariant_list(&count);

	(void)list;
	assert_in_range(count, 30, RULES_MAX);
	for (size_t i = 0; i < count; i++) {
		struct invariant_result result;
		assert_int_equal(invariant_check(admin, i, clock_now(), &result), RC_OK);
		found[i] = result.violations;
	}
}

static int
open_all(void **state)
{
	if (open_counter(state) != 0)
		return -1;
	cashier = make_operator("cashier");
	manager = make_operator("manager");
	finance = make_operator("finance");
	set_limits(cashier, -1, -1);
	look(before);
	keep_books();
	seal();
	return 0;
}

/* Other tests left books behind that were spoilt on purpose. */
static void
books_that_were_kept_are_clean(void **state)
{
	int64_t after[RULES_MAX];
	size_t count;
	const struct invariant *list = invariant_list(&count);

	(void)state;
	look(after);
	for (size_t i = 0; i < count; i++)
		if (after[i] != before[i]) {
			struct invariant_result result;
			assert_int_equal(invariant_check(admin, i, clock_now(), &result), RC_OK);
			print_error("%s: %s\n", list[i].code, result.sample);
			fail();
		}
}

/* ---- what is spoilt ---- */

static const struct plant {
	const char *code;
	struct query query;
} plants[] = {
	{ "I01",
	    { "UPDATE posting SET amount_fen = amount_fen + 1 ORDER BY journal_id DESC LIMIT 1" } },
	{ "I02", { "DELETE FROM posting ORDER BY journal_id DESC, line DESC LIMIT 1" } },
	{ "I03", { "UPDATE sale SET amount_fen = amount_fen + 100 WHERE kind = 'purchase'"
		   " AND state = 'delivered' ORDER BY sale_id DESC LIMIT 1" } },
	{ "I03", { "UPDATE sale SET credit_fen = credit_fen + 1, amount_fen = amount_fen + 1"
		   " WHERE kind = 'refund' AND state = 'paid' ORDER BY sale_id DESC LIMIT 1" } },
	{ "I04",
	    { "UPDATE sale SET receipt_seq = receipt_seq + 1000 ORDER BY sale_id DESC LIMIT 1" } },
	{ "I05", { "UPDATE receipt_counter c JOIN (SELECT series, operator_id, biz_day FROM sale"
		   " ORDER BY sale_id DESC LIMIT 1) s USING (series, operator_id, biz_day)"
		   " SET c.last_seq = c.last_seq + 1" } },
	{ "I05",
	    { "DELETE c FROM receipt_counter c JOIN (SELECT series, operator_id, biz_day FROM"
	      " sale ORDER BY sale_id DESC LIMIT 1) s USING (series, operator_id, biz_day)" } },
	{ "I06", { "DELETE FROM delivery WHERE state = 'done' ORDER BY command_id DESC LIMIT 1" } },
	{ "I07", { "UPDATE delivery SET amount_fen = amount_fen + 1 WHERE state = 'done'"
		   " AND kind = 'credit' ORDER BY command_id DESC LIMIT 1" } },
	{ "I08", { "UPDATE sale SET credit_fen = credit_fen + 1 WHERE kind = 'reversal'"
		   " ORDER BY sale_id DESC LIMIT 1" } },
	{ "I08", { "UPDATE sale SET reverses_sale_id = NULL WHERE kind = 'reversal'"
		   " ORDER BY sale_id DESC LIMIT 1" } },
	{ "I09", { "UPDATE delivery SET state = 'queued' WHERE state = 'cancelled'"
		   " ORDER BY command_id DESC LIMIT 1" } },
	{ "I09", { "DELETE j FROM journal j JOIN sale s ON s.sale_id = j.sale_id"
		   " WHERE s.kind = 'reversal' AND j.kind = 'deduction'" } },
	{ "I10", { "UPDATE sale SET state = 'rejected' WHERE kind = 'reversal' AND state = 'paid'"
		   " AND settled_at = created_at ORDER BY sale_id DESC LIMIT 1" } },
	{ "I11", { "UPDATE delivery SET want_count = want_count + 5 WHERE state = 'done'"
		   " ORDER BY command_id DESC LIMIT 1" } },
	{ "I12", { "UPDATE delivery SET intent_at = NULL WHERE state = 'done'"
		   " ORDER BY command_id DESC LIMIT 1" } },
	{ "I12", { "UPDATE delivery SET sends = 1 WHERE state = 'queued'"
		   " ORDER BY command_id DESC LIMIT 1" } },
	{ "I13", { "UPDATE meter_state SET purchase_count = purchase_count + 1, read_at = read_at +"
		   " INTERVAL 1 MINUTE WHERE meter_id = (SELECT meter_id FROM meter_epoch"
		   " ORDER BY meter_epoch_id DESC LIMIT 1)" } },
	{ "I13", { "UPDATE meter_state SET credit_fen = credit_fen + 1, read_at = read_at +"
		   " INTERVAL 1 MINUTE WHERE meter_id = (SELECT meter_id FROM meter_epoch"
		   " ORDER BY meter_epoch_id DESC LIMIT 1)" } },
	{ "I14",
	    { "DELETE FROM journal WHERE kind = 'delivery' ORDER BY journal_id DESC LIMIT 1" } },
	{ "I14", { "UPDATE journal SET kind = 'deduction' WHERE kind = 'delivery'"
		   " ORDER BY journal_id DESC LIMIT 1" } },
	{ "I15", { "UPDATE meter_epoch SET base_credit_fen = base_credit_fen + 1"
		   " ORDER BY meter_epoch_id DESC LIMIT 1" } },
	{ "I15", { "UPDATE delivery SET amount_fen = amount_fen - 1 WHERE state = 'done'"
		   " ORDER BY command_id DESC LIMIT 1" } },
	{ "I16", { "INSERT INTO energy_day (day, meter_id, first_at, first_wh, last_at, last_wh,"
		   " used_wh, readings) SELECT DATE(UTC_TIMESTAMP()), MAX(meter_id),"
		   " UTC_TIMESTAMP(), 100, UTC_TIMESTAMP(), 50, 0, 2 FROM meter" } },
	{ "I17",
	    { "UPDATE meter_epoch SET flight_count = 77 ORDER BY meter_epoch_id DESC LIMIT 1" } },
	{ "I17", { "UPDATE delivery SET state = 'sent' WHERE state = 'done'"
		   " ORDER BY command_id DESC LIMIT 1" } },
	{ "I18", { "UPDATE audit SET actor = 'x' WHERE audit_id = (SELECT audit_id FROM audit_seal"
		   " ORDER BY seq DESC LIMIT 1)" } },
	{ "I18", { "DELETE FROM audit WHERE audit_id = (SELECT audit_id FROM audit_seal"
		   " ORDER BY seq DESC LIMIT 1)" } },
	{ "I18", { "DELETE FROM audit_seal WHERE seq = 5" } },
	{ "I19", { "INSERT INTO audit (at, actor, address, action, outcome) VALUES"
		   " (UTC_TIMESTAMP(3) - INTERVAL 1 HOUR, 'x', '', 'x.y', 'done')" } },
	{ "I20", { "DELETE FROM audit WHERE object_kind = 'sale' AND object_id ="
		   " (SELECT MAX(sale_id) FROM sale)" } },
	{ "I20", { "DELETE FROM audit WHERE object_kind = 'shift' AND object_id ="
		   " (SELECT MAX(shift_id) FROM shift)" } },
	{ "I21",
	    { "UPDATE journal SET at = at + INTERVAL 2 DAY ORDER BY journal_id DESC LIMIT 1" } },
	{ "I21",
	    { "UPDATE sale SET biz_day = biz_day - INTERVAL 3 DAY ORDER BY sale_id DESC LIMIT 1" } },
	{ "I21",
	    { "UPDATE meter_state SET read_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR LIMIT 1" } },
	{ "I22",
	    { "UPDATE command SET created_at = created_at - INTERVAL 2 DAY WHERE state = 'held'"
	      " ORDER BY command_id DESC LIMIT 1" } },
	{ "I23", { "UPDATE ledger_balance SET transit_fen = transit_fen + 1 LIMIT 1" } },
	{ "I23", { "DELETE FROM ledger_balance ORDER BY account_id DESC LIMIT 1" } },
	{ "I24", { "UPDATE charge_day SET opening_fen = opening_fen + 1 LIMIT 1" } },
	{ "I24", { "DELETE FROM charge_day WHERE charge_fen = 320" } },
	{ "I24", { "UPDATE charge_day SET closing_fen = closing_fen + 1, difference_fen ="
		   " difference_fen + 1 WHERE charge_fen = 320" } },
	{ "I25", { "UPDATE account_meter SET ended_at = UTC_TIMESTAMP(3)"
		   " ORDER BY account_id DESC LIMIT 1" } },
	{ "I25",
	    { "UPDATE account SET closed_at = UTC_TIMESTAMP(3) ORDER BY account_id DESC LIMIT 1" } },
	{ "I26", { "UPDATE meter_epoch SET last_count = last_count + 1"
		   " ORDER BY meter_epoch_id DESC LIMIT 1" } },
	{ "I27",
	    { "UPDATE sale SET state = 'booked' WHERE kind = 'purchase' AND state = 'delivered'"
	      " ORDER BY sale_id DESC LIMIT 1" } },
	{ "I27", { "UPDATE sale SET state = 'due' WHERE kind = 'refund' AND state = 'paid'"
		   " ORDER BY sale_id DESC LIMIT 1" } },
	{ "I27", { "UPDATE sale SET state = 'delivered' WHERE kind = 'purchase' AND state = 'held'"
		   " ORDER BY sale_id DESC LIMIT 1" } },
	{ "I28", { "UPDATE shift SET counted_fen = counted_fen + 1 WHERE closed_at IS NOT NULL"
		   " ORDER BY shift_id DESC LIMIT 1" } },
	{ "I28", { "UPDATE shift SET float_fen = float_fen + 1 WHERE closed_at IS NOT NULL"
		   " ORDER BY shift_id DESC LIMIT 1" } },
	{ "I28", { "UPDATE shift SET closed_at = opened_at WHERE closed_at IS NOT NULL"
		   " ORDER BY shift_id DESC LIMIT 1" } },
	{ "I29",
	    { "UPDATE command SET state = 'failed' WHERE state = 'confirmed' AND kind = 'credit'"
	      " ORDER BY command_id DESC LIMIT 1" } },
	{ "I30", { "UPDATE sale SET approved_by = operator_id WHERE approved_by IS NOT NULL"
		   " ORDER BY sale_id DESC LIMIT 1" } },
	{ "I30", { "UPDATE sale SET approved_by = NULL WHERE kind = 'adjustment'"
		   " ORDER BY sale_id DESC LIMIT 1" } },
	{ "I30", { "UPDATE approval SET decided_by = asked_by WHERE outcome = 'approved'"
		   " ORDER BY approval_id DESC LIMIT 1" } },
	{ "I31", { "UPDATE posting SET ledger = 'metering' WHERE ledger = 'transit'"
		   " ORDER BY journal_id DESC LIMIT 1" } },
	{ "I31", { "UPDATE journal SET kind = 'gift' ORDER BY journal_id DESC LIMIT 1" } },
	{ "I32",
	    { "UPDATE business_day SET closed_at = '2000-01-01' WHERE day = (SELECT biz_day FROM"
	      " sale ORDER BY sale_id DESC LIMIT 1)" } },
	{ "I33",
	    { "UPDATE sale_line SET amount_fen = amount_fen + 1 ORDER BY sale_id DESC LIMIT 1" } },
	{ "I34", { "UPDATE meter_epoch SET account_id = account_id - 1"
		   " ORDER BY meter_epoch_id DESC LIMIT 1" } },
	{ "I34", { "UPDATE delivery SET meter_id = meter_id - 1 WHERE state = 'done'"
		   " ORDER BY command_id DESC LIMIT 1" } },
	{ "I35", { "UPDATE posting SET meter_id = 4000000000 WHERE ledger = 'credit'"
		   " ORDER BY journal_id DESC LIMIT 1" } },
	{ "I35", { "UPDATE journal SET sale_id = 4000000000 ORDER BY journal_id DESC LIMIT 1" } },
	{ "I36",
	    { "UPDATE charge_day SET charge_fen = charge_fen + 1, closing_fen = closing_fen - 1"
	      " WHERE charge_fen > 0 LIMIT 1" } },
	{ "I36", { "DELETE FROM charge_day WHERE journal_id IS NOT NULL LIMIT 1" } },
	{ "I37", { "UPDATE ledger_balance SET credit_fen = credit_fen + 1 WHERE meter_id ="
		   " (SELECT MAX(meter_id) FROM meter_epoch)" } },
	{ "I25",
	    { "UPDATE ledger_balance b JOIN account a ON a.account_id = b.account_id SET b.payable_fen = 1"
	      " WHERE a.closed_at IS NOT NULL" } },
	{ "I25",
	    { "DELETE FROM posting WHERE ledger = 'moving' ORDER BY journal_id DESC LIMIT 1" } },
	{ "I27",
	    { "DELETE FROM journal WHERE kind = 'move_in' ORDER BY journal_id DESC LIMIT 1" } },
	{ "I38", { "UPDATE posting SET channel = NULL WHERE ledger = 'cash'"
		   " ORDER BY journal_id DESC LIMIT 1" } },
	{ "I38", { "UPDATE posting SET meter_id = NULL WHERE ledger = 'credit'"
		   " ORDER BY journal_id DESC LIMIT 1" } },
};

static size_t
index_of(const char *code)
{
	size_t count, i = 0;
	const struct invariant *list = invariant_list(&count);

	while (i < count && strcmp(list[i].code, code) != 0)
		i++;
	assert_in_range(i, 0, count - 1);
	return i;
}

static int64_t
violations(const char *code, char *sample)
{
	struct invariant_result result;

	assert_int_equal(invariant_check(admin, index_of(code), clock_now(), &result), RC_OK);
	if (sample != NULL)
		strcpy(sample, result.sample);
	return result.violations;
}

enum { FREE, BIND };
static const struct query GUARDS[] = {
	[FREE] = { "SET SESSION foreign_key_checks = 0, check_constraint_checks = 0" },
	[BIND] = { "SET SESSION foreign_key_checks = 1, check_constraint_checks = 1" },
};
static const struct query TRIGGERS[] = {
	{ "DROP TRIGGER audit_stays" },
	{ "DROP TRIGGER audit_is_kept" },
	{ "DROP TRIGGER audit_seal_is_kept" },
	{ "DROP TRIGGER journal_stays" },
	{ "DROP TRIGGER journal_is_kept" },
	{ "DROP TRIGGER posting_stays" },
	{ "DROP TRIGGER posting_is_kept" },
	{ "DROP TRIGGER sale_line_stays" },
};

static void
plant(const struct plant *planted)
{
	char sample[INVARIANT_SAMPLE_MAX + 1];
	int64_t good = violations(planted->code, NULL);

	assert_int_equal(db_begin(admin), RC_OK);
	if (db_exec(admin, &planted->query, NO_ARGS) != RC_OK || db_affected(admin) == 0) {
		print_error("%s: nothing to spoil: %s\n", planted->code, planted->query.sql);
		fail();
	}
	int64_t bad = violations(planted->code, sample);
	assert_int_equal(db_end(admin, RC_CONFLICT), RC_CONFLICT);
	if (bad <= good || sample[0] == '\0') {
		print_error("%s does not see: %s\n", planted->code, planted->query.sql);
		fail();
	}
	assert_int_equal(violations(planted->code, NULL), good);
}

static void
each_catches_what_is_spoilt(void **state)
{
	bool is_planted[RULES_MAX] = { false };
	size_t count;

	(void)state;
	for (size_t i = 0; i < COUNT(TRIGGERS); i++)
		assert_int_equal(db_exec(admin, &TRIGGERS[i], NO_ARGS), RC_OK);
	assert_int_equal(db_exec(admin, &GUARDS[FREE], NO_ARGS), RC_OK);
	for (size_t i = 0; i < COUNT(plants); i++) {
		plant(&plants[i]);
		is_planted[index_of(plants[i].code)] = true;
	}
	assert_int_equal(db_exec(admin, &GUARDS[BIND], NO_ARGS), RC_OK);
	(void)invariant_list(&count);
	for (size_t i = 0; i < count; i++)
		assert_true(is_planted[i]);
}

/* ---- what the schema refuses ---- */

static const struct query refused[] = {
	{ "UPDATE sale a JOIN (SELECT request_key FROM sale ORDER BY sale_id LIMIT 1) b"
	  " SET a.request_key = b.request_key WHERE a.sale_id > 1" },
	{ "UPDATE sale SET receipt_seq = 1, biz_day = '2026-01-01', operator_id = 1, series = 0" },
	{ "UPDATE sale a JOIN (SELECT MIN(receipt_number) n FROM sale) b SET a.receipt_number = b.n" },
	{ "UPDATE sale SET receipt_number = NULL ORDER BY sale_id DESC LIMIT 1" },
	{ "UPDATE sale SET amount_fen = 0 WHERE kind = 'purchase'" },
	{ "UPDATE sale SET amount_fen = -1 WHERE kind = 'refund'" },
	{ "UPDATE sale SET amount_fen = 10000000000" },
	{ "UPDATE sale SET credit_fen = 9223372036854775808" },
	{ "INSERT INTO posting (journal_id, line, ledger, amount_fen)"
	  " SELECT MAX(journal_id), 9, 'credit', 0 FROM journal" },
	{ "INSERT INTO posting (journal_id, line, ledger, amount_fen) VALUES (99999999, 1, 'cash', 5)" },
	{ "INSERT INTO journal (kind, source_key, at, biz_day) SELECT kind, source_key, at, biz_day"
	  " FROM journal LIMIT 1" },
	{ "UPDATE delivery a JOIN (SELECT sale_id FROM delivery WHERE state = 'done' LIMIT 1) b"
	  " SET a.sale_id = b.sale_id, a.leg = 1 WHERE a.state = 'done'" },
	{ "UPDATE delivery SET want_count = 7, meter_epoch_id = (SELECT MAX(meter_epoch_id) FROM"
	  " meter_epoch) WHERE state = 'done'" },
	{ "UPDATE meter_epoch a JOIN (SELECT MAX(meter_id) m FROM meter_epoch) b SET a.meter_id = b.m,"
	  " a.ended_at = NULL" },
	{ "UPDATE sale SET reverses_sale_id = 1, state = 'paid' WHERE kind = 'reversal'" },
	{ "UPDATE shift SET operator_id = 1, closed_at = NULL" },
	{ "UPDATE approval SET decided_by = asked_by WHERE outcome = 'approved'" },
	{ "UPDATE account_meter a JOIN (SELECT MAX(meter_id) m FROM account_meter) b"
	  " SET a.meter_id = b.m, a.ended_at = NULL" },
	{ "UPDATE journal SET at = at" },
	{ "DELETE FROM journal LIMIT 1" },
	{ "UPDATE posting SET amount_fen = amount_fen + 1" },
	{ "DELETE FROM posting LIMIT 1" },
	{ "DELETE FROM sale LIMIT 1" },
	{ "UPDATE sale_line SET amount_fen = 1" },
};

static void
the_schema_refuses_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(db_begin(admin), RC_OK);
		enum rc rc = db_exec(admin, &refused[i], NO_ARGS);
		if (rc == RC_OK)
			print_error("taken: %s\n", refused[i].sql);
		assert_int_not_equal(rc, RC_OK);
		assert_int_not_equal(db_end(admin, RC_CONFLICT), RC_OK);
	}
}

/* Other tests want their triggers. */
static int
close_all(void **state)
{
	char path[500], text[32768];

	(void)snprintf(path, sizeof(path), "%s/triggers.sql", conf.ctl_sql);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return -1;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	(void)fclose(file);
	if (db_script(admin, "triggers", text) != RC_OK)
		return -1;
	return close_counter(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(books_that_were_kept_are_clean),
		cmocka_unit_test(the_schema_refuses_the_rest),
		cmocka_unit_test(each_catches_what_is_spoilt),
	};

	log_open("test_invariant", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
