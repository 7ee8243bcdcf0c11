/* The use of a meter by half hours, days or months, and its registers. */
#include <string.h>

#include "base/money.h"
#include "export.h"
#include "meter_page.h"

static const char *const PERIOD_KEYS[PERIODS] = { "Sharp", "Peak", "Flat", "Valley" };
static const char *const MARK_NAMES[] = { "good", "partial", "gap", "doubt", "future" };

#define PERIOD_COLUMNS                                                                 \
	{ "Tou.sharp", CELL_ENERGY, 12, NULL }, { "Tou.peak", CELL_ENERGY, 12, NULL }, \
	    { "Tou.flat", CELL_ENERGY, 12, NULL },                                     \
	{                                                                              \
		"Tou.valley", CELL_ENERGY, 12, NULL                                    \
	}

static const struct export_column STEP_COLUMNS[] = {
	{ "Word.From", CELL_TIME, 20, NULL },
	{ "Word.To", CELL_TIME, 20, NULL },
	{ "Word.Usage", CELL_ENERGY, 14, NULL },
	PERIOD_COLUMNS,
	{ "Word.Power", CELL_POWER, 12, NULL },
};
static const struct export_column DAY_COLUMNS[] = {
	{ "Word.Day", CELL_DAY, 14, NULL },
	{ "Word.Usage", CELL_ENERGY, 14, NULL },
	PERIOD_COLUMNS,
	{ "Accounts.Meter.MaxPower", CELL_POWER, 14, NULL },
	{ "Accounts.Meter.MaxPowerAt", CELL_TIME, 20, NULL },
	{ "Accounts.Meter.Readings", CELL_INT, 10, NULL },
};
static const struct export_column MONTH_COLUMNS[] = {
	{ "Word.Month", CELL_TEXT, 12, NULL },
	{ "Word.Usage", CELL_ENERGY, 14, NULL },
	PERIOD_COLUMNS,
	{ "Accounts.Meter.MaxPower", CELL_POWER, 14, NULL },
	{ "Accounts.Meter.DaysWithData", CELL_INT, 10, NULL },
};
static const struct export_column REGISTER_COLUMNS[] = {
	{ "Word.Time", CELL_TIME, 20, NULL },
	{ "Accounts.Meter.ReadAt", CELL_TIME, 20, NULL },
	{ "Accounts.Meters.Energy", CELL_ENERGY, 16, NULL },
	PERIOD_COLUMNS,
	{ "Word.Power", CELL_POWER, 12, NULL },
	{ "Word.Balance", CELL_MONEY, 14, NULL },
	{ "Word.PurchaseCount", CELL_INT, 10, NULL },
	{ "Accounts.Meter.Quality", CELL_WORD, 14, "Quality" },
};

static const char *
day_text(struct req *r, struct day day)
{
	char text[16];

	clock_format_day(day, text, sizeof(text));
	return arena_strdup(r->arena, text);
}

static const char *
time_text(struct req *r, int64_t at)
{
	struct civil civil = clock_civil(at);

	return arena_printf(r->arena, "%02d:%02d", civil.hour, civil.minute);
}

static const char *
minute_text(struct req *r, int64_t at)
{
	char text[24];

	clock_format_minute(at, text, sizeof(text));
	return arena_strdup(r->arena, text);
}

static const char *
weekday_text(struct req *r, struct day day)
{
	return view_word(r->view, arena_printf(r->arena, "Weekday.%d", clock_weekday(day)));
}

static const char *
range_text(struct req *r, const struct usage *range)
{
	const char *first = day_text(r, range->first);

	switch (range->view) {
	case USAGE_DAY:
		return arena_printf(r->arena, "%s %s", first, weekday_text(r, range->first));
	case USAGE_WEEK:
		return arena_printf(
		    r->arena, "%s – %s", first, day_text(r, clock_day_add(range->end, -1)) + 5);
	case USAGE_MONTH:
		return arena_strndup(r->arena, first, 7);
	default:
		return arena_strndup(r->arena, first, 4);
	}
}

