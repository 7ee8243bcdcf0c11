/*
 * approval.h - the second person.
 *
 * Who asks writes a row; another operator with the right "approve" says yes, and then it is done in
 * the same transaction, or no. Nobody approves what he asked for (W-25): RC_DENIED.
 */
#ifndef VOLTILL_APPROVAL_H
#define VOLTILL_APPROVAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/operator.h"
#include "model/scope.h"

enum approval_kind {
	APPROVAL_REFUND,     /* sale_id */
	APPROVAL_REVERSAL,   /* sale_id: of the reversal */
	APPROVAL_ADJUSTMENT, /* sale_id */
	APPROVAL_HELD, /* command_id; payload "delivered|not_delivered COUNT CREDIT_FEN ENERGY_WH"
			*/
	APPROVAL_EXPLAIN, /* meter_id; payload "COUNT CREDIT_FEN ENERGY_WH": adopt what the meter
			     shows; amount_fen: what no order and no use explains */
	APPROVAL_CHANGE,  /* meter_change_id: the old meter is dead, manual figures */
	APPROVAL_CLOSING, /* meter_id; payload "ACCOUNT CREDIT_FEN ENERGY_WH": manual final reading
			   */
	APPROVAL_KINDS
};
const char *approval_kind_name(enum approval_kind kind); /* "refund", under T.Approval.Kind */

struct approval {
	int64_t approval_id;
	enum approval_kind kind;
	int64_t sale_id, command_id, meter_id, meter_change_id; /* 0: none */
	int64_t amount_fen;
	const char *payload, *reason, *note;
	int64_t asked_by, asked_at, decided_by, decided_at; /* decided_at 0: open */
	const char *outcome; /* "", "approved", "rejected", "withdrawn" */
	const char *asked_name, *decided_name;
	const char *place, *number, *tenant; /* of the meter it is about; place: "1号楼 101" */
	const char *receipt_number;	     /* of the sale; "" without one */
	int64_t account_id;
};

struct approval_ask {
	enum approval_kind kind;
	int64_t sale_id, command_id, meter_id, meter_change_id, amount_fen;
	const char *payload, *reason;
	struct operator_actor by;
};
/* In the caller's transaction. RC_CONFLICT: the same thing is asked for already. Audited
 * ("approval.ask"). */
enum rc approval_ask(struct db *db, const struct approval_ask *ask, int64_t *approval_id);

/* Does it. RC_DENIED: by who asked. RC_INVALID: not at this moment, faults (field "") say why, such
 * as InFlight; it stays open. RC_CONFLICT: decided already, or it cannot be done any more: then it
 * is rejected, and its note is "#", a key of T.Error and its values, with tabs between. Audited
 * ("approval.approve", "approval.reject"). */
enum rc approval_approve(struct db *db, int64_t approval_id, const char *note,
    const struct operator_actor *by, struct faults *faults);
/* Whoever asked may take it back (withdrawn, "approval.withdraw"), everybody else who may approve
 * can reject ("approval.reject"). RC_CONFLICT: decided already. */
enum rc approval_reject(
    struct db *db, int64_t approval_id, const char *note, const struct operator_actor *by);

/* RC_NOT_FOUND when there is none in the scope. */
enum rc approval_find(struct db *db, struct arena *arena, const struct scope *scope,
    int64_t approval_id, struct approval *approval);
/* Open ones first, newest first. */
struct approval_filter {
	const struct scope *scope;
	int is_open;	    /* 1: open, 0: decided, -1: all */
	const char *search; /* folded; in place, number, tenant, receipt, persons, reason; "": all
			     */
	int64_t limit, offset;
};
enum rc approval_list(struct db *db, struct arena *arena, const struct approval_filter *filter,
    struct approval **list, size_t *count, int64_t *total);
/* asked_at, kind, place, number, tenant, amount_fen, reason, who asked, outcome (NULL:
 * open), who decided, decided_at, note, receipt number: for the export, up to a million. */
enum rc approval_export(struct db *db, const struct approval_filter *filter, struct rows **rows);
enum rc approval_count_open(struct db *db, const struct scope *scope, int64_t *count);

#endif
