/* /accounts/maintenance: planned work, so that what it brings about is not taken for a fault. */
#include <string.h>

#include "alarm_page.h"
#include "export.h"
#include "form.h"
#include "list.h"
#include "model/maintenance.h"

#define PER_PAGE 50

static const char *const SORTS[] = { "-begins", "place", NULL };
static const char *const FILTERS[] = { NULL };

static const struct export_column COLUMNS[] = {
	{ "Word.Place", CELL_TEXT, 30, NULL },
	{ "Word.From", CELL_TIME, 20, NULL },
	{ "Word.To", CELL_TIME, 20, NULL },
	{ "Accounts.Plans.Reason", CELL_TEXT, 40, NULL },
	{ "Accounts.Plans.By", CELL_TEXT, 14, NULL },
	{ "Accounts.Plans.CancelledAt", CELL_TIME, 20, NULL },
	{ "Accounts.Plans.CancelledBy", CELL_TEXT, 14, NULL },
	{ "Accounts.Plans.Alarms", CELL_INT, 10, NULL },
};

#define CLOCK_CHARS 5

struct plan_form {
	int64_t place;
	struct day from_day, to_day;
	char from_time[CLOCK_CHARS * 4 + 1], to_time[CLOCK_CHARS * 4 + 1];
	char reason[MAINTENANCE_REASON_MAX * 4 + 1];
};

static const struct form_field FIELDS[] = {
	{ "place", FORM_UINT, true, UINT32_MAX, NULL, offsetof(struct plan_form, place) },
	{ "from_day", FORM_DAY, true, 0, NULL, offsetof(struct plan_form, from_day) },
	{ "from_time", FORM_TEXT, true, CLOCK_CHARS, NULL, offsetof(struct plan_form, from_time) },
	{ "to_day", FORM_DAY, true, 0, NULL, offsetof(struct plan_form, to_day) },
	{ "to_time", FORM_TEXT, true, CLOCK_CHARS, NULL, offsetof(struct plan_form, to_time) },
	{ "reason", FORM_TEXT, true, MAINTENANCE_REASON_MAX, NULL,
	    offsetof(struct plan_form, reason) },
};

/* ---- the list ---- */

static void
show_row(struct req *r, struct node *node, const struct maintenance *plan)
{
	bool is_over = plan->cancelled_at != 0 || plan->ends_at <= r->now;

	node_int(r->view, node, "Id", plan->maintenance_id);
	node_set(r->view, node, "Place", plan->place);
	node_time(r->view, node, "From", plan->begins_at, r->now, 0);
	node_time(r->view, node, "To", plan->ends_at, r->now, 0);
	node_set(r->view, node, "Reason", plan->reason);
	node_set(r->view, node, "By", plan->created_by);
	node_set(r->view, node, "State",
	    plan->cancelled_at != 0    ? "cancelled"
	    : plan->ends_at <= r->now  ? "over"
	    : plan->begins_at > r->now ? "coming"
				       : "now");
	node_set(r->view, node, "CancelledBy", plan->cancelled_by);
	node_int(r->view, node, "Alarms", plan->alarms);
	node_bool(r->view, node, "MayCancel", !is_over && may(r, PERM_ALARM_ACK));
}

