/* The steps of an opening: their fields, what is wrong with them, what they show. */
#include "open.h"

#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "form.h"
#include "model/command_target.h"
#include "model/setting.h"
#include "model/setting_edit.h"

#define AMOUNT_MAX 12

/* Every field that is typed; of which step, and how many characters it may have. */
static const struct open_field {
	const char *name;
	enum open_step step;
	size_t max;
} FIELDS[] = {
	{ "name", OPEN_TENANT, ACCOUNT_NAME_MAX },
	{ "phone", OPEN_TENANT, ACCOUNT_PHONE_MAX },
	{ "number", OPEN_TENANT, ACCOUNT_NUMBER_MAX },
	{ "initials", OPEN_TENANT, ACCOUNT_INITIALS_MAX },
	{ "id_number", OPEN_TENANT, ACCOUNT_ID_NUMBER_MAX },
	{ "note", OPEN_TENANT, ACCOUNT_NOTE_MAX },
	{ "same_phone", OPEN_TENANT, 1 },
	{ "tariff", OPEN_TERMS, 10 },
	{ "alarm1", OPEN_TERMS, AMOUNT_MAX },
	{ "alarm2", OPEN_TERMS, AMOUNT_MAX },
	{ "overload_w", OPEN_TERMS, AMOUNT_MAX },
	{ "overdraft", OPEN_TERMS, AMOUNT_MAX },
	{ "hold_mode", OPEN_TERMS, 10 },
	{ "is_protected", OPEN_TERMS, 1 },
	{ "sale_meter", OPEN_SALE, 10 },
	{ "amount", OPEN_SALE, AMOUNT_MAX },
	{ "channel", OPEN_SALE, 10 },
	{ "tendered", OPEN_SALE, AMOUNT_MAX },
	{ "sale_note", OPEN_SALE, SALE_TEXT_MAX },
};
static const char *const HOLD_NAMES[] = { "default", "never", "always" };
static const enum channel CHANNELS_OFFERED[] = { CHANNEL_CASH, CHANNEL_TRANSFER, CHANNEL_POS,
	CHANNEL_QR };

/* ---- from the body into the draft ---- */

/* Ticks of ids as "3,17". */
static const char *
take_ids(struct req *r, const char *name, size_t most)
{
	const char *text = "", *typed;
	int64_t id;
	size_t count = 0;

	for (size_t n = 0; (typed = param_nth(&r->body, name, n)) != NULL && count < most; n++) {
		if (text_parse_uint(typed, UINT32_MAX, &id) != RC_OK || id == 0)
			continue;
		text =
		    arena_printf(r->arena, "%s%s%lld", text, count > 0 ? "," : "", (long long)id);
		count++;
	}
	return text;
}

void
open_take(struct req *r, struct opening_page *open)
{
	if (open->step == OPEN_METERS)
		draft_set(&open->draft, "meters", take_ids(r, "meter", OPEN_METERS_MAX));
	if (open->step == OPEN_SALE)
		draft_set(&open->draft, "fees", take_ids(r, "fee", SALE_FEES_MAX));
	if (open->step == OPEN_SALE || open->step == OPEN_TERMS)
		draft_set(&open->draft, open->step == OPEN_SALE ? "sale_seen" : "terms_seen", "1");
	for (size_t i = 0; i < COUNT(FIELDS); i++) {
		const struct open_field *field = &FIELDS[i];
		const char *typed = param_get(&r->body, field->name);
		char *clean = arena_alloc(r->arena, 4 * field->max + 1);
		if (field->step != open->step)
			continue;
		if (text_clean_name(typed, field->max, clean, 4 * field->max + 1) != RC_OK) {
			fault_add(&open->faults, field->name, "BadText", "%s", "");
			continue;
		}
		draft_set(&open->draft, field->name, clean);
	}
}

/* ---- from the draft into the wish ---- */

