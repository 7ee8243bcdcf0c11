#include "device.h"

#include <stddef.h>
#include <string.h>

#include "base/rc.h"

struct mark {
	const char *mark, *name;
};

/* Browsers name all those they descend from, so the youngest comes first. */
static const struct mark BROWSERS[] = {
	{ "MicroMessenger", "WeChat" },
	{ "DingTalk", "DingTalk" },
	{ "HuaweiBrowser", "Huawei Browser" },
	{ "MiuiBrowser", "Mi Browser" },
	{ "QQBrowser", "QQ Browser" },
	{ "UCBrowser", "UC Browser" },
	{ "SamsungBrowser", "Samsung Internet" },
	{ "Edg/", "Edge" },
	{ "EdgA/", "Edge" },
	{ "EdgiOS/", "Edge" },
	{ "OPR/", "Opera" },
	{ "FxiOS/", "Firefox" },
	{ "Firefox/", "Firefox" },
	{ "CriOS/", "Chrome" },
	{ "Chrome/", "Chrome" },
	{ "Chromium/", "Chromium" },
	{ "Safari/", "Safari" },
	{ "curl/", "curl" },
};

static const struct mark SYSTEMS[] = {
	{ "OpenHarmony", "HarmonyOS" },
	{ "HarmonyOS", "HarmonyOS" },
	{ "iPhone", "iPhone" },
	{ "iPad", "iPad" },
	{ "Android", "Android" },
	{ "Windows", "Windows" },
	{ "CrOS", "ChromeOS" },
	{ "Mac OS X", "macOS" },
	{ "Linux", "Linux" },
};

static const char *
find(const struct mark *marks, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(text, marks[i].mark) != NULL)
			return marks[i].name;
	return NULL;
}

struct device
device_find(const char *user_agent)
{
	return (struct device){
		.browser = find(BROWSERS, COUNT(BROWSERS), user_agent),
		.system = find(SYSTEMS, COUNT(SYSTEMS), user_agent),
	};
}
