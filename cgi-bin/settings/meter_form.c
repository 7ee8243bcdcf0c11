/* The fields of a meter, between the row and the form. */
#include "meter.h"

#include <string.h>

#include "base/money.h"
#include "base/text.h"
#include "edit.h"
#include "gateway.h"
#include "model/model_list.h"
#include "model/setting.h"
#include "model/setting_edit.h"

#define AMOUNT_MAX 12 /* characters of 999999.99 and some */

static const char *const PHASES[] = { "1", "3", NULL };
static const char *const MODES[] = { "meter", "server", "monitor", NULL };
static const char *const HOLDS[] = { "default", "never", "always", NULL };

struct typed {
	int64_t revision, meter_model_id, bus_id, unit, box_position, phases;
	int64_t ct_ratio, pt_ratio, rated_power_w, credit_mode, overload_w, hold_mode;
	bool is_protected;
	char number[METER_NUMBER_MAX * 4 + 1], name[METER_NAME_MAX * 4 + 1];
	char place[PLACE_PATH_MAX * 4 + 1], note[METER_NOTE_MAX * 4 + 1];
	char alarm1[AMOUNT_MAX * 4 + 1], alarm2[AMOUNT_MAX * 4 + 1];
	char overdraft[AMOUNT_MAX * 4 + 1];
};

#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "revision", FORM_UINT, false, UINT32_MAX, NULL, AT(revision) },
	{ "number", FORM_TEXT, true, METER_NUMBER_MAX, NULL, AT(number) },
	{ "name", FORM_TEXT, false, METER_NAME_MAX, NULL, AT(name) },
	{ "model", FORM_UINT, true, UINT32_MAX, NULL, AT(meter_model_id) },
	{ "bus", FORM_UINT, true, UINT32_MAX, NULL, AT(bus_id) },
	{ "unit", FORM_UINT, true, UINT16_MAX, NULL, AT(unit) },
	{ "box_position", FORM_UINT, false, UINT16_MAX, NULL, AT(box_position) },
	{ "phases", FORM_CHOICE, true, 0, PHASES, AT(phases) },
	{ "place", FORM_TEXT, false, PLACE_PATH_MAX, NULL, AT(place) },
	{ "ct_ratio", FORM_UINT, false, INT32_MAX, NULL, AT(ct_ratio) },
	{ "pt_ratio", FORM_UINT, false, INT32_MAX, NULL, AT(pt_ratio) },
	{ "rated_power_w", FORM_UINT, false, INT32_MAX, NULL, AT(rated_power_w) },
	{ "credit_mode", FORM_CHOICE, true, 0, MODES, AT(credit_mode) },
	{ "is_protected", FORM_BOOL, false, 0, NULL, AT(is_protected) },
	{ "alarm1", FORM_TEXT, false, AMOUNT_MAX, NULL, AT(alarm1) },
	{ "alarm2", FORM_TEXT, false, AMOUNT_MAX, NULL, AT(alarm2) },
	{ "overload_w", FORM_UINT, false, INT32_MAX, NULL, AT(overload_w) },
	{ "overdraft", FORM_TEXT, false, AMOUNT_MAX, NULL, AT(overdraft) },
	{ "hold_mode", FORM_CHOICE, true, 0, HOLDS, AT(hold_mode) },
	{ "note", FORM_TEXT, false, METER_NOTE_MAX, NULL, AT(note) },
};

/* ---- filling ---- */

static void
amount_text(int64_t amount_fen, char *text, size_t size)
{
	text[0] = '\0';
	if (amount_fen != METER_DEFAULT)
		money_format_plain(amount_fen, text, size);
}

/* A number that may be left out shows nothing when it is. */
static void
clear_if(struct req *r, const char *field, bool is_empty)
{
	if (is_empty)
		view_set(r->view, arena_printf(r->arena, "Form.%s.Value", field), "");
}