static int64_t
amount_or(struct opening_page *open, const char *name, int64_t otherwise)
{
	const char *text = draft_text(&open->draft, name);
	int64_t amount_fen = otherwise;

	if (*text != '\0' && money_parse_balance(text, &amount_fen) != RC_OK)
		fault_add(&open->faults, name, "BadAmount", "%s", "");
	return amount_fen;
}

static size_t
split_ids(const char *text, int64_t *ids, size_t most)
{
	char part[24];
	size_t count = 0;

	while (*text != '\0' && count < most) {
		size_t length = strcspn(text, ",");
		if (length < sizeof(part)) {
			(void)snprintf(part, sizeof(part), "%.*s", (int)length, text);
			count += text_parse_uint(part, UINT32_MAX, &ids[count]) == RC_OK;
		}
		text += length + (text[length] == ',');
	}
	return count;
}

static void
take_profile(struct opening_page *open)
{
	struct account_profile *profile = &open->wish.profile;
	const struct account_draft *draft = &open->draft;

	(void)text_copy(profile->row.name, sizeof(profile->row.name), draft_text(draft, "name"));
	(void)text_copy(
	    profile->row.number, sizeof(profile->row.number), draft_text(draft, "number"));
	(void)text_copy(profile->row.phone, sizeof(profile->row.phone), draft_text(draft, "phone"));
	(void)text_copy(
	    profile->row.initials, sizeof(profile->row.initials), draft_text(draft, "initials"));
	(void)text_copy(
	    profile->id_number, sizeof(profile->id_number), draft_text(draft, "id_number"));
	(void)text_copy(profile->note, sizeof(profile->note), draft_text(draft, "note"));
}

static void
take_terms(struct opening_page *open)
{
	struct meter_terms *terms = &open->wish.terms;
	const char *overload = draft_text(&open->draft, "overload_w");
	enum hold_mode hold = hold_mode_find(draft_text(&open->draft, "hold_mode"));

	open->wish.has_terms = *draft_text(&open->draft, "terms_seen") != '\0';
	*terms = (struct meter_terms){ .tariff_id = draft_number(&open->draft, "tariff"),
		.alarm1_fen = amount_or(open, "alarm1", METER_DEFAULT),
		.alarm2_fen = amount_or(open, "alarm2", METER_DEFAULT),
		.overload_w = METER_DEFAULT,
		.overdraft_fen = amount_or(open, "overdraft", METER_DEFAULT),
		.hold_mode = hold < HOLD_MODES ? hold : HOLD_DEFAULT,
		.is_protected = *draft_text(&open->draft, "is_protected") != '\0' };
	if (*overload != '\0' && text_parse_uint(overload, INT32_MAX, &terms->overload_w) != RC_OK)
		fault_add(&open->faults, "overload_w", "BadNumber", "%d", INT32_MAX);
}

static void
take_sale(struct opening_page *open)
{
	struct sale_wish *sale = &open->wish.sale;
	const char *amount = draft_text(&open->draft, "amount");
	enum channel channel = channel_find(draft_text(&open->draft, "channel"));

	*sale = (struct sale_wish){ .meter_id = draft_number(&open->draft, "sale_meter"),
		.channel = channel < CHANNEL_NONE ? channel : CHANNEL_CASH,
		.note = draft_text(&open->draft, "sale_note") };
	if (*amount == '\0')
		return;
	if (money_parse(amount, &sale->amount_fen) != RC_OK)
		fault_add(&open->faults, "amount", "BadAmount", "%s", "");
	sale->tendered_fen = amount_or(open, "tendered", 0);
	sale->fee_count = split_ids(draft_text(&open->draft, "fees"), sale->fee_ids, SALE_FEES_MAX);
	if (sale->meter_id == 0)
		sale->meter_id = open->wish.meter_ids[0];
}

