/* /settings/holidays: the calendar of a year, holidays and weekends that are worked. */
#include <string.h>

#include "base/text.h"
#include "model/holiday.h"
#include "tariff.h"

#define YEAR_FIRST 2000
#define YEAR_LAST  2199

struct typed {
	int64_t year;
	struct day day;
	char name[HOLIDAY_NAME_MAX * 4 + 1];
	int64_t kind;
	char list[HOLIDAY_LIST_MAX * 4 + 1];
};
static const char *const KINDS[] = { "holiday", "workday", NULL };
#define AT(member) offsetof(struct typed, member)
static const struct form_field DAY_FIELDS[] = {
	{ "day", FORM_DAY, true, 0, NULL, AT(day) },
	{ "name", FORM_TEXT, false, HOLIDAY_NAME_MAX, NULL, AT(name) },
	{ "kind", FORM_CHOICE, true, 0, KINDS, AT(kind) },
};
static const struct form_field LIST_FIELDS[] = {
	{ "list", FORM_LINES, true, HOLIDAY_LIST_MAX, NULL, AT(list) },
};

/* ---- showing ---- */

static int
year_of(struct req *r, const struct params *params)
{
	int64_t year = 0;

	if (text_parse_uint(param_get(params, "year"), YEAR_LAST, &year) != RC_OK ||
	    year < YEAR_FIRST)
		year = clock_civil(r->now).year;
	return (int)year;
}

/* One cell of the year's view: blank ones before the first of a month. */
static void
show_cell(struct req *r, struct node *weeks, struct day day, int number,
    const struct holiday *holiday, struct day today)
{
	struct node *cell = node_add(r->view, weeks);

	node_int(r->view, cell, "Number", number);
	node_set(r->view, cell, "Day", day_words(r, day));
	node_set(r->view, cell, "Kind",
	    holiday != NULL	      ? holiday->is_workday ? "workday" : "holiday"
	    : clock_weekday(day) >= 6 ? "weekend"
				      : "");
	if (holiday != NULL)
		node_set(r->view, cell, "Name", holiday->name);
	node_bool(r->view, cell, "IsToday", day.number == today.number);
}

static void
show_month(
    struct req *r, struct node *node, struct day month, const struct holiday *list, size_t count)
{
	struct day end = clock_month_add(month, 1), today = clock_day(r->now);
	struct node *weeks = NULL, *rows = node_child(r->view, node, "Weeks");
	size_t i = 0;

	for (struct day day = month; day.number < end.number; day = clock_day_add(day, 1)) {
		if (weeks == NULL || clock_weekday(day) == 1)
			weeks = node_child(r->view, node_add(r->view, rows), "Days");
		for (int w = 1; day.number == month.number && w < clock_weekday(day); w++)
			(void)node_add(r->view, weeks);
		while (i < count && list[i].day.number < day.number)
			i++;
		bool is_special = i < count && list[i].day.number == day.number;
		show_cell(r, weeks, day, day.number - month.number + 1,
		    is_special ? &list[i] : NULL, today);
	}
}

static void
show_list(struct req *r, const struct holiday *list, size_t count)
{
	struct node *rows = view_node(r->view, "Holidays");
	struct day today = clock_day(r->now);

	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, rows);
		node_set(r->view, node, "Day", day_words(r, list[i].day));
		node_int(r->view, node, "Weekday", clock_weekday(list[i].day));
		node_set(r->view, node, "Kind", list[i].is_workday ? "workday" : "holiday");
		node_set(r->view, node, "Name", list[i].name);
		node_bool(r->view, node, "MayRemove", list[i].day.number >= today.number);
	}
}

static enum rc
show_page(struct req *r, int year)
{
	struct civil first = { .year = year, .month = 1, .day = 1 };
	struct day month = { (int32_t)(clock_from_utc(&first) / (24 * CLOCK_HOUR)) };
	struct node *months = view_node(r->view, "Months");
	struct holiday *list;
	size_t count;
	enum rc rc = holiday_list(r->db, r->arena, year, &list, &count);

	if (rc != RC_OK)
		return rc;
	for (int m = 1; m <= 12; m++, month = clock_month_add(month, 1)) {
		struct node *node = node_add(r->view, months);
		node_int(r->view, node, "Month", m);
		show_month(r, node, month, list, count);
	}
	show_list(r, list, count);
	view_int(r->view, "Year", year);
	view_int(r->view, "YearBefore", year - 1);
	view_int(r->view, "YearAfter", year + 1);
	view_set(r->view, "Today", day_words(r, clock_day(r->now)));
	return page(r, "settings/holidays.cs");
}