void
meter_form_fill(struct req *r, const struct place_list *places, const struct meter_row *row)
{
	struct typed typed = { .revision = row->revision,
		.meter_model_id = row->meter_model_id,
		.bus_id = row->bus_id,
		.unit = row->unit,
		.box_position = row->box_position,
		.phases = row->phases == 3,
		.ct_ratio = row->ct_ratio,
		.pt_ratio = row->pt_ratio,
		.rated_power_w = row->rated_power_w,
		.credit_mode = (int64_t)row->credit_mode,
		.overload_w = row->overload_w,
		.hold_mode = (int64_t)row->hold_mode,
		.is_protected = row->is_protected };

	(void)text_copy(typed.number, sizeof(typed.number), row->number);
	(void)text_copy(typed.name, sizeof(typed.name), row->name);
	(void)text_copy(typed.note, sizeof(typed.note), row->note);
	amount_text(row->alarm1_fen, typed.alarm1, sizeof(typed.alarm1));
	amount_text(row->alarm2_fen, typed.alarm2, sizeof(typed.alarm2));
	amount_text(row->overdraft_fen, typed.overdraft, sizeof(typed.overdraft));
	form_fill(r, FIELDS, COUNT(FIELDS), &typed);
	place_field_show(r, places, "place", row->place_id);
	clear_if(r, "unit", row->unit == 0);
	clear_if(r, "box_position", row->box_position == 0);
	clear_if(r, "overload_w", row->overload_w == METER_DEFAULT);
}

/* ---- reading ---- */

/* Amounts here may be 0, which money_parse refuses. */
static enum rc
read_amount(struct req *r, const char *field, const char *typed, int64_t *amount_fen)
{
	*amount_fen = METER_DEFAULT;
	if (typed[0] == '\0')
		return RC_OK;
	if (strcmp(typed, "0") == 0 || strcmp(typed, "0.00") == 0) {
		*amount_fen = 0;
		return RC_OK;
	}
	if (money_parse(typed, amount_fen) == RC_OK)
		return RC_OK;
	form_error(r, field, "BadAmount");
	return RC_INVALID;
}

static enum rc
read_amounts(struct req *r, const struct typed *typed, struct meter_row *row)
{
	enum rc rc = read_amount(r, "alarm1", typed->alarm1, &row->alarm1_fen);

	if (read_amount(r, "alarm2", typed->alarm2, &row->alarm2_fen) != RC_OK)
		rc = RC_INVALID;
	if (read_amount(r, "overdraft", typed->overdraft, &row->overdraft_fen) != RC_OK)
		rc = RC_INVALID;
	return rc;
}

static void
take_numbers(const struct typed *typed, struct meter_row *row)
{
	row->revision = typed->revision;
	row->meter_model_id = typed->meter_model_id;
	row->bus_id = typed->bus_id;
	row->unit = typed->unit;
	row->box_position = typed->box_position;
	row->phases = typed->phases == 1 ? 3 : 1;
	row->ct_ratio = typed->ct_ratio;
	row->pt_ratio = typed->pt_ratio;
	row->rated_power_w = typed->rated_power_w;
	row->credit_mode = (enum credit_mode)typed->credit_mode;
	row->overload_w = typed->overload_w;
	row->hold_mode = (enum hold_mode)typed->hold_mode;
	row->is_protected = typed->is_protected;
}

enum rc
meter_form_read(struct req *r, const struct place_list *places, const struct meter_row *stored,
    struct meter_row *row)
{
	const struct meter_row usual = meter_default();
	struct typed typed = { .ct_ratio = usual.ct_ratio,
		.pt_ratio = usual.pt_ratio,
		.rated_power_w = usual.rated_power_w,
		.overload_w = METER_DEFAULT };
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &typed);

	*row = *stored;
	take_numbers(&typed, row);
	(void)text_copy(row->number, sizeof(row->number), typed.number);
	(void)text_copy(row->name, sizeof(row->name), typed.name);
	(void)text_copy(row->note, sizeof(row->note), typed.note);
	if (read_amounts(r, &typed, row) != RC_OK)
		rc = RC_INVALID;
	if (place_field_read(r, places, "place", typed.place, &row->place_id) != RC_OK)
		rc = RC_INVALID;
	else if (row->place_id == 0 && scope_is_limited(r->scope)) {
		form_error(r, "place", "PlaceNeeded");
		rc = RC_INVALID;
	}
	if (rc == RC_OK && row->bus_id != stored->bus_id &&
	    meter_may_use_bus(r, row->bus_id) != RC_OK) {
		form_error(r, "bus", "NoSuchBus");
		rc = RC_INVALID;
	}
	return rc;
}

/* ---- showing ---- */

