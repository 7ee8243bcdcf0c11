/*
 * room_names.h - "101-120, 1A 1B" as single names. Pure.
 */
#ifndef VOLTILL_ROOM_NAMES_H
#define VOLTILL_ROOM_NAMES_H

#include <stddef.h>

#include "model/place_edit.h"

#define ROOM_NAMES_MAX	    300 /* more rooms than any floor has */
#define ROOM_NAMES_TEXT_MAX 4000

struct room_names {
	char list[ROOM_NAMES_MAX][PLACE_NAME_MAX * 4 + 1];
	size_t count;
	char wrong[ROOM_NAMES_TEXT_MAX * 4 + 1]; /* the part that is wrong */
};

enum room_names_fault {
	ROOM_NAMES_OK,
	ROOM_NAMES_MANY,  /* more than ROOM_NAMES_MAX */
	ROOM_NAMES_RANGE, /* "120-101", "1-2-3" */
	ROOM_NAMES_LONG,
	ROOM_NAMES_TWICE,
};

/* Names stand apart by line ends, commas (also full-width ones and 、) or semicolons. "A101-A120"
 * counts the number at the end up, with its leading zeros, if what is before it is the same or left
 * out the second time; "B1-02" is a name. */
enum room_names_fault room_names_parse(const char *text, struct room_names *names);

#endif
