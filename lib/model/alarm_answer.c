#include "model/alarm_answer.h"

#include <assert.h>

#include "base/clock.h"
#include "model/edit.h"

enum { ACKNOWLEDGE, MUTE, NOTE };
static const struct query Q[] QUERIES = {
	[ACKNOWLEDGE] = { .sql = "UPDATE alarm SET acknowledged_at = ?, acknowledged_by = ?,"
				 " note = ? WHERE alarm_id = ? AND acknowledged_at IS NULL" },
	[MUTE] = { .sql = "UPDATE alarm SET muted_until = ? WHERE alarm_id = ?"
			  " AND (? IS NOT NULL OR muted_until IS NOT NULL)" },
	[NOTE] = { .sql = "INSERT INTO alarm_note (alarm_id, at, operator_id, deed, until_at, note)"
			  " VALUES (?, ?, ?, ?, ?, ?)" },
};

static const struct {
	const char *name, *action;
} DEEDS[] = {
	[ALARM_ACKNOWLEDGE] = { "acknowledge", "alarm.acknowledge" },
	[ALARM_COMMENT] = { "comment", "alarm.comment" },
	[ALARM_MUTE] = { "mute", "alarm.mute" },
	[ALARM_UNMUTE] = { "unmute", "alarm.unmute" },
};

/* RC_NOT_FOUND: there is nothing to change. */
static enum rc
change(struct db *db, const struct alarm_answer *answer, int64_t alarm_id)
{
	struct value until = answer->deed == ALARM_MUTE ? T(answer->until_at) : NIL;
	enum rc rc = RC_OK;

	if (answer->deed == ALARM_COMMENT)
		return RC_OK;
	if (answer->deed == ALARM_ACKNOWLEDGE)
		rc = db_exec(db, &Q[ACKNOWLEDGE],
		    ARGS(T(answer->by.now), I(answer->by.operator_id), S(answer->note),
			I(alarm_id)));
	else
		rc = db_exec(db, &Q[MUTE], ARGS(until, I(alarm_id), until));
	return rc == RC_OK && db_affected(db) == 0 ? RC_NOT_FOUND : rc;
}

static enum rc
note(struct db *db, const struct alarm_answer *answer, int64_t alarm_id)
{
	struct value until = answer->deed == ALARM_MUTE ? T(answer->until_at) : NIL;
	struct changes changes = { .count = 0 };
	char text[24];
	enum rc rc = db_exec(db, &Q[NOTE],
	    ARGS(I(alarm_id), T(answer->by.now), I(answer->by.operator_id),
		S(DEEDS[answer->deed].name), until, S(answer->note)));

	if (rc != RC_OK)
		return rc;
	if (answer->deed == ALARM_MUTE) {
		clock_format_minute(answer->until_at, text, sizeof(text));
		change_text(&changes, "muted_until", "", text);
	}
	return edit_audit(db, &answer->by, DEEDS[answer->deed].action, "alarm", alarm_id, &changes,
	    answer->note[0] != '\0' ? answer->note : NULL);
}

enum rc
alarm_answer(struct db *db, const struct alarm_answer *answer, size_t *done)
{
	enum rc rc = RC_OK;

	assert(answer->count <= ALARM_ANSWERS_MAX);
	*done = 0;
	for (size_t i = 0; i < answer->count; i++) {
		rc = change(db, answer, answer->alarms[i]);
		if (rc == RC_NOT_FOUND)
			continue;
		if (rc == RC_OK)
			rc = note(db, answer, answer->alarms[i]);
		if (rc != RC_OK)
			return rc;
		(*done)++;
	}
	return RC_OK;
}
