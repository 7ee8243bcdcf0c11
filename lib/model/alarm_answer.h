/*
 * alarm_answer.h - what people do with alarms. Each deed is a row of the alarm's story and of the
 * audit.
 */
#ifndef VOLTILL_ALARM_ANSWER_H
#define VOLTILL_ALARM_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "base/rc.h"
#include "model/operator.h"

enum alarm_deed { ALARM_ACKNOWLEDGE, ALARM_COMMENT, ALARM_MUTE, ALARM_UNMUTE };

#define ALARM_NOTE_MAX	  200 /* characters */
#define ALARM_ANSWERS_MAX 200 /* alarms at once */

struct alarm_answer {
	enum alarm_deed deed;
	const int64_t *alarms; /* the caller has seen to it that the reader may see them */
	size_t count;	       /* at most ALARM_ANSWERS_MAX */
	const char *note;      /* "" for none */
	int64_t until_at;      /* of a mute */
	struct operator_actor by;
};

/* In the caller's transaction. *done: of how many it changed something; an alarm that is
 * acknowledged already stays as it is. */
enum rc alarm_answer(struct db *db, const struct alarm_answer *answer, size_t *done);

#endif
