/* What a person says about an order for many meters: why, until when, when, how many. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "form.h"
#include "model/meter_keep.h"

#define AHEAD_MAX (METER_KEEP_DAYS * 24 * CLOCK_HOUR) /* of an order for a time to come, too */

enum { WHEN_NOW, WHEN_LATER };

static const char *const CAUSE_NAMES[CAUSES + 1] = { "none", "arrears", "safety", "works", "tenant",
	"moved", "holiday", "other", NULL };
static const char *const WHEN_NAMES[] = { "now", "later", NULL };

static const struct form_field FIELDS[] = {
	{ "cause", FORM_CHOICE, .choices = CAUSE_NAMES,
	    .offset = offsetof(struct control_wish, cause) },
	{ "reason", FORM_TEXT, .max = CONTROL_REASON_MAX,
	    .offset = offsetof(struct control_wish, reason) },
	{ "until", FORM_TEXT, .max = CONTROL_TIME_MAX,
	    .offset = offsetof(struct control_wish, until_text) },
	{ "when", FORM_CHOICE, .choices = WHEN_NAMES,
	    .offset = offsetof(struct control_wish, when) },
	{ "at", FORM_TEXT, .max = CONTROL_TIME_MAX,
	    .offset = offsetof(struct control_wish, at_text) },
	{ "count", FORM_UINT, .max = COMMAND_BATCH_MAX,
	    .offset = offsetof(struct control_wish, count) },
};

/* "2026-12-01T18:30" as a browser sends it, or with a space, in the site's zone. */
static enum rc
parse_minute(struct req *r, const char *text, int64_t *at)
{
	const char *rest = text + strlen("2026-12-01");
	struct day day;
	int hour, minute, end = 0;

	if (strlen(text) < strlen("2026-12-01T18:30") || (*rest != 'T' && *rest != ' ') ||
	    clock_parse_day(arena_strndup(r->arena, text, (size_t)(rest - text)), &day) != RC_OK ||
	    sscanf(rest + 1, "%2d:%2d%n", &hour, &minute, &end) != 2 || rest[1 + end] != '\0' ||
	    hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return RC_INVALID;
	/* A day with 23 or 25 hours: by how much the first guess is off. */
	*at = clock_day_start(day) + hour * CLOCK_HOUR + minute * CLOCK_MINUTE;
	struct civil civil = clock_civil(*at);
	*at += ((hour - civil.hour) * 60 + (minute - civil.minute)) * CLOCK_MINUTE;
	return RC_OK;
}

/* The way a browser wants it in a field for date and time. */
static void
format_minute(int64_t at, char *text, size_t size)
{
	clock_format_minute(at, text, size);
	text[strlen("2026-12-01")] = 'T';
}

static bool
needs_reason(const struct control_draft *draft)
{
	return draft->op == CONTROL_TRIP || draft->op == CONTROL_KEEP_ON;
}

int64_t
control_wish_begin(struct req *r, const struct control_draft *draft)
{
	struct control_wish wish = { .count = -1,
		.until_at = r->now - r->now % CLOCK_HOUR + 24 * CLOCK_HOUR };

	if (draft->op == CONTROL_KEEP_ON)
		format_minute(wish.until_at, wish.until_text, sizeof(wish.until_text));
	form_fill(r, FIELDS, COUNT(FIELDS) - 1, &wish);
	view_bool(r->view, "Form.cause.Required", needs_reason(draft));
	view_bool(r->view, "Form.until.Required", true);
	view_bool(r->view, "Form.count.Required", true);
	return wish.until_at;
}

static void
read_times(struct req *r, const struct control_draft *draft, struct control_wish *wish)
{
	if (wish->when == WHEN_LATER) {
		if (parse_minute(r, wish->at_text, &wish->not_before) != RC_OK)
			form_error(r, "at", "ControlTime");
		else if (wish->not_before <= r->now || wish->not_before > r->now + AHEAD_MAX)
			form_error(r, "at", "ControlAhead");
	}
	int64_t from = wish->not_before > r->now ? wish->not_before : r->now;
	if (draft->op != CONTROL_KEEP_ON)
		return;
	if (parse_minute(r, wish->until_text, &wish->until_at) != RC_OK)
		form_error(r, "until", "ControlTime");
	else if (wish->until_at <= from || wish->until_at > from + AHEAD_MAX)
		form_error(r, "until", "ControlUntil");
}

void
control_wish_read(struct req *r, const struct control_draft *draft, struct control_wish *wish)
{
	*wish = (struct control_wish){ .count = -1 };
	(void)form_read(r, FIELDS, COUNT(FIELDS), wish);
	view_bool(r->view, "Form.cause.Required", needs_reason(draft));
	view_bool(r->view, "Form.until.Required", true);
	view_bool(r->view, "Form.count.Required", true);
	if (needs_reason(draft) && wish->cause == CAUSE_NONE)
		form_error(r, "cause", "ControlCause");
	else if (wish->cause == CAUSE_OTHER && wish->reason[0] == '\0')
		form_error(r, "reason", "ControlReason");
	read_times(r, draft, wish);
}

static int64_t
read_number(const struct req *r, const char *name)
{
	int64_t value = -1;

	return sscanf(param_get(&r->body, name), "%" SCNd64, &value) == 1 ? value : -1;
}

void
control_wish_check(
    struct req *r, const struct control_draft *draft, const struct control_wish *wish)
{
	const char *const counts[] = { number_text(r, read_number(r, "expect")),
		number_text(r, (int64_t)draft->count) };
	char digest[20];
	int64_t most = r->session->limits.batch_max_meters;
	const char *const limit[] = { number_text(r, most) };

	(void)snprintf(digest, sizeof(digest), "%016" PRIx64, draft->digest);
	if (draft->going == 0)
		form_error(r, "", "ControlNothing");
	else if ((int64_t)draft->going > most)
		form_error_values(r, "", "OrderTooMany", limit, 1);
	else if (draft->is_all && read_number(r, "expect") != (int64_t)draft->count)
		form_error_values(r, "", "ControlAllChanged", counts, 2);
	else if (strcmp(digest, param_get(&r->body, "seen")) != 0)
		form_error(r, "", "ControlChanged");
	else if (draft->going >= CONTROL_COUNT_FROM && wish->count != (int64_t)draft->going)
		form_error(r, "count", "ControlCount");
}

const char *
control_reason(struct req *r, const struct control_wish *wish)
{
	if (wish->cause == CAUSE_NONE)
		return arena_strdup(r->arena, wish->reason);
	const char *word = view_word(
	    r->view, arena_printf(r->arena, "Control.Cause.%s", CAUSE_NAMES[wish->cause]));

	return wish->reason[0] == '\0' ? word
				       : arena_printf(r->arena, "%s: %s", word, wish->reason);
}