void
open_wish(struct req *r, struct opening_page *open)
{
	struct account_wish *wish = &open->wish;

	*wish = (struct account_wish){ .draft_id = open->draft.draft_id,
		.by = editor(r),
		.scope = r->scope,
		.account_id = open->head.account_id,
		.is_phone_meant = *draft_text(&open->draft, "same_phone") != '\0' };
	wish->meter_count =
	    split_ids(draft_text(&open->draft, "meters"), wish->meter_ids, OPEN_METERS_MAX);
	take_profile(open);
	take_terms(open);
	take_sale(open);
}

/* ---- what is wrong with a step ---- */

static enum rc
judge_meters(struct req *r, struct opening_page *open)
{
	const char *numbers = "";
	struct free_meter meter;

	if (open->wish.meter_count == 0)
		fault_add(&open->faults, "meters", "MeterNeeded", "%s", "");
	for (size_t i = 0; i < open->wish.meter_count; i++) {
		enum rc rc =
		    account_free_meter(r->db, r->arena, r->scope, open->wish.meter_ids[i], &meter);
		if (rc == RC_NOT_FOUND) {
			fault_add(&open->faults, "meters", "MeterGone", "%s", "");
			continue;
		}
		if (rc != RC_OK)
			return rc;
		account_check_meter(&meter, r->now, &open->faults);
		numbers = arena_printf(r->arena, "%s%s%s", numbers, i > 0 ? ", " : "",
		    *meter.place != '\0' ? meter.place : meter.number);
	}
	draft_set(&open->draft, "numbers", numbers);
	return RC_OK;
}

static enum rc
judge_tenant(struct req *r, struct opening_page *open)
{
	struct same_phone same[SAME_PHONE_MAX];
	size_t count;

	if (open->head.account_id != 0)
		return RC_OK;
	account_profile_validate(&open->wish.profile, &open->faults);
	if (open->wish.is_phone_meant)
		return RC_OK;
	enum rc rc = account_same_phone(
	    r->db, r->arena, r->scope, open->wish.profile.row.phone, 0, same, &count);
	if (rc == RC_OK && count > 0)
		fault_add(
		    &open->faults, "phone", "SamePhone", "%s\t%s", same[0].number, same[0].name);
	return rc;
}

enum rc
open_judge(struct req *r, struct opening_page *open)
{
	switch (open->step) {
	case OPEN_METERS:
		return judge_meters(r, open);
	case OPEN_TENANT:
		/* Amounts of later steps are no matter of this one. */
		return judge_tenant(r, open);
	case OPEN_TERMS:
		meter_terms_validate(&open->wish.terms, &open->faults);
		return RC_OK;
	default:
		return RC_OK;
	}
}

/* ---- step 1 ---- */

static void
show_meter(struct req *r, const struct opening_page *open, const struct free_meter *meter)
{
	struct node *node = node_add(r->view, view_node(r->view, "Meters"));
	int64_t age_ms = account_figures_age(meter->status_period_ms);
	bool is_chosen = false;

	for (size_t i = 0; i < open->wish.meter_count; i++)
		is_chosen |= open->wish.meter_ids[i] == meter->meter_id;
	node_int(r->view, node, "Id", meter->meter_id);
	node_set(r->view, node, "Number", meter->number);
	node_set(r->view, node, "Building", meter->building);
	node_set(r->view, node, "Place", meter->place);
	node_set(r->view, node, "Model", meter->model);
	node_bool(r->view, node, "IsChosen", is_chosen);
	node_bool(r->view, node, "IsLost", meter->lost_since != 0);
	if (meter->credit_fen != METER_NO_CREDIT)
		node_money(r->view, node, "Credit", meter->credit_fen);
	if (meter->energy_wh >= 0)
		node_energy(r->view, node, "Energy", meter->energy_wh);
	node_time(r->view, node, "Seen", meter->read_at, r->now, age_ms);
	if (is_chosen && (meter->read_at == 0 || r->now - meter->read_at > age_ms))
		view_bool(r->view, "MayReadNow", true);
}