static enum rc
show_setting(struct req *r, const char *field, const char *name, bool is_money)
{
	char text[MONEY_TEXT_MAX];
	int64_t usual = 0, value;

	(void)text_parse_uint(setting_spec(name)->fallback, INT64_MAX, &usual);
	enum rc rc = setting_int(r->db, name, usual, &value);
	if (rc != RC_OK)
		return rc;
	money_format_plain(value, text, sizeof(text));
	const char *words = is_money ? arena_strdup(r->arena, text) : number_text(r, value);
	if (!is_money && value == 0)
		words = view_word(r->view, "Settings.Meter.NoLimit");
	view_set(r->view, arena_printf(r->arena, "Form.%s.Default", field), words);
	return RC_OK;
}

/* "22:00–08:00, weekends", or that there are none. */
static enum rc
show_hold(struct req *r)
{
	static const char *const NAMES[] = { "hold.night_from", "hold.night_to", "hold.weekend",
		"hold.holiday" };
	char values[COUNT(NAMES)][16];
	enum rc rc = RC_OK;

	for (size_t i = 0; i < COUNT(NAMES) && rc == RC_OK; i++)
		rc = setting_text(r->db, NAMES[i], setting_spec(NAMES[i])->fallback, values[i],
		    sizeof(values[i]));
	if (rc != RC_OK)
		return rc;
	const char *text = "";
	if (values[0][0] != '\0')
		text = arena_printf(r->arena, "%s–%s", values[0], values[1]);
	const struct {
		bool is_set;
		const char *key;
	} days[] = { { strcmp(values[2], "1") == 0, "Settings.Meter.HoldWeekend" },
		{ strcmp(values[3], "1") == 0, "Settings.Meter.HoldHoliday" } };
	for (size_t i = 0; i < COUNT(days); i++)
		if (days[i].is_set)
			text = arena_printf(r->arena, "%s%s%s", text, *text != '\0' ? " · " : "",
			    view_word(r->view, days[i].key));
	view_set(r->view, "Form.hold_mode.Default",
	    *text != '\0' ? text : view_word(r->view, "Settings.Meter.HoldNone"));
	return RC_OK;
}

static enum rc
show_defaults(struct req *r)
{
	const struct meter_row usual = meter_default();
	enum rc rc = show_setting(r, "alarm1", "alarm.credit1_fen", true);

	view_int(r->view, "Form.ct_ratio.Default", usual.ct_ratio);
	view_int(r->view, "Form.pt_ratio.Default", usual.pt_ratio);
	view_int(r->view, "Form.rated_power_w.Default", usual.rated_power_w);
	if (rc == RC_OK)
		rc = show_setting(r, "alarm2", "alarm.credit2_fen", true);
	if (rc == RC_OK)
		rc = show_setting(r, "overload_w", "meter.overload_w", false);
	if (rc == RC_OK)
		rc = show_setting(r, "overdraft", "meter.overdraft_fen", true);
	return rc == RC_OK ? show_hold(r) : rc;
}

enum rc
meter_choices(struct req *r, int64_t bus_id, int64_t meter_model_id)
{
	struct model_item *models;
	struct bus_view *buses;
	size_t count;
	enum rc rc = model_list(r->db, r->arena, r->scope, &models, &count);

	if (rc != RC_OK)
		return rc;
	choice_add(r, "model", 0, "", meter_model_id);
	for (size_t i = 0; i < count; i++)
		choice_add(r, "model", models[i].meter_model_id,
		    arena_printf(r->arena, "%s %s", models[i].maker, models[i].name),
		    meter_model_id);
	rc = gateway_buses(r->db, r->arena, r->scope, 0, r->now, &buses, &count);
	if (rc != RC_OK)
		return rc;
	choice_add(r, "bus", 0, "", bus_id);
	for (size_t i = 0; i < count; i++)
		if (buses[i].bus_id != 0 &&
		    (buses[i].bus_id == bus_id || bus_view_is_in_scope(r, &buses[i])))
			choice_add(r, "bus", buses[i].bus_id,
			    arena_printf(r->arena, "%s / %s", buses[i].gateway, buses[i].bus),
			    bus_id);
	return RC_OK;
}

enum rc
meter_form_show(struct req *r, const struct place_list *places, const struct meter_row *row)
{
	enum rc rc = meter_choices(r, row->bus_id, row->meter_model_id);

	place_field_propose(r, places);
	return rc == RC_OK ? show_defaults(r) : rc;
}
