#include "base/mask.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TAIL	    4
#define HEAD	    3
#define HEAD_LENGTH 10 /* a number as long as this shows its beginning */

/* Bytes of the character that begins here. */
static size_t
character(const char *text)
{
	size_t length = 1;

	while (((unsigned char)text[length] & 0xc0) == 0x80)
		length++;
	return length;
}

void
mask_name(const char *name, char *text, size_t size)
{
	const char *last = name, *at = name;
	size_t count = 0;

	for (; *at != '\0'; at += character(at), count++)
		last = at;
	if (count == 0)
		snprintf(text, size, "%s", "");
	else if (count <= 2)
		snprintf(text, size, "%.*s*", (int)character(name), name);
	else
		snprintf(text, size, "%.*s**%s", (int)character(name), name, last);
}

void
mask_number(const char *number, char *text, size_t size)
{
	size_t length = strlen(number);
	int head = length >= HEAD_LENGTH ? HEAD : 0;

	if (length == 0)
		snprintf(text, size, "%s", "");
	else if (length <= TAIL)
		snprintf(text, size, "****");
	else
		snprintf(text, size, "%.*s****%s", head, number, number + length - TAIL);
}