static void
show_units(struct req *r, const struct meter_page *page)
{
	static const char *const KEYS[] = { "Day", "Week", "Month", "Year" };
	struct node *units = view_node(r->view, "Navigator.Unit");

	for (enum usage_view view = USAGE_DAY; view <= USAGE_YEAR; view++) {
		struct node *node = node_add(r->view, units);
		node_set(r->view, node, "Key", KEYS[view]);
		node_set(r->view, node, "Href", meter_url(r, page->tab, view, page->day));
		node_bool(r->view, node, "Current", view == page->view);
	}
}

static void
keep(struct req *r, const char *name, const char *value)
{
	struct node *node = node_add(r->view, view_node(r->view, "Navigator.Pick.Keep"));

	if (*value == '\0')
		return;
	node_set(r->view, node, "Name", name);
	node_set(r->view, node, "Value", value);
}

void
navigator_show(
    struct req *r, const struct meter_page *page, const struct usage *range, bool has_units)
{
	struct day today = clock_day(r->now);
	enum usage_view view = range->view;

	if (has_units)
		show_units(r, page);
	view_set(r->view, "Navigator.Text", range_text(r, range));
	view_set(
	    r->view, "Navigator.Previous.Href", meter_url(r, page->tab, view, range->previous));
	if (range->next.number <= today.number)
		view_set(
		    r->view, "Navigator.Next.Href", meter_url(r, page->tab, view, range->next));
	if (today.number < range->first.number || today.number >= range->end.number)
		view_set(r->view, "Navigator.Today.Href", meter_url(r, page->tab, view, today));
	view_set(r->view, "Navigator.Pick.Action",
	    arena_printf(r->arena, "/accounts/meters/%lld", (long long)r->id));
	view_set(r->view, "Navigator.Pick.Name", "d");
	view_set(r->view, "Navigator.Pick.Type", "date");
	view_set(r->view, "Navigator.Pick.Value", day_text(r, page->day));
	keep(r, "tab", param_get(&r->query, "tab"));
	keep(r, "view", param_get(&r->query, "view"));
}

static void
show_energy(struct req *r, struct node *node, const char *name, int64_t energy_wh)
{
	char text[MONEY_TEXT_MAX];

	node_energy(r->view, node, name, energy_wh);
	energy_format_plain(energy_wh, 2, text, sizeof(text));
	node_set(r->view, node, arena_printf(r->arena, "%sValue", name), text);
}

static const char *
point_label(struct req *r, enum usage_view view, const struct usage_point *point)
{
	switch (view) {
	case USAGE_DAY:
		return time_text(r, point->from_at);
	case USAGE_WEEK:
		return arena_printf(
		    r->arena, "%s %s", weekday_text(r, point->day), day_text(r, point->day) + 5);
	case USAGE_MONTH:
		return arena_printf(
		    r->arena, "%s %s", day_text(r, point->day) + 5, weekday_text(r, point->day));
	default:
		return arena_strndup(r->arena, day_text(r, point->day), 7);
	}
}

/* Why a row has no number, or one to be careful with. */
static const char *
point_note(struct req *r, const struct usage_point *point)
{
	uint16_t quality = point->quality & (uint16_t) ~(QUALITY_DEMO | QUALITY_AFTER_GAP);
	const char *doubts = quality_text(r, quality);
	const char *const counts[] = { number_text(r, point->readings),
		number_text(r, point->expected) };

	if (point->mark == USAGE_GAP && point->is_gap_end)
		return view_word(r->view, "Accounts.Meter.MarkGapEnd");
	if (point->mark == USAGE_GAP)
		return view_word(r->view, "Accounts.Meter.MarkGap");
	if (*doubts != '\0')
		return doubts;
	if (point->mark == USAGE_PARTIAL)
		return view_phrase(r->view, "Accounts.Meter.MarkPartial", counts, 2);
	return NULL;
}

static const char *
change_text(struct req *r, const struct usage_change *change)
{
	const char *const values[] = { change->old_number, change->new_number };

	return view_phrase(r->view, "Accounts.Change.Mark", values, 2);
}

