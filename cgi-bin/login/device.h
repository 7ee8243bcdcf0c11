/*
 * device.h - a browser's long name in two words that a person recognises.
 */
#ifndef VOLTILL_LOGIN_DEVICE_H
#define VOLTILL_LOGIN_DEVICE_H

struct device {
	const char *browser, *system; /* brand names, the same in every language; NULL: unknown */
};

struct device device_find(const char *user_agent);

#endif
