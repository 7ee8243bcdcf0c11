/* /accounts/alarms: what is wrong now, what was, and by which rules; answered where it stands. */
#include <string.h>

#include "alarm_page.h"
#include "base/text.h"
#include "export.h"
#include "form.h"
#include "list.h"
#include "model/alarm_answer.h"
#include "model/alarm_limit.h"
#include "model/maintenance.h"

#define PER_PAGE     50
#define REFRESH_S    60 /* without script; htmx asks every 15 s */
#define HISTORY_DAYS 30

static const char *const SORTS[] = { "-began", "severity", "kind", "subject", "ended", NULL };
static const char *const FILTERS[] = { "tab", "kind", "severity", "b", "state", "meter", "from",
	"to", NULL };

static const struct export_column COLUMNS[] = {
	{ "Accounts.Alarms.Severity", CELL_WORD, 10, "Accounts.Alarms.Level" },
	{ "Word.Alarm", CELL_WORD, 20, "Alarm" },
	{ "Word.Place", CELL_TEXT, 24, NULL },
	{ "Word.Tenant", CELL_TEXT, 24, NULL },
	{ "Accounts.Alarms.Object", CELL_TEXT, 24, NULL },
	{ "Accounts.Alarms.Value", CELL_TEXT, 20, NULL },
	{ "Accounts.Alarms.Limit", CELL_TEXT, 12, NULL },
	{ "Accounts.Alarms.Began", CELL_TIME, 20, NULL },
	{ "Accounts.Alarms.Ended", CELL_TIME, 20, NULL },
	{ "Accounts.Alarms.Minutes", CELL_INT, 12, NULL },
	{ "Accounts.Alarms.FoldedMeters", CELL_INT, 12, NULL },
	{ "Accounts.Alarms.AcknowledgedAt", CELL_TIME, 20, NULL },
	{ "Accounts.Alarms.AcknowledgedBy", CELL_TEXT, 14, NULL },
	{ "Accounts.Alarms.Note", CELL_TEXT, 30, NULL },
	{ "Accounts.Alarms.MutedUntil", CELL_TIME, 20, NULL },
	{ "Accounts.Alarms.PlannedWork", CELL_TEXT, 30, NULL },
};

struct span {
	struct day from, to;
};
static const struct form_field SPAN_FIELDS[] = {
	{ "from", FORM_DAY, .offset = offsetof(struct span, from) },
	{ "to", FORM_DAY, .offset = offsetof(struct span, to) },
};

static int64_t
read_id(struct req *r, const char *name)
{
	int64_t id = 0;

	return text_parse_uint(param_get(&r->query, name), UINT32_MAX, &id) == RC_OK ? id : 0;
}

static uint32_t
read_kinds(struct req *r)
{
	enum alarm_kind kind = alarm_kind_find(param_get(&r->query, "kind"));
	enum alarm_severity severity = alarm_severity_find(param_get(&r->query, "severity"));
	uint32_t kinds = 0;

	for (enum alarm_kind i = 0; i < ALARM_KINDS; i++)
		if ((kind == ALARM_KINDS || kind == i) &&
		    (severity == ALARM_SEVERITIES || severity == alarm_severity(i)))
			kinds |= 1u << i;
	return kinds != 0 ? kinds : ALARM_NO_KIND;
}

/* A history looks at the last days unless other days are asked for. */
static void
read_span(struct req *r, struct alarm_filter *filter)
{
	struct day today = clock_day(r->now);
	struct span span = { clock_day_add(today, -HISTORY_DAYS), today };

	if (!filter->is_history)
		return;
	if (form_read(r, SPAN_FIELDS, COUNT(SPAN_FIELDS), &span) == RC_OK &&
	    span.from.number > span.to.number)
		form_error(r, "from", "FromAfterTo");
	if (r->status == 200)
		form_fill(r, SPAN_FIELDS, COUNT(SPAN_FIELDS), &span);
	filter->from_at = clock_day_start(span.from);
	filter->to_at = clock_day_start(clock_day_add(span.to, 1));
}

static void
read_filter(struct req *r, const struct list *list, struct alarm_filter *filter)
{
	*filter = (struct alarm_filter){ .scope = r->scope,
		.is_history = strcmp(param_get(&r->query, "tab"), "history") == 0,
		.search = list->search,
		.kinds = read_kinds(r),
		.building_id = read_id(r, "b"),
		.meter_id = read_id(r, "meter"),
		.state = alarm_state_find(param_get(&r->query, "state")),
		.now = r->now,
		.sort = list->sort,
		.is_descending = list->is_descending,
		.limit = list_limit(list),
		.offset = list_offset(list) };
	read_span(r, filter);
}

/* ---- filters ---- */

