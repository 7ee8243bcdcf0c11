#include "app.h"
#include "settings.h"

static const struct route routes[] = {
	{ GET, "/settings", PERM_SIGNED_IN, settings_start, .nav = "Settings" },
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
