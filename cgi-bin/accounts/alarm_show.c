/* What the pages of alarms say in the same way. */
#include <string.h>

#include "alarm_page.h"
#include "base/money.h"
#include "form.h"
#include "model/alarm_answer.h"

static const char *const HOURS[] = { "1", "4", "24", "168", NULL };
static const int64_t HOUR_COUNTS[] = { 1, 4, 24, 168 };

static const struct form_field NOTE[] = {
	{ "note", FORM_TEXT, .max = ALARM_NOTE_MAX,
	    .offset = offsetof(struct alarm_deed_form, note) },
};
static const struct form_field NEEDED_NOTE[] = {
	{ "note", FORM_TEXT, true, ALARM_NOTE_MAX,
	    .offset = offsetof(struct alarm_deed_form, note) },
};
static const struct form_field MUTE[] = {
	{ "hours", FORM_CHOICE, true, 0, HOURS, offsetof(struct alarm_deed_form, hours) },
};

static const char *
amount_text(struct req *r, int64_t fen)
{
	char text[MONEY_TEXT_MAX];

	money_format(fen, text, sizeof(text));
	return arena_strdup(r->arena, text);
}

/* A value of the kind in its unit. */
static const char *
measure_text(struct req *r, enum alarm_kind kind, int64_t value)
{
	switch (kind) {
	case ALARM_LOW_CREDIT1:
	case ALARM_LOW_CREDIT2:
	case ALARM_ARREARS:
		return amount_text(r, value);
	case ALARM_OVERLOAD:
		return power_text(r, value);
	case ALARM_DISK_LOW:
		return decimal_text(r, value, 1);
	default:
		return number_text(r, value);
	}
}

/* Codes of other parts: why a meter is lost, what its relay does, what its register says. */
const char *
alarm_detail_text(struct req *r, enum alarm_kind kind, const char *detail)
{
	if (*detail == '\0')
		return "";
	if (kind == ALARM_RELAY_DISORDER)
		return view_word(r->view, arena_printf(r->arena, "Accounts.Why.%s", detail));
	if (kind == ALARM_OVERLOAD)
		return view_word(r->view, "Accounts.Alarms.Tripped");
	return trouble_text(r, detail);
}

const char *
alarm_says(struct req *r, enum alarm_kind kind, const struct alarm_row *row)
{
	const char *branch = row->has_threshold ? "Says" : "Found";
	const char *const values[] = { measure_text(r, kind, row->value),
		measure_text(r, kind, row->threshold) };
	const char *detail = alarm_detail_text(r, kind, row->detail);
	const char *text = "";

	if (row->has_value)
		text = view_phrase(r->view,
		    arena_printf(r->arena, "Accounts.Alarms.%s.%s", branch, alarm_kind_name(kind)),
		    values, 2);
	if (*text == '\0' || *detail == '\0')
		return *text != '\0' ? text : detail;
	return arena_printf(r->arena, "%s · %s", text, detail);
}

const char *
lasting_text(struct req *r, int64_t from_at, int64_t to_at)
{
	int64_t minutes = to_at > from_at ? (to_at - from_at) / CLOCK_MINUTE : 0;
	int64_t hours = minutes / 60, days = hours / 24;
	const char *key = days > 0 ? "LastingDays" : hours > 0 ? "LastingHours" : "LastingMinutes";
	const char *const values[] = { number_text(r, days > 0	  ? days
						      : hours > 0 ? hours
								  : minutes),
		number_text(r, days > 0 ? hours % 24 : minutes % 60) };

	return view_phrase(r->view, arena_printf(r->arena, "Accounts.Alarms.%s", key), values, 2);
}

static void
show_thing(struct req *r, struct node *node, const struct alarm_row *row)
{
	const char *href = NULL;

	if (row->meter_id != 0)
		href = arena_printf(r->arena, "/accounts/meters/%lld", (long long)row->meter_id);
	else if (row->gateway_id != 0 && may(r, PERM_BUS_VIEW))
		href =
		    arena_printf(r->arena, "/accounts/gateways/%lld", (long long)row->gateway_id);
	node_set(r->view, node, "ThingHref", href);
	node_set(r->view, node, "Subject", row->subject);
	node_set(r->view, node, "Place", row->place);
	node_set(r->view, node, "Tenant", row->tenant);
}

void
alarm_row_show(struct req *r, struct node *node, const struct alarm_row *row)
{
	int64_t until = row->ended_at != 0 ? row->ended_at : r->now;

	node_int(r->view, node, "Id", row->alarm_id);
	node_set(r->view, node, "Kind", alarm_kind_name(row->kind));
	node_set(r->view, node, "Severity", alarm_severity_name(alarm_severity(row->kind)));
	node_set(r->view, node, "Says", alarm_says(r, row->kind, row));
	show_thing(r, node, row);
	node_time(r->view, node, "Began", row->began_at, r->now, 0);
	node_time(r->view, node, "Ended", row->ended_at, r->now, 0);
	node_set(r->view, node, "Lasting", lasting_text(r, row->began_at, until));
	node_time(r->view, node, "Acknowledged", row->acknowledged_at, r->now, 0);
	node_set(r->view, node, "By", row->acknowledged_by);
	node_set(r->view, node, "Note", row->note);
	if (row->muted_until > r->now)
		node_time(r->view, node, "Muted", row->muted_until, r->now, 0);
	node_set(r->view, node, "Planned", *row->planned != '\0' ? row->planned : NULL);
	if (row->folded > 0)
		node_int(r->view, node, "Folded", row->folded);
}

void
alarm_tabs(struct req *r, const char *current)
{
	static const struct {
		const char *key, *href;
	} tabs[] = {
		{ "now", "/accounts/alarms" },
		{ "history", "/accounts/alarms?tab=history" },
		{ "plans", "/accounts/maintenance" },
		{ "rules", "/accounts/alarms/rules" },
	};
	struct node *list = view_node(r->view, "Tabs");

	for (size_t i = 0; i < COUNT(tabs); i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", tabs[i].key);
		node_set(r->view, node, "Href", tabs[i].href);
		node_bool(r->view, node, "Current", strcmp(tabs[i].key, current) == 0);
	}
}

enum rc
alarm_bell(struct req *r)
{
	const struct alarm_filter filter = {
		.scope = r->scope, .search = "", .state = ALARM_OPEN, .now = r->now
	};
	int64_t count = 0;

	if (r->is_fragment)
		return RC_OK;
	enum rc rc = alarm_count(r->db, &filter, &count);
	if (rc == RC_OK && count > 0)
		view_int(r->view, "Bell.Count", count);
	return rc;
}

void
alarm_hours_show(struct req *r)
{
	struct node *list = view_node(r->view, "Form.hours.Choice");

	for (size_t i = 0; HOURS[i] != NULL; i++)
		node_set(r->view, node_add(r->view, list), "Value", HOURS[i]);
}

enum rc
alarm_deed_read(
    struct req *r, bool is_mute, bool needs_note, struct alarm_deed_form *form, int64_t *until_at)
{
	*form = (struct alarm_deed_form){ .hours = 0 };
	*until_at = 0;
	enum rc rc = form_read(r, needs_note ? NEEDED_NOTE : NOTE, 1, form);
	if (is_mute && rc == RC_OK)
		rc = form_read(r, MUTE, COUNT(MUTE), form);
	if (is_mute && rc == RC_OK)
		*until_at = r->now + HOUR_COUNTS[form->hours] * CLOCK_HOUR;
	return rc;
}
