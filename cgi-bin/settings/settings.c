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
