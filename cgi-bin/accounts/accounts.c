#include "accounts.h"
#include "alarm_page.h"
#include "app.h"
#include "tenant.h"

static enum rc
start(struct req *r)
{
	return redirect(r, "/accounts/overview");
}

static const struct route routes[] = {
	{ GET, "/accounts", PERM_SIGNED_IN, start, .nav = "Overview" },
	{ GET, "/accounts/overview", PERM_METER_VIEW, overview, .nav = "Overview" },
	{ GET, "/accounts/board", PERM_METER_VIEW, board, .nav = "Board" },
	{ GET, "/accounts/meters", PERM_METER_VIEW, meters, .nav = "Meters" },
	{ GET, "/accounts/meters/{id}", PERM_METER_VIEW, meter, .nav = "Meters" },
	{ GET, "/accounts/meters/{id}/config", PERM_METER_VIEW, meter_config, .nav = "Meters" },
	{ GET, "/accounts/meters/{id}/replace", PERM_ACCOUNT_EDIT, change_replace,
	    .nav = "Accounts" },
	{ POST, "/accounts/meters/{id}/replace", PERM_ACCOUNT_EDIT, change_replace,
	    .nav = "Accounts", .confirms = true },
	{ GET, "/accounts/meters/{id}/move", PERM_ACCOUNT_EDIT, change_tenant_move,
	    .nav = "Accounts" },
	{ POST, "/accounts/meters/{id}/move", PERM_ACCOUNT_EDIT, change_tenant_move,
	    .nav = "Accounts", .confirms = true },
	{ GET, "/accounts/control", PERM_METER_CONTROL, control, .nav = "Board",
	    .also = PERM_METER_WRITE },
	{ POST, "/accounts/control", PERM_METER_CONTROL, control_send, .nav = "Board",
	    .confirms = true },
	{ GET, "/accounts/gateways", PERM_BUS_VIEW, gateways, .nav = "Gateways" },
	{ GET, "/accounts/gateways/{id}", PERM_BUS_VIEW, gateway, .nav = "Gateways" },

	{ GET, "/accounts/alarms", PERM_METER_VIEW, alarms, .nav = "Alarms" },
	{ POST, "/accounts/alarms", PERM_ALARM_ACK, alarms_answer, .nav = "Alarms" },
	{ GET, "/accounts/alarms/rules", PERM_METER_VIEW, alarm_rules, .nav = "Alarms" },
	{ GET, "/accounts/alarms/{id}", PERM_METER_VIEW, alarm_one, .nav = "Alarms" },
	{ POST, "/accounts/alarms/{id}/acknowledge", PERM_ALARM_ACK, alarm_acknowledge,
	    .nav = "Alarms" },
	{ POST, "/accounts/alarms/{id}/comment", PERM_ALARM_ACK, alarm_comment, .nav = "Alarms" },
	{ POST, "/accounts/alarms/{id}/mute", PERM_ALARM_ACK, alarm_mute, .nav = "Alarms" },
	{ POST, "/accounts/alarms/{id}/unmute", PERM_ALARM_ACK, alarm_unmute, .nav = "Alarms" },
	{ GET, "/accounts/maintenance", PERM_METER_VIEW, maintenance_page, .nav = "Alarms" },
	{ POST, "/accounts/maintenance", PERM_ALARM_ACK, maintenance_make, .nav = "Alarms" },
	{ POST, "/accounts/maintenance/{id}/cancel", PERM_ALARM_ACK, maintenance_end,
	    .nav = "Alarms" },

	{ GET, "/accounts/list", PERM_ACCOUNT_VIEW, account_pages, .nav = "Accounts" },
	{ GET, "/accounts/open", PERM_ACCOUNT_EDIT, open_start, .nav = "Accounts" },
	{ POST, "/accounts/open", PERM_ACCOUNT_EDIT, open_begin, .nav = "Accounts" },
	{ GET, "/accounts/open/{id}", PERM_ACCOUNT_EDIT, open_page, .nav = "Accounts" },
	{ POST, "/accounts/open/{id}", PERM_ACCOUNT_EDIT, open_save, .nav = "Accounts" },
	{ POST, "/accounts/open/{id}/read", PERM_ACCOUNT_EDIT, open_read, .nav = "Accounts" },
	{ POST, "/accounts/open/{id}/drop", PERM_ACCOUNT_EDIT, open_drop, .nav = "Accounts" },
	{ POST, "/accounts/open/{id}/create", PERM_ACCOUNT_EDIT, open_create, .nav = "Accounts" },
	{ GET, "/accounts/changes/{id}", PERM_ACCOUNT_VIEW, change_page, .nav = "Accounts" },
	{ POST, "/accounts/changes/{id}/install", PERM_ACCOUNT_EDIT, change_install,
	    .nav = "Accounts" },
	{ POST, "/accounts/changes/{id}/cancel", PERM_ACCOUNT_EDIT, change_cancel,
	    .nav = "Accounts" },
	{ POST, "/accounts/changes/{id}/go", PERM_ACCOUNT_EDIT, change_go, .nav = "Accounts" },
	{ GET, "/accounts/{id}", PERM_ACCOUNT_VIEW, account_page, .nav = "Accounts" },
	{ GET, "/accounts/{id}/statement", PERM_ACCOUNT_VIEW, account_statement,
	    .nav = "Accounts" },
	{ GET, "/accounts/{id}/edit", PERM_ACCOUNT_EDIT, account_edit_page, .nav = "Accounts" },
	{ POST, "/accounts/{id}/edit", PERM_ACCOUNT_EDIT, account_edit_page, .nav = "Accounts" },
	{ GET, "/accounts/{id}/meters", PERM_ACCOUNT_EDIT, account_meters_page, .nav = "Accounts" },
	{ POST, "/accounts/{id}/meters", PERM_ACCOUNT_EDIT, account_meters_page,
	    .nav = "Accounts" },
	{ GET, "/accounts/{id}/close", PERM_ACCOUNT_EDIT, account_close_page, .nav = "Accounts" },
	{ POST, "/accounts/{id}/close", PERM_ACCOUNT_EDIT, account_close_begin, .nav = "Accounts",
	    .confirms = true },
	{ GET, "/accounts/{id}/close/print", PERM_ACCOUNT_VIEW, account_close_print,
	    .nav = "Accounts" },
	{ POST, "/accounts/{id}/stay", PERM_ACCOUNT_EDIT, account_close_stay, .nav = "Accounts" },
	{ POST, "/accounts/{id}/settle", PERM_REFUND, account_close_settle, .nav = "Accounts",
	    .confirms = true },
};

int
main(int argc, char **argv)
{
	return app_main_background(argc, argv, "accounts", routes, COUNT(routes), accounts_advance);
}