static enum rc
show_places(struct req *r, int64_t chosen)
{
	struct maintenance_place *places;
	size_t count;
	enum rc rc = maintenance_places(r->db, r->arena, r->scope, &places, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		choice_add(r, "place", places[i].place_id, places[i].name, chosen);
	return rc;
}

static enum rc
show_list(struct req *r, const struct list *list, struct maintenance_filter *filter)
{
	struct node *node = view_node(r->view, "Rows");
	struct maintenance *plans;
	size_t count;
	enum rc rc = maintenance_list(r->db, r->arena, filter, &plans, &count);

	(void)list;
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		show_row(r, node_add(r->view, node), &plans[i]);
	return rc;
}

static enum rc
answer_export(struct req *r, const struct list *list, const struct maintenance_filter *filter)
{
	struct rows *rows;

	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	enum rc rc = maintenance_export(r->db, filter, &rows);
	return rc != RC_OK ? rc
			   : export_answer(r, list->format, "Accounts.Plans.Title", list->search,
				 COLUMNS, COUNT(COLUMNS), rows);
}

static enum rc
show(struct req *r, int64_t place_id)
{
	struct list list;
	int64_t total;
	enum rc rc;

	list_read(r, SORTS, PER_PAGE, &list);
	struct maintenance_filter filter = { .scope = r->scope,
		.search = list.search,
		.sort = list.sort,
		.is_descending = list.is_descending,
		.limit = list_limit(&list) };
	if (list.format != LIST_PAGE)
		return answer_export(r, &list, &filter);
	if ((rc = maintenance_count(r->db, &filter, &total)) != RC_OK)
		return rc;
	list_clamp(&list, total);
	filter.offset = list_offset(&list);
	if ((rc = show_list(r, &list, &filter)) != RC_OK ||
	    (rc = show_places(r, place_id)) != RC_OK)
		return rc;
	list_view(r, &list, total, FILTERS);
	alarm_tabs(r, "plans");
	request_key_show(r, "Key");
	view_bool(r->view, "MayAnswer", may(r, PERM_ALARM_ACK));
	view_set(r->view, "Page.Title", view_word(r->view, "Accounts.Plans.Title"));
	return page(r, "accounts/maintenance.cs");
}

enum rc
maintenance_page(struct req *r)
{
	struct plan_form form = { .from_day = clock_day(r->now), .to_day = clock_day(r->now) };
	struct civil now = clock_civil(r->now);

	form_fill(r, FIELDS, COUNT(FIELDS), &form);
	view_set(r->view, "Form.from_time.Value", arena_printf(r->arena, "%02d:00", now.hour));
	view_set(r->view, "Form.to_time.Value", "23:59");
	return show(r, 0);
}

/* ---- deeds ---- */

static bool
read_clock(const char *text, int64_t *ms)
{
	if (strlen(text) != CLOCK_CHARS || strspn(text, "0123456789") != 2 || text[2] != ':' ||
	    strspn(text + 3, "0123456789") != 2 || strncmp(text, "23", 2) > 0 ||
	    strcmp(text + 3, "59") > 0)
		return false;
	*ms = ((text[0] - '0') * 10 + text[1] - '0') * CLOCK_HOUR +
	      ((text[3] - '0') * 10 + text[4] - '0') * CLOCK_MINUTE;
	return true;
}

struct planning {
	const struct scope *scope;
	struct maintenance_wish wish;
	struct faults faults;
};

static enum rc
work(struct db *db, void *context)
{
	struct planning *planning = context;

	planning->faults = (struct faults){ .count = 0 };
	return maintenance_plan(db, planning->scope, &planning->wish, &planning->faults);
}

static enum rc
read_plan(struct req *r, struct plan_form *form, struct planning *planning)
{
	int64_t from_ms = 0, to_ms = 0;
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), form);

	if (rc == RC_OK && !read_clock(form->from_time, &from_ms)) {
		form_error(r, "from_time", "BadClock");
		rc = RC_INVALID;
	}
	if (rc == RC_OK && !read_clock(form->to_time, &to_ms)) {
		form_error(r, "to_time", "BadClock");
		rc = RC_INVALID;
	}
	planning->scope = r->scope;
	planning->wish = (struct maintenance_wish){ .place_id = form->place,
		.begins_at = clock_day_start(form->from_day) + from_ms,
		.ends_at = clock_day_start(form->to_day) + to_ms,
		.reason = form->reason,
		.by = editor(r) };
	return rc;
}

enum rc
maintenance_make(struct req *r)
{
	struct plan_form form = { .place = 0 };
	struct planning planning = { .scope = r->scope };
	unsigned char key[REQUEST_KEY];
	enum rc rc;

	if (request_key_read(r, key) != RC_OK)
		return RC_INVALID;
	rc = read_plan(r, &form, &planning);
	if (rc != RC_OK)
		return show(r, form.place);
	planning.wish.key = key;
	rc = edit_save(r, work, &planning);
	if (rc == RC_INVALID) {
		show_faults(r, &planning.faults);
		return show(r, form.place);
	}
	/* The same form again is the same plan. */
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	flash(r, "WorkPlanned");
	return redirect(r, "/accounts/maintenance");
}

struct ending {
	const struct scope *scope;
	int64_t id;
	struct operator_actor by;
};

static enum rc
end_work(struct db *db, void *context)
{
	struct ending *ending = context;

	return maintenance_cancel(db, ending->scope, ending->id, ending->by);
}

enum rc
maintenance_end(struct req *r)
{
	struct ending ending = { r->scope, r->id, editor(r) };
	enum rc rc = r->id == 0 ? RC_NOT_FOUND : edit_save(r, end_work, &ending);

	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	flash(r, rc == RC_OK ? "WorkCancelled" : "WorkOver");
	return redirect(r, "/accounts/maintenance");
}
