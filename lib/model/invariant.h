/*
 * invariant.h - what must hold in the books at any moment, proved by SQL.
 *
 * Each invariant is one statement that returns what is off, so each sees the books as of one moment
 * and sales may go on meanwhile. None changes anything. Words for people are under T.Invariant by
 * code. The first 22 are those of the specification (reliability.md §3.4), read for this schema:
 *
 *   I01 the postings of a journal sum to zero            I02 a journal has two or more
 *   I03 a document's journals have its amounts           I04 receipts 1..n without a gap
 *   I05 the receipt counter is the last number           I06 what is booked has its order
 *   I07 the order has the amount of its document         I08 a reversal is of a purchase, once,
 *       later, of the same meter and amount              I09 what was delivered is only reversed
 *       by a deduction                                   I10 a cancelled purchase was reversed
 *   I11 purchase counts follow each other in an epoch    I12 what was sent has its intent
 *   I13 the meter's count and credit are the ledger's    I14 what is done is booked
 *   I15 credit of a meter = base + delivered - used      I16 readings never go back
 *   I17 of one meter one order is in flight              I18 the chain of the audit is whole
 *   I19 the audit is sealed in time                      I20 a document has its audit row
 *   I21 nothing lies in the future                       I22 nothing is stuck for more than a day,
 *       but what waits for a meter that is lost
 *
 *   I23 ledger_balance is what the postings say          I24 days of use follow each other, each
 *       adds up                                          I25 an open account has a meter, a closed
 *       one has none and owes nothing                    I26 an epoch's count is base + delivered
 *   I27 a document's state is that of its order and its journals
 *   I28 a shift's cash is what was taken and given       I29 command and delivery agree
 *   I30 two persons are two                              I31 a journal has the ledgers of its kind
 *   I32 a closed day stays closed                        I33 the lines of a document sum up
 *   I34 meter, account and epoch agree                   I35 what a journal names exists
 *   I36 a day's use is booked as it says                 I37 credit in the ledger is the last
 *       closing and what came since                      I38 a posting names what its ledger is
 *       kept by
 */
#ifndef VOLTILL_INVARIANT_H
#define VOLTILL_INVARIANT_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"

struct invariant {
	const char *code; /* "I01" */
	const char *rule; /* in English, for the command line */
};
const struct invariant *invariant_list(size_t *count);

#define INVARIANT_SAMPLE_MAX 1000

struct invariant_result {
	int64_t violations, took_ms;
	char sample[INVARIANT_SAMPLE_MAX + 1]; /* the first of what is off, a line each */
};
/* Looks at one, by its index in the list. */
enum rc invariant_check(struct db *db, size_t index, int64_t now, struct invariant_result *result);

/* Looks at all, stores results and the end of the run. Needs the rights of voltill_nightly or
 * voltill_admin. */
enum rc invariant_run(struct db *db, int64_t check_run_id, int64_t *violations);

#endif