static void
word_choice(
    struct req *r, const char *field, const char *branch, const char *code, const char *chosen)
{
	struct node *list = view_node(r->view, arena_printf(r->arena, "Form.%s.Choice", field));
	struct node *node = node_add(r->view, list);

	node_set(r->view, node, "Value", code);
	node_set(r->view, node, "Text",
	    view_word(r->view,
		*code != '\0' ? arena_printf(r->arena, "%s.%s", branch, code) : "Word.All"));
	node_bool(r->view, node, "Selected", strcmp(code, chosen) == 0);
}

static void
show_choices(struct req *r)
{
	const char *kind = param_get(&r->query, "kind");
	const char *severity = param_get(&r->query, "severity");
	const char *state = param_get(&r->query, "state");

	word_choice(r, "severity", "Accounts.Alarms.Level", "", severity);
	for (int i = ALARM_SEVERITIES - 1; i >= 0; i--)
		word_choice(r, "severity", "Accounts.Alarms.Level",
		    alarm_severity_name((enum alarm_severity)i), severity);
	word_choice(r, "kind", "Alarm", "", kind);
	for (enum alarm_kind i = 0; i < ALARM_KINDS; i++)
		word_choice(r, "kind", "Alarm", alarm_kind_name(i), kind);
	word_choice(r, "state", "Accounts.Alarms.State", "", state);
	for (enum alarm_state i = ALARM_OPEN; i < ALARM_STATES; i++)
		word_choice(r, "state", "Accounts.Alarms.State", alarm_state_name(i), state);
}

static enum rc
show_buildings(struct req *r, int64_t chosen)
{
	const struct meter_snapshot *snapshot;
	int64_t last = 0;
	enum rc rc = meter_snapshot(r->db, r->arena, r->scope, r->now, &snapshot);

	if (rc != RC_OK)
		return rc;
	choice_add(r, "b", 0, view_word(r->view, "Word.All"), chosen);
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct meter *meter = &snapshot->list[i];
		if (meter->building_id == 0 || meter->building_id == last)
			continue;
		last = meter->building_id;
		choice_add(r, "b", last, meter->building, chosen);
	}
	return RC_OK;
}

/* ---- the page ---- */

