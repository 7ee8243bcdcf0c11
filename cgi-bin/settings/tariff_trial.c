/* /settings/tariffs/versions/{id}/trial: a month of real readings under this version, beside what
 * was paid. Both sides price the same intervals, split by time. */
#include "tariff.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/tariff_bill.h"
#include "model/tariff_check.h"
#include "model/tariff_load.h"

/* One side: this version, or what the meters have. */
struct side {
	struct tariff_charge charge;
	int64_t unpriced_wh;
};

struct trial {
	struct day month, end;
	struct bill_meter *meters;
	size_t count, doubtful;
	int64_t energy_wh;
	struct side present, wanted;
};

/* ---- computing ---- */

static enum rc
price_side(struct req *r, const struct bill_meter *meter, const struct bill_intervals *intervals,
    const struct tariff_span *spans, size_t count, const struct tariff_calendar *calendar,
    struct side *side)
{
	const struct tariff_version *first = NULL;
	struct tariff_steps steps = { 0 };
	struct tariff_plan plan;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < count && first == NULL; i++)
		first = spans[i].version;
	if (first != NULL)
		rc = tariff_load_steps(
		    r->db, meter->meter_id, first, clock_day(meter->from_at), &steps);
	tariff_plan(&plan, spans, count, calendar);
	return rc == RC_OK ? bill_price(intervals, &plan, &steps, &side->charge, &side->unpriced_wh)
			   : rc;
}

static enum rc
price_meter(struct req *r, const struct bill_meter *meter, const struct tariff_version *version,
    const struct tariff_book *book, struct trial *trial)
{
	const struct tariff_span wanted = { INT64_MIN, version };
	struct bill_intervals intervals;
	struct tariff_meter present;
	enum rc rc = bill_intervals(r->db, r->arena, meter, &intervals);

	if (rc != RC_OK || (rc = tariff_meter(r->db, book, meter->meter_id, &present)) != RC_OK)
		return rc;
	trial->energy_wh += intervals.energy_wh;
	trial->doubtful += intervals.doubtful;
	rc = price_side(r, meter, &intervals, &wanted, 1, &book->calendar, &trial->wanted);
	return rc == RC_OK ? price_side(r, meter, &intervals, present.spans, present.count,
				 &book->calendar, &trial->present)
			   : rc;
}

/* ---- showing ---- */

/* Lines of one component and period, whatever version and step they belong to. */
static int64_t
sum_lines(const struct tariff_charge *charge, size_t period, const char *name)
{
	int64_t sum_nano = 0;

	for (size_t i = 0; i < charge->count; i++) {
		const struct tariff_part *part = &charge->parts[i];
		if (part->period != period)
			continue;
		for (size_t k = 0; k < tariff_line_count(part); k++) {
			struct tariff_line line = tariff_line(part, k);
			const char *line_name = line.component != NULL ? line.component->name : "";
			if (strcmp(line_name, name) == 0)
				sum_nano += line.amount_nano;
		}
	}
	return sum_nano;
}

static int64_t
sum_period(const struct tariff_charge *charge, size_t period, int64_t *energy_wh)
{
	int64_t sum_nano = 0;

	*energy_wh = 0;
	for (size_t i = 0; i < charge->count; i++)
		if (charge->parts[i].period == period) {
			*energy_wh += charge->parts[i].energy_wh;
			sum_nano += charge->parts[i].amount_nano;
		}
	return sum_nano;
}

/* Amounts in fen are settled one after another, so that the column sums to its foot. */
static void
show_amount(
    struct req *r, struct node *node, const char *name, int64_t amount_nano, int64_t *carry_nano)
{
	int64_t amount_fen = 0;

	if (tariff_settle(amount_nano, carry_nano, &amount_fen) == RC_OK)
		node_set(r->view, node, name, amount_words(r, amount_fen));
}