/* The row in which another meter took over says so, before anything else. */
static const char *
point_mark(struct req *r, const struct usage *usage, const struct usage_point *point)
{
	for (size_t i = 0; i < usage->change_count; i++)
		if (usage->changes[i].at >= point->from_at && usage->changes[i].at < point->to_at)
			return change_text(r, &usage->changes[i]);
	return NULL;
}

static void
show_usage_changes(struct req *r, const struct usage *usage)
{
	for (size_t i = 0; i < usage->change_count; i++) {
		struct node *node = node_add(r->view, view_node(r->view, "Changes"));
		node_set(r->view, node, "Text", change_text(r, &usage->changes[i]));
		node_time(r->view, node, "At", usage->changes[i].at, r->now, 0);
	}
}

static void
show_point(struct req *r, const struct meter_page *page, const struct usage *usage,
    struct node *node, const struct usage_point *point)
{
	enum usage_view finer = page->view == USAGE_YEAR ? USAGE_MONTH : USAGE_DAY;

	node_set(r->view, node, "Label", point_label(r, page->view, point));
	node_set(r->view, node, "Mark", MARK_NAMES[point->mark]);
	const char *mark = point_mark(r, usage, point);
	node_set(r->view, node, "Note", mark != NULL ? mark : point_note(r, point));
	node_bool(r->view, node, "IsChange", mark != NULL);
	if (page->view != USAGE_DAY && point->mark != USAGE_FUTURE)
		node_set(r->view, node, "Href", meter_url(r, page->tab, finer, point->day));
	if (point->has_use)
		show_energy(r, node, "Used", point->used_wh);
	for (int p = 0; point->has_use && point->has_periods && p < PERIODS; p++)
		show_energy(r, node, PERIOD_KEYS[p], point->period_wh[p]);
	if (point->max_power_w != METER_NO_VALUE) {
		node_set(r->view, node, "Power", power_text(r, point->max_power_w));
		if (page->view != USAGE_DAY)
			node_set(r->view, node, "PowerAt",
			    minute_text(r, point->max_power_at) +
				(page->view == USAGE_YEAR ? 5 : 11));
	}
}

static void
show_shares(struct req *r, const struct usage *usage)
{
	struct node *list = view_node(r->view, "Shares");
	static const char *const WORDS[PERIODS] = { "sharp", "peak", "flat", "valley" };
	int64_t sum_wh = 0;

	for (int p = 0; p < PERIODS; p++)
		sum_wh += usage->period_wh[p];
	for (int p = 0; usage->has_periods && sum_wh > 0 && p < PERIODS; p++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", WORDS[p]);
		node_energy(r->view, node, "Used", usage->period_wh[p]);
		node_set(r->view, node, "Share",
		    percent_text(r, (int)(usage->period_wh[p] * 1000 / sum_wh)));
	}
}

static void
show_sums(struct req *r, const struct usage *usage)
{
	view_bool(r->view, "Use.HasData", usage->has_data);
	view_energy(r->view, "Use.Total", usage->total_wh);
	if (usage->mean_day_wh >= 0)
		view_energy(r->view, "Use.Mean", usage->mean_day_wh);
	if (usage->max_power_w != METER_NO_VALUE) {
		view_set(r->view, "Use.MaxPower", power_text(r, usage->max_power_w));
		view_set(r->view, "Use.MaxPowerAt", minute_text(r, usage->max_power_at));
	}
	view_bool(r->view, "Use.HasPeriods", usage->has_periods);
	show_shares(r, usage);
}

