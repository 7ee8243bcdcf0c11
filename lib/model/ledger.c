#include "model/ledger.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { JOURNAL, POSTING, ADD, BALANCE, BALANCE_MAKE, BALANCE_LOCK };
static const struct query Q[] QUERIES = {
	[JOURNAL] = { .sql = "INSERT INTO journal (kind, source_key, at, biz_day, sale_id,"
			     " command_id, account_id, operator_id, shift_id)"
			     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[POSTING] = { .sql = "INSERT INTO posting (journal_id, line, ledger, account_id, meter_id,"
			     " shift_id, channel, name, amount_fen)"
			     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[ADD] = { .sql = "INSERT INTO ledger_balance (account_id, meter_id, transit_fen,"
			 " credit_fen, payable_fen) VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
			 " transit_fen = transit_fen + VALUES(transit_fen),"
			 " credit_fen = credit_fen + VALUES(credit_fen),"
			 " payable_fen = payable_fen + VALUES(payable_fen)" },
	[BALANCE] = { .sql = "SELECT transit_fen, credit_fen, payable_fen FROM ledger_balance"
			     " WHERE account_id = ? AND meter_id = ?",
	    .bounded = "primary key" },
	[BALANCE_MAKE] = { .sql = "INSERT INTO ledger_balance (account_id, meter_id)"
				  " VALUES (?, ?) ON DUPLICATE KEY UPDATE meter_id = meter_id" },
	[BALANCE_LOCK] = { .sql = "SELECT transit_fen, credit_fen, payable_fen FROM ledger_balance"
				  " WHERE account_id = ? AND meter_id = ? FOR UPDATE",
	    .bounded = "primary key" },
};

/* ---- names ---- */

/* How the postings of a ledger are told apart. */
enum { BY_ACCOUNT = 1, BY_METER = 2, BY_SHIFT = 4, BY_CHANNEL = 8, BY_NAME = 16 };

static const struct {
	const char *name;
	unsigned by;
} LEDGER_TRAITS[LEDGERS] = {
	[LEDGER_CASH] = { "cash", BY_CHANNEL },
	[LEDGER_TRANSIT] = { "transit", BY_ACCOUNT | BY_METER },
	[LEDGER_CREDIT] = { "credit", BY_ACCOUNT | BY_METER },
	[LEDGER_PAYABLE] = { "payable", BY_ACCOUNT | BY_METER },
	[LEDGER_REVENUE] = { "revenue", BY_ACCOUNT | BY_METER },
	[LEDGER_FEE] = { "fee", BY_NAME },
	[LEDGER_MOVING] = { "moving", BY_ACCOUNT },
	[LEDGER_SUSPENSE] = { "suspense", BY_ACCOUNT | BY_METER },
	[LEDGER_METERING] = { "metering", BY_ACCOUNT | BY_METER },
	[LEDGER_OPENING] = { "opening", BY_ACCOUNT | BY_METER },
	[LEDGER_OVER_SHORT] = { "over_short", BY_SHIFT },
};

static const char *const JOURNAL_NAMES[JOURNAL_KINDS] = {
	[JOURNAL_PURCHASE] = "purchase",
	[JOURNAL_DELIVERY] = "delivery",
	[JOURNAL_DEDUCTION] = "deduction",
	[JOURNAL_PAYOUT] = "payout",
	[JOURNAL_REVERSAL] = "reversal",
	[JOURNAL_MOVE_OUT] = "move_out",
	[JOURNAL_MOVE_IN] = "move_in",
	[JOURNAL_USE] = "use",
	[JOURNAL_OPENING] = "opening",
	[JOURNAL_ADJUSTMENT] = "adjustment",
	[JOURNAL_EXPLAINED] = "explained",
	[JOURNAL_SHIFT] = "shift",
};

static const char *const CHANNEL_NAMES[CHANNELS] = {
	[CHANNEL_CASH] = "cash",
	[CHANNEL_TRANSFER] = "transfer",
	[CHANNEL_POS] = "pos",
	[CHANNEL_QR] = "qr",
	[CHANNEL_NONE] = "none",
};

const char *
ledger_name(enum ledger ledger)
{
	assert((size_t)ledger < LEDGERS);
	return LEDGER_TRAITS[ledger].name;
}

const char *
journal_kind_name(enum journal_kind kind)
{
	assert((size_t)kind < JOURNAL_KINDS);
	return JOURNAL_NAMES[kind];
}

const char *
channel_name(enum channel channel)
{
	assert((size_t)channel < CHANNELS);
	return CHANNEL_NAMES[channel];
}

enum channel
channel_find(const char *name)
{
	size_t channel = 0;

	while (channel < CHANNELS && strcmp(CHANNEL_NAMES[channel], name) != 0)
		channel++;
	return (enum channel)channel;
}

/* ---- booking ---- */

static bool
is_sound(const struct posting *posting)
{
	unsigned by = LEDGER_TRAITS[posting->ledger].by;

	return ((by & BY_ACCOUNT) == 0 || posting->account_id != 0) &&
	       ((by & BY_METER) == 0 || posting->meter_id != 0) &&
	       ((by & BY_SHIFT) == 0 || posting->shift_id != 0) &&
	       ((by & BY_CHANNEL) != 0) == (posting->channel != CHANNEL_NONE) &&
	       ((by & BY_NAME) != 0) == (posting->name != NULL);
}

/* Leaves the zeros out and asserts what must hold; how many are left. */
static size_t
take_postings(const struct posting *given, size_t count, struct posting *kept)
{
	size_t left = 0;
	int64_t sum = 0;

	assert(count <= LEDGER_POSTINGS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (given[i].amount_fen == 0)
			continue;
		assert(is_sound(&given[i]));
		bool is_over = __builtin_add_overflow(sum, given[i].amount_fen, &sum);
		assert(!is_over);
		kept[left++] = given[i];
	}
	assert(sum == 0 && left >= 2);
	return left;
}

static enum rc
insert_postings(struct db *db, int64_t journal_id, const struct posting *postings, size_t count)
{
	int64_t journals[LEDGER_POSTINGS_MAX], lines[LEDGER_POSTINGS_MAX],
	    accounts[LEDGER_POSTINGS_MAX], meters[LEDGER_POSTINGS_MAX], shifts[LEDGER_POSTINGS_MAX],
	    amounts[LEDGER_POSTINGS_MAX];
	const char *ledgers[LEDGER_POSTINGS_MAX], *channels[LEDGER_POSTINGS_MAX],
	    *names[LEDGER_POSTINGS_MAX];
	char no_account[LEDGER_POSTINGS_MAX], no_meter[LEDGER_POSTINGS_MAX],
	    no_shift[LEDGER_POSTINGS_MAX];

	for (size_t i = 0; i < count; i++) {
		const struct posting *posting = &postings[i];
		journals[i] = journal_id;
		lines[i] = (int64_t)i + 1;
		ledgers[i] = ledger_name(posting->ledger);
		accounts[i] = posting->account_id;
		no_account[i] = posting->account_id == 0;
		meters[i] = posting->meter_id;
		no_meter[i] = posting->meter_id == 0;
		shifts[i] = posting->shift_id;
		no_shift[i] = posting->shift_id == 0;
		channels[i] =
		    posting->channel == CHANNEL_NONE ? NULL : channel_name(posting->channel);
		names[i] = posting->name != NULL ? posting->name : "";
		amounts[i] = posting->amount_fen;
	}
	const struct column columns[] = { { .kind = VALUE_INT, .numbers = journals },
		{ .kind = VALUE_INT, .numbers = lines }, { .kind = VALUE_TEXT, .texts = ledgers },
		{ .kind = VALUE_INT, .numbers = accounts, .nulls = no_account },
		{ .kind = VALUE_INT, .numbers = meters, .nulls = no_meter },
		{ .kind = VALUE_INT, .numbers = shifts, .nulls = no_shift },
		{ .kind = VALUE_TEXT, .texts = channels }, { .kind = VALUE_TEXT, .texts = names },
		{ .kind = VALUE_INT, .numbers = amounts } };
	return db_bulk(db, &Q[POSTING], columns, COUNT(columns), count);
}

/* What the postings of one account and meter add to its balance. */
struct share {
	int64_t account_id, meter_id;
	struct ledger_balance balance;
};

static int64_t *
column_of(struct ledger_balance *balance, enum ledger ledger)
{
	switch (ledger) {
	case LEDGER_TRANSIT:
		return &balance->transit_fen;
	case LEDGER_CREDIT:
		return &balance->credit_fen;
	case LEDGER_PAYABLE:
		return &balance->payable_fen;
	default:
		return NULL;
	}
}

/* The share of that account and meter; they stay ordered by both, which is the order of locking. */
static struct share *
share_of(struct share *shares, size_t *count, int64_t account_id, int64_t meter_id)
{
	size_t at = 0;

	while (at < *count &&
	       (shares[at].account_id < account_id ||
		   (shares[at].account_id == account_id && shares[at].meter_id < meter_id)))
		at++;
	if (at < *count && shares[at].account_id == account_id && shares[at].meter_id == meter_id)
		return &shares[at];
	memmove(&shares[at + 1], &shares[at], (*count - at) * sizeof(*shares));
	++*count;
	shares[at] = (struct share){ .account_id = account_id, .meter_id = meter_id };
	return &shares[at];
}

static enum rc
add_balances(struct db *db, const struct posting *postings, size_t count)
{
	struct share shares[LEDGER_POSTINGS_MAX];
	size_t share_count = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < count; i++) {
		struct ledger_balance none;
		if (column_of(&none, postings[i].ledger) == NULL)
			continue;
		struct share *share =
		    share_of(shares, &share_count, postings[i].account_id, postings[i].meter_id);
		*column_of(&share->balance, postings[i].ledger) -= postings[i].amount_fen;
	}
	for (size_t i = 0; i < share_count && rc == RC_OK; i++)
		rc = db_exec(db, &Q[ADD],
		    ARGS(I(shares[i].account_id), I(shares[i].meter_id),
			I(shares[i].balance.transit_fen), I(shares[i].balance.credit_fen),
			I(shares[i].balance.payable_fen)));
	return rc;
}

static struct value
id_or_null(int64_t id)
{
	return id != 0 ? I(id) : NIL;
}

enum rc
ledger_write(struct db *db, const struct journal *journal, const struct posting *postings,
    size_t count, int64_t *journal_id)
{
	struct posting kept[LEDGER_POSTINGS_MAX];
	size_t left = take_postings(postings, count, kept);

	assert(journal->at > 0 && journal->source_key != NULL &&
	       strlen(journal->source_key) <= LEDGER_SOURCE_MAX);
	enum rc rc = db_exec(db, &Q[JOURNAL],
	    ARGS(S(journal_kind_name(journal->kind)), S(journal->source_key), T(journal->at),
		D(clock_day(journal->at)), id_or_null(journal->sale_id),
		id_or_null(journal->command_id), id_or_null(journal->account_id),
		id_or_null(journal->operator_id), id_or_null(journal->shift_id)));
	if (rc != RC_OK)
		return rc;
	int64_t id = db_last_id(db);
	rc = insert_postings(db, id, kept, left);
	if (rc == RC_OK)
		rc = add_balances(db, kept, left);
	if (rc == RC_OK && journal_id != NULL)
		*journal_id = id;
	return rc;
}

/* ---- balances ---- */

static enum rc
read_balance(struct db *db, const struct query *query, int64_t account_id, int64_t meter_id,
    struct ledger_balance *balance)
{
	struct rows *rows;
	enum rc rc = db_query(db, query, ARGS(I(account_id), I(meter_id)), &rows);

	*balance = (struct ledger_balance){ 0 };
	if (rc != RC_OK)
		return rc;
	rc = rows_next(rows);
	if (rc == RC_OK)
		*balance = (struct ledger_balance){ .transit_fen = rows_int(rows, 0),
			.credit_fen = rows_int(rows, 1),
			.payable_fen = rows_int(rows, 2) };
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
ledger_balance(struct db *db, int64_t account_id, int64_t meter_id, struct ledger_balance *balance)
{
	return read_balance(db, &Q[BALANCE], account_id, meter_id, balance);
}

enum rc
ledger_balance_lock(
    struct db *db, int64_t account_id, int64_t meter_id, struct ledger_balance *balance)
{
	/* What is not there cannot be locked. */
	enum rc rc = db_exec(db, &Q[BALANCE_MAKE], ARGS(I(account_id), I(meter_id)));

	return rc == RC_OK ? read_balance(db, &Q[BALANCE_LOCK], account_id, meter_id, balance) : rc;
}
