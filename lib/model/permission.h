/*
 * permission.h - what an operator may do.
 *
 * Routes declare one permission; role_permission holds names. PUBLIC needs no session, SIGNED_IN
 * any session; every other permission is a row of the operator's role.
 */
#ifndef VOLTILL_PERMISSION_H
#define VOLTILL_PERMISSION_H

#include <stdint.h>

enum permission {
	PERM_PUBLIC,
	PERM_SIGNED_IN,
	PERM_METER_VIEW,    /* "meter.view": overview, board, meters and their readings */
	PERM_BUS_VIEW,	    /* "bus.view": gateways, buses, success rates */
	PERM_EXPORT,	    /* "export": Excel and CSV of what may be seen */
	PERM_PLACE_EDIT,    /* "place.edit": the tree of places */
	PERM_GATEWAY_EDIT,  /* "gateway.edit": gateways, buses, scan and test of a bus */
	PERM_METER_EDIT,    /* "meter.edit": meters and what the database says about them */
	PERM_METER_WRITE,   /* "meter.write": orders that write into meters */
	PERM_METER_CONTROL, /* "meter.control": trip, keep on, back to prepaid, read now, set clocks
			     */
	PERM_IMPORT,	    /* "import": files with places, gateways, buses, meters, accounts */
	PERM_TARIFF_VIEW,   /* "tariff.view": prices and the calendar */
	PERM_TARIFF_EDIT,   /* "tariff.edit": drafts, publishing, which meter has which tariff */
	PERM_OPERATOR_EDIT, /* "operator.edit": operators, roles, scopes; never with audit.view */
	PERM_AUDIT_VIEW,    /* "audit.view": who did what */
	PERM_SETTING_EDIT,  /* "setting.edit": settings of the installation */
	PERM_ACCOUNT_VIEW,  /* "account.view": tenants, their accounts and what they bought */
	PERM_ACCOUNT_EDIT,  /* "account.edit": open, change and close accounts, replace their meters
			     */
	PERM_SALE_VIEW,	    /* "sale.view": documents and receipts */
	PERM_SALE,	    /* "sale.make": sell at the counter, with a shift of one's own */
	PERM_REFUND,	    /* "refund": refunds and reversals, within the limits of the role */
	PERM_APPROVE,	    /* "approve": be the second person */
	PERM_ADJUST,	    /* "adjust": adjustments, held deliveries, meters whose sales are stopped */
	PERM_SHIFT_ALL,	    /* "shift.all": shifts of everybody, and the end of the business day */
	PERM_LEDGER_CHECK,  /* "ledger.check": the proof that all books agree */
	PERM_FEE_EDIT,	    /* "fee.edit": fees beside the energy */
	PERM_ALARM_ACK,	    /* "alarm.ack": answer alarms, plan work that explains them */
	PERM_COUNT
};

typedef uint64_t permission_set; /* bit n = enum permission n */

const char *permission_name(enum permission permission); /* "meter.view"; "" for the first two */
/* The permission of that name, PERM_COUNT if unknown (an older program, a newer database). */
enum permission permission_find(const char *name);
/* What someone who is signed in may do, from the names of the role with commas between; unknown
 * names give nothing. */
permission_set permission_parse(const char *names);

#endif