/* The chosen ones stand first, whatever is searched for. */
enum rc
open_show_meters(struct req *r, struct opening_page *open)
{
	struct free_meter *meters, chosen;
	char search[200];
	size_t count;
	int64_t total;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < open->wish.meter_count; i++) {
		rc =
		    account_free_meter(r->db, r->arena, r->scope, open->wish.meter_ids[i], &chosen);
		if (rc == RC_OK)
			show_meter(r, open, &chosen);
		else if (rc != RC_NOT_FOUND)
			return rc;
	}
	text_fold(param_get(&r->query, "q"), search, sizeof(search));
	rc = account_free_meters(r->db, r->arena, r->scope, search, &meters, &count, &total);
	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		bool is_shown = false;
		for (size_t n = 0; n < open->wish.meter_count; n++)
			is_shown |= open->wish.meter_ids[n] == meters[i].meter_id;
		if (!is_shown)
			show_meter(r, open, &meters[i]);
	}
	view_set(r->view, "Search", param_get(&r->query, "q"));
	view_bool(r->view, "IsCut", total > (int64_t)count);
	return rc;
}

/* ---- step 2 ---- */

enum rc
open_show_tenant(struct req *r, struct opening_page *open)
{
	struct same_phone same[SAME_PHONE_MAX];
	size_t count = 0;
	enum rc rc = account_same_phone(
	    r->db, r->arena, r->scope, open->wish.profile.row.phone, 0, same, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		struct node *node = node_add(r->view, view_node(r->view, "Same"));
		node_int(r->view, node, "Id", same[i].account_id);
		node_set(r->view, node, "Number", same[i].number);
		node_set(r->view, node, "Name", same[i].name);
		node_set(r->view, node, "Rooms", same[i].rooms);
	}
	view_bool(r->view, "Form.name.Required", true);
	view_bool(r->view, "Form.same_phone.Checked", open->wish.is_phone_meant);
	return rc;
}

/* ---- step 3 ---- */

static void
set_amount(struct req *r, const char *field, int64_t amount_fen)
{
	char text[MONEY_TEXT_MAX];

	if (amount_fen == METER_DEFAULT)
		return;
	money_format_plain(amount_fen, text, sizeof(text));
	view_set(r->view, arena_printf(r->arena, "Form.%s.Value", field), text);
}

/* Not seen yet: what the first meter has. */
static enum rc
propose_terms(struct req *r, struct opening_page *open)
{
	struct meter_row row;
	enum rc rc = meter_load_row(r->db, open->wish.meter_ids[0], &row);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	open->wish.terms = meter_terms_of(&row);
	set_amount(r, "alarm1", row.alarm1_fen);
	set_amount(r, "alarm2", row.alarm2_fen);
	set_amount(r, "overdraft", row.overdraft_fen);
	if (row.overload_w != METER_DEFAULT)
		view_int(r->view, "Form.overload_w.Value", row.overload_w);
	return RC_OK;
}

static enum rc
show_default(struct req *r, const char *field, const char *name, bool is_money)
{
	char text[MONEY_TEXT_MAX];
	int64_t usual = 0, value;

	(void)text_parse_uint(setting_spec(name)->fallback, INT64_MAX, &usual);
	enum rc rc = setting_int(r->db, name, usual, &value);
	if (rc != RC_OK)
		return rc;
	money_format_plain(value, text, sizeof(text));
	view_set(r->view, arena_printf(r->arena, "Form.%s.Default", field),
	    is_money ? arena_strdup(r->arena, text) : number_text(r, value));
	return RC_OK;
}

static enum rc
show_defaults(struct req *r)
{
	enum rc rc = show_default(r, "alarm1", "alarm.credit1_fen", true);

	if (rc == RC_OK)
		rc = show_default(r, "alarm2", "alarm.credit2_fen", true);
	if (rc == RC_OK)
		rc = show_default(r, "overdraft", "meter.overdraft_fen", true);
	return rc == RC_OK ? show_default(r, "overload_w", "meter.overload_w", false) : rc;
}