static void
show_periods(struct req *r, const struct trial *trial)
{
	struct node *list = view_node(r->view, "Lines");
	int64_t present_carry = 0, wanted_carry = 0;

	for (size_t period = 0; period < TARIFF_PERIODS; period++) {
		int64_t present_wh, wanted_wh;
		int64_t present = sum_period(&trial->present.charge, period, &present_wh);
		int64_t wanted = sum_period(&trial->wanted.charge, period, &wanted_wh);
		if (present_wh == 0 && wanted_wh == 0)
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Period", tariff_period_name((enum tariff_period)period));
		node_energy(r->view, node, "PresentEnergy", present_wh);
		node_energy(r->view, node, "WantedEnergy", wanted_wh);
		show_amount(r, node, "Present", present, &present_carry);
		show_amount(r, node, "Wanted", wanted, &wanted_carry);
	}
}

static bool
is_listed(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Names of all lines, in the order they come; "" is the addition of a step. */
static size_t
list_names(const struct tariff_charge *charge, const char **names, size_t count, size_t max)
{
	for (size_t i = 0; i < charge->count; i++)
		for (size_t k = 0; k < tariff_line_count(&charge->parts[i]); k++) {
			struct tariff_line line = tariff_line(&charge->parts[i], k);
			const char *name = line.component != NULL ? line.component->name : "";
			if (count < max && !is_listed(names, count, name))
				names[count++] = name;
		}
	return count;
}

/* A fixed price has no name of its own either: it is told apart by being a component. */
static void
show_components(struct req *r, const struct trial *trial)
{
	struct node *list = view_node(r->view, "Parts");
	const char *names[64];
	size_t count = list_names(&trial->wanted.charge, names, 0, COUNT(names));
	int64_t present_carry = 0, wanted_carry = 0;

	count = list_names(&trial->present.charge, names, count, COUNT(names));
	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, list);
		int64_t present = 0, wanted = 0;
		for (size_t period = 0; period < TARIFF_PERIODS; period++) {
			present += sum_lines(&trial->present.charge, period, names[i]);
			wanted += sum_lines(&trial->wanted.charge, period, names[i]);
		}
		node_set(r->view, node, "Name", names[i]);
		show_amount(r, node, "Present", present, &present_carry);
		show_amount(r, node, "Wanted", wanted, &wanted_carry);
	}
}

static int64_t
total_fen(const struct tariff_charge *charge)
{
	int64_t energy_wh, amount_nano, carry_nano = 0, amount_fen = 0;

	if (tariff_charge_total(charge, &energy_wh, &amount_nano) != RC_OK ||
	    tariff_settle(amount_nano, &carry_nano, &amount_fen) != RC_OK)
		return 0;
	return amount_fen;
}

static const char *
percent_words(struct req *r, int64_t difference_fen, int64_t present_fen)
{
	int64_t tenths = (llabs(difference_fen) * 2000 + present_fen) / (2 * present_fen);

	return arena_printf(r->arena, "%s%lld.%lld %%",
	    tenths == 0		 ? ""
	    : difference_fen < 0 ? "\u2212"
				 : "+",
	    (long long)(tenths / 10), (long long)(tenths % 10));
}

static void
show_totals(struct req *r, const struct trial *trial)
{
	int64_t present_fen = total_fen(&trial->present.charge);
	int64_t wanted_fen = total_fen(&trial->wanted.charge);
	int64_t difference_fen = wanted_fen - present_fen;

	view_energy(r->view, "Trial.Energy", trial->energy_wh);
	view_set(r->view, "Trial.Present", amount_words(r, present_fen));
	view_set(r->view, "Trial.Wanted", amount_words(r, wanted_fen));
	view_set(r->view, "Trial.Difference",
	    arena_printf(
		r->arena, "%s%s", difference_fen > 0 ? "+" : "", amount_words(r, difference_fen)));
	if (present_fen > 0)
		view_set(r->view, "Trial.Percent", percent_words(r, difference_fen, present_fen));
	if (trial->doubtful > 0)
		view_int(r->view, "Trial.Doubtful", (int64_t)trial->doubtful);
	if (trial->present.unpriced_wh > 0)
		view_energy(r->view, "Trial.Unpriced", trial->present.unpriced_wh);
	view_bool(r->view, "Trial.IsEmpty", trial->energy_wh == 0);
}

static void
show_meters(struct req *r, const struct trial *trial)
{
	struct node *list = view_node(r->view, "Meters");

	for (size_t i = 0; i < trial->count; i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Number", trial->meters[i].number);
		node_set(r->view, node, "Room", trial->meters[i].room);
		node_set(r->view, node, "Tenant", trial->meters[i].tenant);
	}
}