static enum rc
show_rows(struct req *r, const struct alarm_filter *filter)
{
	struct node *list = view_node(r->view, "Rows");
	struct alarm_row *rows;
	size_t count;
	enum rc rc = alarm_rows(r->db, r->arena, filter, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		alarm_row_show(r, node_add(r->view, list), &rows[i]);
	return rc;
}

static enum rc
answer_export(struct req *r, const struct list *list, const struct alarm_filter *filter)
{
	struct rows *rows;

	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	enum rc rc = alarm_export(r->db, filter, &rows);
	return rc != RC_OK ? rc
			   : export_answer(r, list->format, "Accounts.Alarms.Title",
				 param_get(&r->query, "q"), COLUMNS, COUNT(COLUMNS), rows);
}

static enum rc
show_list(struct req *r)
{
	struct alarm_filter filter;
	struct list list;
	int64_t total;
	enum rc rc;

	list_read(r, SORTS, PER_PAGE, &list);
	read_filter(r, &list, &filter);
	if (list.format != LIST_PAGE && r->status == 200)
		return answer_export(r, &list, &filter);
	if ((rc = alarm_count(r->db, &filter, &total)) != RC_OK)
		return rc;
	list_clamp(&list, total);
	filter.offset = list_offset(&list);
	if ((rc = show_rows(r, &filter)) != RC_OK ||
	    (rc = show_buildings(r, filter.building_id)) != RC_OK || (rc = alarm_bell(r)) != RC_OK)
		return rc;
	show_choices(r);
	alarm_tabs(r, filter.is_history ? "history" : "now");
	alarm_hours_show(r);
	view_bool(r->view, "IsHistory", filter.is_history);
	view_bool(r->view, "MayAnswer", may(r, PERM_ALARM_ACK));
	list_view(r, &list, total, FILTERS);
	if (!filter.is_history)
		view_int(r->view, "Page.Refresh", REFRESH_S);
	return page(r, "accounts/alarms.cs");
}

enum rc
alarms(struct req *r)
{
	return show_list(r);
}

/* ---- answers ---- */

static const char *const DEEDS[] = { "acknowledge", "mute", NULL };
static const struct form_field DEED[] = {
	{ "deed", FORM_CHOICE, true, 0, DEEDS, 0 },
};

struct answering {
	struct alarm_answer answer;
	int64_t alarms[ALARM_ANSWERS_MAX];
	size_t done;
};

static enum rc
work(struct db *db, void *context)
{
	struct answering *answering = context;

	return alarm_answer(db, &answering->answer, &answering->done);
}

/* Of the ticked those that the reader may see; what ended meanwhile is there still. */
static enum rc
read_ticks(struct req *r, struct answering *answering)
{
	struct alarm_row row;
	const char *typed;
	int64_t id;

	for (size_t n = 0; (typed = param_nth(&r->body, "alarm", n)) != NULL; n++) {
		if (text_parse_uint(typed, INT64_MAX, &id) != RC_OK ||
		    answering->answer.count == ALARM_ANSWERS_MAX)
			continue;
		enum rc rc = alarm_find(r->db, r->arena, r->scope, id, &row);
		if (rc == RC_OK)
			answering->alarms[answering->answer.count++] = id;
		else if (rc != RC_NOT_FOUND)
			return rc;
	}
	return RC_OK;
}

enum rc
alarms_answer(struct req *r)
{
	struct answering answering = { .done = 0 };
	struct alarm_deed_form form;
	int64_t deed = 0, until_at;
	enum rc rc = form_read(r, DEED, COUNT(DEED), &deed);

	if (rc == RC_OK)
		rc = alarm_deed_read(r, deed == 1, false, &form, &until_at);
	if (rc != RC_OK)
		return show_list(r);
	answering.answer =
	    (struct alarm_answer){ .deed = deed == 1 ? ALARM_MUTE : ALARM_ACKNOWLEDGE,
		    .alarms = answering.alarms,
		    .note = form.note,
		    .until_at = until_at,
		    .by = editor(r) };
	rc = read_ticks(r, &answering);
	if (rc == RC_OK)
		rc = edit_save(r, work, &answering);
	if (rc != RC_OK)
		return rc;
	const char *const values[] = { number_text(r, (int64_t)answering.done) };
	flash_values(r, deed == 1 ? "AlarmsMuted" : "AlarmsAcknowledged", values, 1);
	return redirect(r, "/accounts/alarms");
}

/* ---- rules ---- */

static void
show_limit(
    struct req *r, struct node *node, enum alarm_kind kind, const struct alarm_limits *limits)
{
	const char *values[] = { NULL, NULL };

	switch (kind) {
	case ALARM_LOW_CREDIT1:
	case ALARM_LOW_CREDIT2:
		values[0] = money_text(
		    r, kind == ALARM_LOW_CREDIT1 ? limits->credit1_fen : limits->credit2_fen);
		values[1] = number_text(r,
		    kind == ALARM_LOW_CREDIT1 ? limits->credit1_percent : limits->credit2_percent);
		break;
	case ALARM_CLOCK_DRIFT:
		values[0] = number_text(r, limits->clock_ms / CLOCK_MINUTE);
		break;
	case ALARM_SPOOL_GROWING:
		values[0] = number_text(r, limits->spool_ms / CLOCK_MINUTE);
		break;
	case ALARM_DISK_LOW:
		values[0] = number_text(r, limits->disk_permille / 10);
		break;
	default:
		break;
	}
	bool is_percent = values[1] != NULL && limits->is_percent;
	node_set(r->view, node, "Rule",
	    view_phrase(r->view,
		arena_printf(r->arena, "Accounts.Alarms.Rule%s.%s", is_percent ? "Percent" : "",
		    alarm_kind_name(kind)),
		values,
		values[0] == NULL   ? 0
		: values[1] == NULL ? 1
				    : 2));
}

enum rc
alarm_rules(struct req *r)
{
	struct node *list = view_node(r->view, "Rules");
	struct alarm_limits limits;
	enum rc rc = alarm_limits_read(r->db, &limits);

	if (rc != RC_OK)
		return rc;
	for (int s = ALARM_SEVERITIES - 1; s >= 0; s--)
		for (enum alarm_kind kind = 0; kind < ALARM_KINDS; kind++) {
			if ((int)alarm_severity(kind) != s)
				continue;
			struct node *node = node_add(r->view, list);
			node_set(r->view, node, "Kind", alarm_kind_name(kind));
			node_set(
			    r->view, node, "Severity", alarm_severity_name((enum alarm_severity)s));
			node_bool(r->view, node, "IsOff",
			    (ALARM_RULED & ALARM_BIT(kind)) != 0 &&
				(limits.kinds & ALARM_BIT(kind)) == 0);
			node_bool(r->view, node, "IsPlannable", alarm_is_plannable(kind));
			show_limit(r, node, kind, &limits);
		}
	alarm_tabs(r, "rules");
	view_set(r->view, "Page.Title", view_word(r->view, "Accounts.Alarms.RulesTitle"));
	view_bool(r->view, "MaySet", may(r, PERM_SETTING_EDIT));
	return page(r, "accounts/alarm_rules.cs");
}