static void
show_gaps(struct req *r, const struct usage *usage)
{
	struct node *gaps = view_node(r->view, "Gaps"), *doubts = view_node(r->view, "Doubts");

	for (size_t i = 0; i < usage->gap_count; i++) {
		const struct usage_gap *gap = &usage->gaps[i];
		char energy[MONEY_TEXT_MAX] = "";
		if (gap->used_wh >= 0)
			energy_format(gap->used_wh, 2, energy, sizeof(energy));
		const char *const values[] = { minute_text(r, gap->from_at),
			minute_text(r, gap->to_at), energy };
		node_set(r->view, node_add(r->view, gaps), "Text",
		    view_phrase(r->view,
			gap->used_wh >= 0 ? "Accounts.Meter.GapUsed" : "Accounts.Meter.GapOpen",
			values, 3));
	}
	for (size_t i = 0; i < usage->doubt_count; i++) {
		const char *const values[] = { minute_text(r, usage->doubts[i].taken_at),
			quality_text(r, usage->doubts[i].quality & (uint16_t)~QUALITY_DEMO) };
		node_set(r->view, node_add(r->view, doubts), "Text",
		    view_phrase(r->view, "Accounts.Meter.DoubtAt", values, 2));
	}
}

#define WEEK_DAYS 7
#define DAY_HOURS 24
#define SHADES	  5

/* Hours of the week as 24 rows of 7 days, shaded by their share of the greatest hour. */
static void
show_week_hours(struct req *r, const struct usage *usage)
{
	struct {
		bool has_use;
		int64_t used_wh;
	} cells[DAY_HOURS][WEEK_DAYS] = { 0 };
	int64_t greatest_wh = 1;
	struct node *rows = view_node(r->view, "WeekHours");

	for (size_t i = 0; i < usage->hour_count; i++) {
		const struct usage_point *point = &usage->hours[i];
		int day = point->day.number - usage->first.number;
		int hour = clock_civil(point->from_at).hour;
		if (!point->has_use || day < 0 || day >= WEEK_DAYS)
			continue;
		cells[hour][day].has_use = true;
		cells[hour][day].used_wh += point->used_wh;
		if (cells[hour][day].used_wh > greatest_wh)
			greatest_wh = cells[hour][day].used_wh;
	}
	for (int hour = 0; hour < DAY_HOURS; hour++) {
		struct node *row = node_add(r->view, rows);
		node_set(r->view, row, "Hour", arena_printf(r->arena, "%02d", hour));
		struct node *list = node_child(r->view, row, "Cells");
		for (int day = 0; day < WEEK_DAYS; day++) {
			struct node *cell = node_add(r->view, list);
			node_set(r->view, cell, "Day",
			    weekday_text(r, clock_day_add(usage->first, day)));
			if (!cells[hour][day].has_use)
				continue;
			node_energy(r->view, cell, "Used", cells[hour][day].used_wh);
			node_int(r->view, cell, "Shade",
			    cells[hour][day].used_wh * (SHADES - 1) / greatest_wh);
		}
	}
	for (int day = 0; day < WEEK_DAYS; day++) {
		struct node *node = node_add(r->view, view_node(r->view, "WeekDays"));
		node_set(r->view, node, "Name", weekday_text(r, clock_day_add(usage->first, day)));
	}
}

static void
show_exports(struct req *r, const struct meter_page *page)
{
	if (!may(r, PERM_EXPORT))
		return;
	const char *here = meter_url(r, page->tab, page->view, page->day);
	const char *join = strchr(here, '?') != NULL ? "&" : "?";
	view_set(r->view, "List.Export.Xlsx.Href",
	    arena_printf(r->arena, "%s%sformat=xlsx", here, join));
	view_set(
	    r->view, "List.Export.Csv.Href", arena_printf(r->arena, "%s%sformat=csv", here, join));
}

enum rc
usage_show(struct req *r, const struct meter_page *page)
{
	struct node *rows = view_node(r->view, "Use.Points");
	struct usage *usage = arena_alloc(r->arena, sizeof(*usage));
	enum rc rc = usage_load_chain(r->db, r->arena, r->id, page->detail.reading_period_ms,
	    page->view, page->day, r->now, usage);

	if (rc != RC_OK)
		return rc;
	navigator_show(r, page, usage, true);
	for (size_t i = 0; i < usage->count; i++)
		show_point(r, page, usage, node_add(r->view, rows), &usage->points[i]);
	show_sums(r, usage);
	show_gaps(r, usage);
	show_usage_changes(r, usage);
	if (page->view == USAGE_WEEK)
		show_week_hours(r, usage);
	show_exports(r, page);
	view_bool(r->view, "Use.IsDay", page->view == USAGE_DAY);
	return RC_OK;
}