static enum rc
show_tariffs(struct req *r, int64_t selected)
{
	struct rows *rows;
	enum rc rc = command_target_tariffs(r->db, &rows);

	if (rc != RC_OK)
		return rc;
	choice_add(r, "tariff", 0, view_word(r->view, "Accounts.Open.KeepTariff"), selected);
	while ((rc = rows_next(rows)) == RC_OK)
		choice_add(r, "tariff", rows_int(rows, 0), rows_text(rows, 1), selected);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
open_show_terms(struct req *r, struct opening_page *open)
{
	struct node *holds = view_node(r->view, "Form.hold_mode.Choice");
	enum rc rc = RC_OK;

	if (!open->wish.has_terms && open->wish.meter_count > 0)
		rc = propose_terms(r, open);
	if (rc == RC_OK)
		rc = show_tariffs(r, open->wish.terms.tariff_id);
	if (rc == RC_OK)
		rc = show_defaults(r);
	for (size_t i = 0; i < COUNT(HOLD_NAMES); i++) {
		struct node *node = node_add(r->view, holds);
		node_set(r->view, node, "Value", HOLD_NAMES[i]);
		node_bool(r->view, node, "Selected", open->wish.terms.hold_mode == i);
	}
	view_bool(r->view, "Form.is_protected.Checked", open->wish.terms.is_protected);
	view_bool(r->view, "IsSeveral", open->wish.meter_count > 1);
	return rc;
}

/* ---- step 4 ---- */

static enum rc
show_sale_meters(struct req *r, struct opening_page *open)
{
	struct free_meter meter;

	for (size_t i = 0; i < open->wish.meter_count; i++) {
		enum rc rc =
		    account_free_meter(r->db, r->arena, r->scope, open->wish.meter_ids[i], &meter);
		if (rc == RC_NOT_FOUND)
			continue;
		if (rc != RC_OK)
			return rc;
		choice_add(r, "sale_meter", meter.meter_id,
		    arena_printf(r->arena, "%s · %s", meter.place, meter.number),
		    open->wish.sale.meter_id);
	}
	view_bool(r->view, "IsSeveral", open->wish.meter_count > 1);
	return RC_OK;
}

static enum rc
show_fees(struct req *r, struct opening_page *open)
{
	int64_t chosen[SALE_FEES_MAX];
	size_t count,
	    fees_chosen = split_ids(draft_text(&open->draft, "fees"), chosen, SALE_FEES_MAX);
	bool is_seen = *draft_text(&open->draft, "sale_seen") != '\0';
	struct sale_fee *fees;
	enum rc rc = sale_fees(r->db, r->arena, &fees, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++) {
		struct node *node = node_add(r->view, view_node(r->view, "Form.fee.Choice"));
		bool is_chosen = !is_seen && fees[i].is_usual;
		for (size_t n = 0; n < fees_chosen; n++)
			is_chosen |= chosen[n] == fees[i].fee_id;
		node_int(r->view, node, "Value", fees[i].fee_id);
		node_set(r->view, node, "Text",
		    fees[i].is_permille ? arena_printf(r->arena, "%s %s %%", fees[i].name,
					      decimal_text(r, fees[i].value, 1))
					: arena_printf(r->arena, "%s %s", fees[i].name,
					      money_text(r, fees[i].value)));
		node_bool(r->view, node, "Selected", is_chosen);
	}
	return rc;
}

enum rc
open_show_sale(struct req *r, struct opening_page *open)
{
	struct node *channels = view_node(r->view, "Form.channel.Choice");
	enum rc rc = show_sale_meters(r, open);

	for (size_t i = 0; i < COUNT(CHANNELS_OFFERED); i++) {
		struct node *node = node_add(r->view, channels);
		node_set(r->view, node, "Value", channel_name(CHANNELS_OFFERED[i]));
		node_bool(
		    r->view, node, "Selected", open->wish.sale.channel == CHANNELS_OFFERED[i]);
	}
	view_bool(r->view, "MaySell", may(r, PERM_SALE));
	return rc == RC_OK ? show_fees(r, open) : rc;
}
