#include "model/permission.h"

#include <string.h>

#include "base/rc.h"

static const char *const NAMES[PERM_COUNT] = {
	[PERM_PUBLIC] = "",
	[PERM_SIGNED_IN] = "",
	[PERM_METER_VIEW] = "meter.view",
	[PERM_BUS_VIEW] = "bus.view",
	[PERM_EXPORT] = "export",
	[PERM_PLACE_EDIT] = "place.edit",
	[PERM_GATEWAY_EDIT] = "gateway.edit",
	[PERM_METER_EDIT] = "meter.edit",
	[PERM_METER_WRITE] = "meter.write",
	[PERM_METER_CONTROL] = "meter.control",
	[PERM_IMPORT] = "import",
	[PERM_TARIFF_VIEW] = "tariff.view",
	[PERM_TARIFF_EDIT] = "tariff.edit",
	[PERM_OPERATOR_EDIT] = "operator.edit",
	[PERM_AUDIT_VIEW] = "audit.view",
	[PERM_SETTING_EDIT] = "setting.edit",
	[PERM_ACCOUNT_VIEW] = "account.view",
	[PERM_ACCOUNT_EDIT] = "account.edit",
	[PERM_SALE_VIEW] = "sale.view",
	[PERM_SALE] = "sale.make",
	[PERM_REFUND] = "refund",
	[PERM_APPROVE] = "approve",
	[PERM_ADJUST] = "adjust",
	[PERM_SHIFT_ALL] = "shift.all",
	[PERM_LEDGER_CHECK] = "ledger.check",
	[PERM_FEE_EDIT] = "fee.edit",
	[PERM_ALARM_ACK] = "alarm.ack",
};

const char *
permission_name(enum permission permission)
{
	return (unsigned)permission < COUNT(NAMES) ? NAMES[permission] : "";
}

static enum permission
find(const char *name, size_t length)
{
	for (int p = PERM_SIGNED_IN + 1; p < PERM_COUNT; p++)
		if (strlen(NAMES[p]) == length && memcmp(NAMES[p], name, length) == 0)
			return (enum permission)p;
	return PERM_COUNT;
}

enum permission
permission_find(const char *name)
{
	return find(name, strlen(name));
}

permission_set
permission_parse(const char *names)
{
	permission_set set = (permission_set)1 << PERM_PUBLIC | (permission_set)1 << PERM_SIGNED_IN;
	while (*names != '\0') {
		size_t length = strcspn(names, ",");
		enum permission permission = find(names, length);
		if (permission != PERM_COUNT)
			set |= (permission_set)1 << permission;
		names += length + (names[length] == ',');
	}
	return set;
}
