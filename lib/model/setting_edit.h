/*
 * setting_edit.h - the settings of the business as people see and change them.
 *
 * One table says of every setting which group it belongs to, what it may be, and what it is when
 * nobody has set it. Values are stored as canonical text ("60", "5000" fen, "1", "22:00"); people
 * type and read "50.00". A group is saved as a whole: nobody sees half of a change, and the second
 * of two editors is told.
 */
#ifndef VOLTILL_SETTING_EDIT_H
#define VOLTILL_SETTING_EDIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/fault.h"
#include "model/sms.h"

#define SETTING_VALUE_MAX  (SMS_TEXT_MAX * 4) /* bytes; the column has 1000 characters */
#define SETTING_FIELD_MAX  48
#define SETTING_GROUP_SIZE 16 /* settings of the largest group */

enum setting_group {
	SETTING_SITE = 1, /* object_id of the audit: numbers stay */
	SETTING_RECEIPT = 2,
	SETTING_ALARM = 3,
	SETTING_PASSWORD = 4,
	SETTING_SESSION = 5,
	SETTING_KEEP = 6,
	SETTING_LOGO = 7,  /* site_image.h */
	SETTING_RULES = 8, /* of alarms */
	SETTING_SMS = 10,  /* + enum sms_event */
};

enum setting_kind {
	SETTING_TEXT,	/* min … max characters */
	SETTING_LINES,	/* the same with line feeds */
	SETTING_NUMBER, /* min … max */
	SETTING_MONEY,	/* fen, min … max */
	SETTING_CHOICE,
	SETTING_FLAG,
	SETTING_CLOCK, /* "22:00"; "" for none */
	SETTING_ZONE,
	SETTING_TEMPLATE, /* text of a short message */
};

struct setting_spec {
	const char *name;
	enum setting_group group;
	enum setting_kind kind;
	int64_t min, max;
	const char *fallback;	    /* stored form */
	const char *const *choices; /* NULL-terminated */
	const char *unit;	    /* key under T.Unit, or NULL */
};

/* The settings of a group, in the order of the page. */
const struct setting_spec *setting_group(enum setting_group group, size_t *count);
const struct setting_spec *setting_spec(const char *name); /* NULL: there is none */
const char *setting_name(size_t index); /* of all settings, one after the other; NULL at the end */

/* "alarm.credit1_fen" -> "alarm_credit1_fen": field of the form and of the audit. */
void setting_field(const struct setting_spec *spec, char field[SETTING_FIELD_MAX]);

/* Reads what was typed. RC_INVALID: a fault is added; value has SETTING_VALUE_MAX + 1 bytes. */
enum rc setting_parse(
    const struct setting_spec *spec, const char *typed, char *value, struct faults *faults);
/* What a person types for a stored value. out has SETTING_VALUE_MAX + 1 bytes. */
void setting_format(const struct setting_spec *spec, const char *value, char *out);

/* What belongs together: alarm 2 below alarm 1 and the like. values in the order of the group. */
enum rc setting_check(enum setting_group group, const char *const *values, struct faults *faults);

struct setting_state {
	const char *value;  /* stored, or the default; in the arena */
	const char *by;	    /* who set it last; "": nobody since the installation */
	int64_t changed_at; /* 0: never stored */
};
/* states has SETTING_GROUP_SIZE elements. *revision names this state of the group. */
enum rc setting_read(struct db *db, enum setting_group group, struct arena *arena,
    struct setting_state *states, int64_t *revision);

struct setting_actor {
	int64_t operator_id; /* 0: a program, named by actor */
	const char *actor, *address;
	int64_t now;
};
/* Stores the values that differ, with one audit row ("setting.change", object "setting", the
 * group's number). RC_CONFLICT: somebody saved after revision; *revision is then the present one.
 * Values must have passed setting_parse and setting_check. *count: how many changed. */
enum rc setting_save(struct db *db, enum setting_group group, const char *const *values,
    int64_t *revision, const struct setting_actor *by, size_t *count);

#endif