enum rc
holidays(struct req *r)
{
	static struct typed empty; /* too large for the stack, and never written */

	form_fill(r, DAY_FIELDS, COUNT(DAY_FIELDS), &empty);
	view_set(r->view, "Form.day.Value", param_get(&r->query, "day"));
	return show_page(r, year_of(r, &r->query));
}

/* ---- changing ---- */

struct setting {
	struct holiday *list;
	size_t count, changed;
	struct day today;
	struct operator_actor by;
};

static enum rc
set(struct db *db, void *context)
{
	struct setting *setting = context;

	return holiday_set(
	    db, setting->list, setting->count, setting->today, &setting->by, &setting->changed);
}

static enum rc
store(struct req *r, struct setting *setting, const char *field, int year)
{
	setting->today = clock_day(r->now);
	setting->by = editor(r);
	enum rc rc = edit_save(r, set, setting);
	if (rc == RC_CONFLICT) {
		form_error_values(r, field, "HolidayPast",
		    (const char *const[]){ day_words(r, setting->today) }, 1);
		return show_page(r, year);
	}
	if (rc != RC_OK)
		return rc;
	flash_values(r, "HolidaysSet",
	    (const char *const[]){ number_text(r, (int64_t)setting->changed) }, 1);
	return redirect(r, "/settings/holidays?year=%d", year);
}

enum rc
holiday_add(struct req *r)
{
	struct typed *typed = arena_alloc(r->arena, sizeof(*typed));
	struct setting setting = { .count = 1 };
	int year = year_of(r, &r->body);
	enum rc rc = form_read(r, DAY_FIELDS, COUNT(DAY_FIELDS), typed);

	if (rc != RC_OK)
		return rc == RC_INVALID ? show_page(r, year) : rc;
	setting.list = arena_alloc(r->arena, sizeof(*setting.list));
	setting.list->day = typed->day;
	setting.list->is_workday = typed->kind == 1;
	(void)text_copy(setting.list->name, sizeof(setting.list->name), typed->name);
	return store(r, &setting, "day", clock_utc(typed->day.number * 24 * CLOCK_HOUR).year);
}

enum rc
holiday_paste(struct req *r)
{
	struct typed *typed = arena_alloc(r->arena, sizeof(*typed));
	struct setting setting = { 0 };
	struct faults faults = { 0 };
	int year = year_of(r, &r->body);
	enum rc rc = form_read(r, LIST_FIELDS, COUNT(LIST_FIELDS), typed);

	if (rc == RC_OK) {
		setting.list = arena_alloc(r->arena, HOLIDAY_YEAR_MAX * sizeof(*setting.list));
		holiday_parse(typed->list, setting.list, &setting.count, &faults);
		rc = edit_show_faults(r, &faults);
	}
	if (rc != RC_OK)
		return rc == RC_INVALID ? show_page(r, year) : rc;
	if (setting.count > 0)
		year = clock_utc(setting.list[0].day.number * 24 * CLOCK_HOUR).year;
	return store(r, &setting, "list", year);
}

struct removing {
	struct day day, today;
	struct operator_actor by;
};

static enum rc
remove_it(struct db *db, void *context)
{
	const struct removing *removing = context;

	return holiday_remove(db, removing->day, removing->today, &removing->by);
}

enum rc
holiday_delete(struct req *r)
{
	struct removing removing = { .today = clock_day(r->now), .by = editor(r) };
	enum rc rc = clock_parse_day(param_get(&r->body, "day"), &removing.day);

	if (rc == RC_OK)
		rc = edit_save(r, remove_it, &removing);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	flash(r, "Deleted");
	return redirect(
	    r, "/settings/holidays?year=%d", clock_utc(removing.day.number * 24 * CLOCK_HOUR).year);
}