enum rc
usage_answer(struct req *r, const struct meter_page *page)
{
	struct usage *range = arena_alloc(r->arena, sizeof(*range));
	struct rows *rows;
	enum rc rc;

	usage_range(page->view, page->day, range);
	if ((rc = usage_export(r->db, r->id, range, &rows)) != RC_OK)
		return rc;
	const char *filter = arena_printf(
	    r->arena, "%s, %s", meter_title(r, &page->detail.meter), range_text(r, range));
	if (page->view == USAGE_DAY)
		return export_answer(r, page->format, "Accounts.Meter.UsageFile", filter,
		    STEP_COLUMNS, COUNT(STEP_COLUMNS), rows);
	if (page->view == USAGE_YEAR)
		return export_answer(r, page->format, "Accounts.Meter.UsageFile", filter,
		    MONTH_COLUMNS, COUNT(MONTH_COLUMNS), rows);
	return export_answer(r, page->format, "Accounts.Meter.UsageFile", filter, DAY_COLUMNS,
	    COUNT(DAY_COLUMNS), rows);
}

static void
show_register(struct req *r, struct node *node, const struct rows *rows, bool has_credit)
{
	uint16_t quality = (uint16_t)rows_int(rows, 10);

	node_set(r->view, node, "Time", minute_text(r, rows_int(rows, 0)));
	node_energy(r->view, node, "Energy", rows_int(rows, 2));
	for (size_t p = 0; p < PERIODS; p++)
		if (!rows_is_null(rows, 3 + p)) {
			node_energy(r->view, node, PERIOD_KEYS[p], rows_int(rows, 3 + p));
			view_bool(r->view, "Readings.HasPeriods", true);
		}
	if (!rows_is_null(rows, 7))
		node_set(r->view, node, "Power", power_text(r, rows_int(rows, 7)));
	if (has_credit && !rows_is_null(rows, 8)) {
		node_money(r->view, node, "Credit", rows_int(rows, 8));
		view_bool(r->view, "Readings.HasCredit", true);
	}
	if (has_credit && !rows_is_null(rows, 9))
		node_int(r->view, node, "Purchases", rows_int(rows, 9));
	node_set(r->view, node, "Quality",
	    quality != 0 ? quality_text(r, quality) : view_word(r->view, "Quality.Good"));
	node_bool(r->view, node, "IsDoubtful", (quality & QUALITY_UNUSABLE) != 0);
}

enum rc
registers_show(struct req *r, const struct meter_page *page)
{
	struct node *list = view_node(r->view, "Readings.Rows");
	struct usage *range = arena_alloc(r->arena, sizeof(*range));
	struct rows *rows;
	enum rc rc;

	usage_range(USAGE_DAY, page->day, range);
	navigator_show(r, page, range, false);
	if ((rc = usage_registers(r->db, r->id, page->day, &rows)) != RC_OK)
		return rc;
	while ((rc = rows_next(rows)) == RC_OK)
		show_register(r, node_add(r->view, list), rows,
		    page->detail.meter.credit_mode != CREDIT_MONITOR);
	rows_end(rows);
	show_exports(r, page);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
registers_answer(struct req *r, const struct meter_page *page)
{
	struct rows *rows;
	enum rc rc = usage_registers_export(r->db, r->id, page->day, &rows);

	if (rc != RC_OK)
		return rc;
	return export_answer(r, page->format, "Accounts.Meter.ReadingsFile",
	    arena_printf(
		r->arena, "%s, %s", meter_title(r, &page->detail.meter), day_text(r, page->day)),
	    REGISTER_COLUMNS, COUNT(REGISTER_COLUMNS), rows);
}