/* ---- the page ---- */

static enum rc
show_choices(struct req *r, const char *search)
{
	struct node *list = view_node(r->view, "Choices");
	struct bill_choice *choices;
	size_t count;
	enum rc rc = bill_search(r->db, r->arena, search, r->scope, &choices, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct node *node = node_add(r->view, list);
		bool is_account = choices[i].account_id != 0;
		node_set(r->view, node, "Name", choices[i].name);
		node_set(r->view, node, "Detail", choices[i].detail);
		node_bool(r->view, node, "IsAccount", is_account);
		node_int(
		    r->view, node, "Id", is_account ? choices[i].account_id : choices[i].meter_id);
	}
	return rc;
}

static int64_t
query_id(struct req *r, const char *name)
{
	int64_t id = 0;

	return text_parse_uint(param_get(&r->query, name), UINT32_MAX, &id) == RC_OK ? id : 0;
}

/* "2026-10": that month; anything else: the last whole one. */
static void
read_month(struct req *r, struct trial *trial)
{
	const char *typed = param_get(&r->query, "month");
	struct day month;

	if (strlen(typed) != 7 ||
	    clock_parse_day(arena_printf(r->arena, "%s-01", typed), &month) != RC_OK)
		month = clock_month_add(clock_month_start(clock_day(r->now)), -1);
	trial->month = month;
	trial->end = clock_month_add(month, 1);
	view_set(r->view, "Trial.Month", arena_strndup(r->arena, day_words(r, month), 7));
}

static enum rc
compute(struct req *r, const struct tariff_version *version, struct trial *trial)
{
	int64_t account_id = query_id(r, "account"), meter_id = query_id(r, "meter");
	struct tariff_book book;
	enum rc rc = account_id != 0 ? bill_of_account(r->db, r->arena, account_id, trial->month,
					   trial->end, r->scope, &trial->meters, &trial->count)
				     : bill_of_meter(r->db, r->arena, meter_id, trial->month,
					   trial->end, r->scope, &trial->meters, &trial->count);

	if (rc != RC_OK ||
	    (rc = tariff_book(r->db, r->arena, trial->month, trial->end, &book)) != RC_OK)
		return rc;
	for (size_t i = 0; rc == RC_OK && i < trial->count; i++)
		rc = price_meter(r, &trial->meters[i], version, &book, trial);
	if (rc != RC_OK)
		return rc;
	view_bool(r->view, "Trial.IsDone", true);
	view_int(r->view, "Trial.Account", account_id);
	view_int(r->view, "Trial.Meter", meter_id);
	show_meters(r, trial);
	show_periods(r, trial);
	show_components(r, trial);
	show_totals(r, trial);
	return RC_OK;
}

enum rc
version_trial(struct req *r)
{
	struct trial *trial = arena_alloc(r->arena, sizeof(*trial));
	struct faults faults = { 0 };
	struct tariff_page opened;
	enum rc rc = version_open(r, &opened);
	const char *search = param_get(&r->query, "q");

	if (rc != RC_OK)
		return rc;
	crumb(r, version_link(r, r->id, ""),
	    opened.row.state == TARIFF_DRAFT ? view_word(r->view, "VersionStatus.draft")
					     : day_words(r, opened.row.valid_from));
	crumb(r, NULL, view_word(r->view, "Settings.Tariff.Trial"));
	view_set(r->view, "Page.Title", view_word(r->view, "Settings.Tariff.Trial"));
	view_int(r->view, "Version.Id", r->id);
	view_bool(r->view, "Version.IsDraft", opened.row.state == TARIFF_DRAFT);
	view_set(r->view, "Trial.Search", search);
	read_month(r, trial);
	tariff_check(&opened.version, &faults);
	view_bool(r->view, "Trial.IsBroken", faults.count > 0);
	if (faults.count == 0 && (query_id(r, "account") != 0 || query_id(r, "meter") != 0)) {
		if ((rc = compute(r, &opened.version, trial)) != RC_OK)
			return rc;
	} else if ((rc = show_choices(r, search)) != RC_OK) {
		return rc;
	}
	return page(r, "settings/tariff_trial.cs");
}
