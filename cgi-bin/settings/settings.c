#include "app.h"
#include "settings.h"

static const struct route routes[] = {
	{ GET, "/settings", PERM_SIGNED_IN, settings_start, .nav = "Settings" },

	{ GET, "/settings/places", PERM_PLACE_EDIT, places, .nav = "Places" },
	{ GET, "/settings/places/new", PERM_PLACE_EDIT, place_new, .nav = "Places" },
	{ POST, "/settings/places/new", PERM_PLACE_EDIT, place_new, .nav = "Places" },
	{ GET, "/settings/places/{id}", PERM_PLACE_EDIT, place_edit, .nav = "Places" },
	{ POST, "/settings/places/{id}", PERM_PLACE_EDIT, place_edit, .nav = "Places" },
	{ GET, "/settings/places/{id}/rooms", PERM_PLACE_EDIT, place_rooms, .nav = "Places" },
	{ POST, "/settings/places/{id}/rooms", PERM_PLACE_EDIT, place_rooms, .nav = "Places" },
	{ POST, "/settings/places/{id}/up", PERM_PLACE_EDIT, place_up, .nav = "Places" },
	{ POST, "/settings/places/{id}/down", PERM_PLACE_EDIT, place_down, .nav = "Places" },
	{ GET, "/settings/places/{id}/delete", PERM_PLACE_EDIT, place_ask_delete, .nav = "Places" },
	{ POST, "/settings/places/{id}/delete", PERM_PLACE_EDIT, place_delete, .nav = "Places" },

	{ GET, "/settings/gateways", PERM_GATEWAY_EDIT, gateways, .nav = "Gateways" },
	{ GET, "/settings/gateways/new", PERM_GATEWAY_EDIT, gateway_new, .nav = "Gateways" },
	{ POST, "/settings/gateways/new", PERM_GATEWAY_EDIT, gateway_new, .nav = "Gateways" },
	{ GET, "/settings/gateways/{id}", PERM_GATEWAY_EDIT, gateway_edit, .nav = "Gateways" },
	{ POST, "/settings/gateways/{id}", PERM_GATEWAY_EDIT, gateway_edit, .nav = "Gateways" },
	{ GET, "/settings/gateways/{id}/delete", PERM_GATEWAY_EDIT, gateway_ask_delete,
	    .nav = "Gateways" },
	{ POST, "/settings/gateways/{id}/delete", PERM_GATEWAY_EDIT, gateway_delete,
	    .nav = "Gateways" },
	{ GET, "/settings/gateways/{id}/bus", PERM_GATEWAY_EDIT, bus_new, .nav = "Gateways" },
	{ POST, "/settings/gateways/{id}/bus", PERM_GATEWAY_EDIT, bus_new, .nav = "Gateways" },
	{ GET, "/settings/buses/{id}", PERM_GATEWAY_EDIT, bus_edit, .nav = "Gateways" },
	{ POST, "/settings/buses/{id}", PERM_GATEWAY_EDIT, bus_edit, .nav = "Gateways" },
	{ POST, "/settings/buses/{id}/disable", PERM_GATEWAY_EDIT, bus_disable, .nav = "Gateways" },
	{ POST, "/settings/buses/{id}/enable", PERM_GATEWAY_EDIT, bus_enable, .nav = "Gateways" },
	{ GET, "/settings/buses/{id}/delete", PERM_GATEWAY_EDIT, bus_ask_delete,
	    .nav = "Gateways" },
	{ POST, "/settings/buses/{id}/delete", PERM_GATEWAY_EDIT, bus_delete, .nav = "Gateways" },

	{ GET, "/settings/models", PERM_METER_EDIT, models, .nav = "Models" },
	{ GET, "/settings/models/{id}", PERM_METER_EDIT, model_page, .nav = "Models" },
	{ GET, "/settings/audit", PERM_AUDIT_VIEW, audit_page, .nav = "Audit" },
	{ GET, "/settings/audit/{id}", PERM_AUDIT_VIEW, audit_one, .nav = "Audit" },
	{ GET, "/settings/system", PERM_SETTING_EDIT, system_form, .nav = "System" },
	{ POST, "/settings/system", PERM_SETTING_EDIT, system_save, .nav = "System" },
	{ GET, "/settings/system/receipt", PERM_SETTING_EDIT, system_form, .nav = "System" },
	{ POST, "/settings/system/receipt", PERM_SETTING_EDIT, system_save, .nav = "System" },
	{ GET, "/settings/system/alarms", PERM_SETTING_EDIT, system_form, .nav = "System" },
	{ POST, "/settings/system/alarms", PERM_SETTING_EDIT, system_save, .nav = "System" },
	{ GET, "/settings/system/password", PERM_SETTING_EDIT, system_form, .nav = "System" },
	{ POST, "/settings/system/password", PERM_SETTING_EDIT, system_save, .nav = "System" },
	{ GET, "/settings/system/sessions", PERM_SETTING_EDIT, system_form, .nav = "System" },
	{ POST, "/settings/system/sessions", PERM_SETTING_EDIT, system_save, .nav = "System" },
	{ GET, "/settings/system/keep", PERM_SETTING_EDIT, system_form, .nav = "System" },
	{ POST, "/settings/system/keep", PERM_SETTING_EDIT, system_save, .nav = "System" },
	{ GET, "/settings/system/sms", PERM_SETTING_EDIT, system_sms, .nav = "System" },
	{ GET, "/settings/system/sms/{id}", PERM_SETTING_EDIT, system_sms_form, .nav = "System" },
	{ POST, "/settings/system/sms/{id}", PERM_SETTING_EDIT, system_sms_save, .nav = "System" },
};

int
main(int argc, char **argv)
{
	return app_main(argc, argv, "settings", routes, COUNT(routes));
}
