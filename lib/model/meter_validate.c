/*
 * meter_validate.c - what makes a meter right: its own values, its address among those of its bus,
 * and its loop among those of its box (domain.md §1.3). Pure, no statements.
 */
#include <inttypes.h>
#include <string.h>

#include "model/edit.h"
#include "model/bus_edit.h"
#include "model/meter_edit.h"
#include "model/meter_model.h"
#include "model/place_edit.h"

#define ALARM_MAX_FEN 99999999

/* The meter while its address is checked. */
struct seat {
	const struct meter_row *row;
	const struct meter_model *model;
	int64_t addresses;
	int64_t base; /* first address of its box; 0: it is in none */
	struct faults *faults;
};

static bool
is_number(const char *number)
{
	for (const char *at = number; *at != '\0'; at++)
		if (!((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
			(*at >= 'a' && *at <= 'z') || *at == '-'))
			return false;
	return true;
}

static void
check_number(const struct meter_row *row, const struct world *world, struct faults *faults)
{
	if (row->number[0] == '\0')
		fault_add(faults, "number", "Required", "%s", "");
	else if (strlen(row->number) > METER_NUMBER_MAX || !is_number(row->number))
		fault_add(faults, "number", "BadMeterNumber", "%d", METER_NUMBER_MAX);
	if (fault_find(faults, "number") != NULL)
		return;
	int64_t twin = world->meter_numbered(world->context, row->number);
	if (twin != 0 && twin != row->meter_id)
		fault_add_text(faults, "number", "MeterTaken", row->number);
}

static void
check_amounts(const struct meter_row *row, struct faults *faults)
{
	if (row->alarm1_fen != METER_DEFAULT)
		edit_check_range(faults, "alarm1", row->alarm1_fen, 0, ALARM_MAX_FEN);
	if (row->alarm2_fen != METER_DEFAULT)
		edit_check_range(faults, "alarm2", row->alarm2_fen, 0, ALARM_MAX_FEN);
	if (row->alarm1_fen != METER_DEFAULT && row->alarm2_fen > row->alarm1_fen)
		fault_add(faults, "alarm2", "AlarmOrder", "%s", "");
	if (row->overload_w != METER_DEFAULT)
		edit_check_range(faults, "overload_w", row->overload_w, 0, METER_POWER_MAX_W);
	if (row->overdraft_fen != METER_DEFAULT)
		edit_check_range(faults, "overdraft", row->overdraft_fen, 0, ALARM_MAX_FEN);
	if (row->hold_mode >= HOLD_MODES)
		fault_add(faults, "hold_mode", "BadChoice", "%s", "");
}

static void
check_own(const struct meter_row *row, const struct meter_model *model, struct faults *faults)
{
	if (!meter_is_phases(row->phases))
		fault_add(faults, "phases", "BadChoice", "%s", "");
	edit_check_range(faults, "ct_ratio", row->ct_ratio, 1, METER_RATIO_MAX);
	edit_check_range(faults, "pt_ratio", row->pt_ratio, 1, METER_RATIO_MAX);
	if (fault_find(faults, "ct_ratio") == NULL && fault_find(faults, "pt_ratio") == NULL &&
	    !meter_is_ratio(row->ct_ratio, row->pt_ratio))
		fault_add(faults, "ct_ratio", "BadRatio", "%d", METER_RATIO_MAX);
	edit_check_range(faults, "rated_power_w", row->rated_power_w, 0, METER_POWER_MAX_W);
	if (row->credit_mode > CREDIT_MONITOR)
		fault_add(faults, "credit_mode", "BadChoice", "%s", "");
	else if (row->credit_mode == CREDIT_METER && model != NULL && !model->has_credit)
		fault_add_text(faults, "credit_mode", "NoMeterCredit", model->code);
}

/* ---- the address ---- */

static const char *
neighbour_label(const struct meter_neighbour *n)
{
	return n->place[0] != '\0' ? n->place : n->number;
}

static void
check_overlap(const struct seat *seat, const struct meter_neighbour *n)
{
	int64_t unit = seat->row->unit, end = unit + seat->addresses - 1;
	int64_t other_end = n->unit + n->addresses - 1;
	int64_t first = unit > n->unit ? unit : n->unit;

	if (first > end || first > other_end)
		return;
	if (n->addresses > 1)
		fault_add(seat->faults, "unit", "UnitTakenThree",
		    "%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%s", first, n->unit, other_end,
		    neighbour_label(n));
	else
		fault_add(seat->faults, "unit", "UnitTaken", "%" PRId64 "\t%s", first,
		    neighbour_label(n));
}

/* First address of the box of a neighbour, 0 if it is in none. */
static int64_t
neighbour_base(const struct meter_neighbour *n)
{
	return n->is_box && n->box_position > 0 ? n->unit - n->box_position + 1 : 0;
}

/* Two ranges of addresses. */
static bool
meets(int64_t from, int64_t to, int64_t other_from, int64_t other_to)
{
	return from <= other_to && other_from <= to;
}

/* As far as we know it from its loops, a box reaches from its base to the end of its last loop:
 * what belongs to another box, or to no box, cannot lie in between. */
static void
check_boxes(const struct seat *seat, const struct meter_neighbour *n)
{
	int64_t unit = seat->row->unit, end = unit + seat->addresses - 1;
	int64_t other_base = neighbour_base(n), other_end = n->unit + n->addresses - 1;
	int64_t from = seat->base != 0 ? seat->base : unit;
	int64_t other_from = other_base != 0 ? other_base : n->unit;

	if (seat->base == other_base || !meets(from, end, other_from, other_end))
		return;
	if (other_base != 0)
		fault_add(seat->faults, "unit", "InOtherBox",
		    "%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%s", unit, other_base, other_end,
		    neighbour_label(n));
	else
		fault_add(seat->faults, "unit", "ForeignInBox",
		    "%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%s", seat->base, end, n->unit,
		    neighbour_label(n));
}

/* 0 three-phase behind transformers, 1 three-phase, 2 single-phase: the order in a box. */
static int
rank(int64_t phases, int64_t ct_ratio)
{
	return phases != 3 ? 2 : ct_ratio > 1 ? 0 : 1;
}

static void
check_order(const struct seat *seat, const struct meter_neighbour *n)
{
	int mine = rank(seat->row->phases, seat->row->ct_ratio);
	int other = rank(n->phases, n->ct_ratio);
	bool is_before = seat->row->box_position < n->box_position;
	bool is_wrong = is_before ? mine > other : mine < other;

	if (seat->base == 0 || neighbour_base(n) != seat->base || !is_wrong)
		return;
	fault_add(seat->faults, "box_position",
	    mine == 2 || other == 2 ? "BoxOrderThree" : "BoxOrderTransformer", "%" PRId64 "\t%s",
	    n->box_position, neighbour_label(n));
}

static void
check_box(struct seat *seat)
{
	const struct meter_row *row = seat->row;

	if (!seat->model->is_box) {
		if (row->box_position != 0)
			fault_add_text(seat->faults, "box_position", "NoBox", seat->model->code);
		return;
	}
	if (row->box_position == 0) {
		fault_add(seat->faults, "box_position", "Required", "%s", "");
		return;
	}
	edit_check_range(seat->faults, "box_position", row->box_position, 1, METER_BOX_MAX);
	int64_t base = row->unit - row->box_position + 1;
	if (fault_find(seat->faults, "box_position") != NULL)
		return;
	if (!meter_box_fits(base, row->box_position, seat->addresses))
		fault_add(seat->faults, "box_position", "BoxBase", "%" PRId64, base);
	else if (seat->addresses == 3 && (row->box_position - 1) % 3 != 0)
		fault_add(seat->faults, "box_position", "BoxThree", "%" PRId64, row->box_position);
	else
		seat->base = base;
}

static void
check_seat(struct seat *seat, const struct world *world)
{
	const struct meter_row *row = seat->row;
	size_t count;

	if (!meter_is_unit(row->unit, seat->addresses)) {
		fault_add(seat->faults, "unit", seat->addresses > 1 ? "BadUnitThree" : "BadUnit",
		    "%" PRId64, BUS_UNIT_MAX - seat->addresses + 1);
		return;
	}
	check_box(seat);
	const struct meter_neighbour *list =
	    world->meters_of_bus(world->context, row->bus_id, &count);
	for (size_t i = 0; i < count; i++) {
		if (list[i].meter_id == row->meter_id && row->meter_id != 0)
			continue;
		check_overlap(seat, &list[i]);
		check_boxes(seat, &list[i]);
		check_order(seat, &list[i]);
	}
}

void
meter_validate(const struct meter_row *row, const struct world *world, struct faults *faults)
{
	struct seat seat = { .row = row, .faults = faults };
	struct bus_row bus;
	struct place_row place;

	check_number(row, world, faults);
	edit_check_text(faults, "name", row->name, METER_NAME_MAX, false);
	if (row->meter_model_id != 0)
		seat.model = world->model(world->context, row->meter_model_id);
	if (seat.model == NULL)
		fault_add(faults, "model", row->meter_model_id == 0 ? "Required" : "NoSuchModel",
		    "%s", "");
	if (row->bus_id == 0 || !world->bus(world->context, row->bus_id, &bus))
		fault_add(faults, "bus", row->bus_id == 0 ? "Required" : "NoSuchBus", "%s", "");
	check_own(row, seat.model, faults);
	if (row->place_id != 0 && !world->place(world->context, row->place_id, &place))
		fault_add(faults, "place", "NoSuchPlace", "%s", "");
	check_amounts(row, faults);
	edit_check_text(faults, "note", row->note, METER_NOTE_MAX, false);
	if (fault_find(faults, "model") != NULL || fault_find(faults, "bus") != NULL ||
	    fault_find(faults, "phases") != NULL)
		return;
	seat.addresses = meter_model_addresses(seat.model, row->phases);
	check_seat(&seat, world);
}
