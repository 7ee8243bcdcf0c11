/*
 * /settings/meters/box: a whole box at once. GET shows the form and, with "preview", what would be
 * made; POST makes all of it or nothing.
 */
#include <string.h>

#include "base/text.h"
#include "edit.h"
#include "meter.h"
#include "model/box_plan.h"
#include "model/model_list.h"
#include "model/room_names.h"
#include "model/world.h"

#define NUMBERS_MAX 2000 /* characters: 36 numbers of 16 with room around them */

static const char *const MODES[] = { "meter", "server", "monitor", NULL };

struct typed {
	int64_t bus_id, meter_model_id, size, base, transformers, three_phase, ct_ratio;
	int64_t credit_mode;
	char place[PLACE_PATH_MAX * 4 + 1];
	char rooms[NUMBERS_MAX * 4 + 1], numbers[NUMBERS_MAX * 4 + 1];
};

#define AT(member) offsetof(struct typed, member)
static const struct form_field FIELDS[] = {
	{ "bus", FORM_UINT, true, UINT32_MAX, NULL, AT(bus_id) },
	{ "model", FORM_UINT, true, UINT32_MAX, NULL, AT(meter_model_id) },
	{ "size", FORM_UINT, true, METER_BOX_MAX, NULL, AT(size) },
	{ "base", FORM_UINT, true, BUS_UNIT_MAX, NULL, AT(base) },
	{ "transformers", FORM_UINT, false, METER_BOX_MAX / 3, NULL, AT(transformers) },
	{ "ct_ratio", FORM_UINT, false, METER_RATIO_MAX, NULL, AT(ct_ratio) },
	{ "three_phase", FORM_UINT, false, METER_BOX_MAX / 3, NULL, AT(three_phase) },
	{ "credit_mode", FORM_CHOICE, true, 0, MODES, AT(credit_mode) },
	{ "place", FORM_TEXT, false, PLACE_PATH_MAX, NULL, AT(place) },
	{ "rooms", FORM_LINES, false, NUMBERS_MAX, NULL, AT(rooms) },
	{ "numbers", FORM_LINES, true, NUMBERS_MAX, NULL, AT(numbers) },
};

/* One loop that is to be made. */
struct planned {
	struct meter_row row;
	const char *room;
	struct faults faults;
};

struct box {
	struct req *r;
	struct place_list places;
	struct typed typed;
	int64_t place_id;
	struct planned *list; /* METER_BOX_MAX */
	size_t count;
	bool is_wrong;
	struct operator_actor by;
};

/* ---- what was typed ---- */

static void
trouble(struct box *box, const char *field, const char *key, const char *value)
{
	form_error_values(box->r, field, key, (const char *const[]){ value }, 1);
	box->is_wrong = true;
}

/* Numbers stand apart by anything that is no part of a number. */
static size_t
split_numbers(struct box *box, const char *numbers[METER_BOX_MAX])
{
	char *text = arena_strdup(box->r->arena, box->typed.numbers), *rest = NULL;
	size_t count = 0;

	for (char *one = strtok_r(text, " \n\r\t,;", &rest); one != NULL;
	     one = strtok_r(NULL, " \n\r\t,;", &rest)) {
		if (count == METER_BOX_MAX) {
			trouble(box, "numbers", "BoxNumbers", "");
			break;
		}
		numbers[count++] = one;
	}
	return count;
}

/* The rooms that were named, or those of the floor in their order. */
static size_t
find_rooms(struct box *box, const struct place_item *rooms[METER_BOX_MAX])
{
	struct room_names *names = arena_alloc(box->r->arena, sizeof(*names));
	size_t count = 0;

	if (room_names_parse(box->typed.rooms, names) != ROOM_NAMES_OK) {
		trouble(box, "rooms", "RoomsRange", names->wrong);
		return 0;
	}
	for (size_t i = 0; i < names->count && count < METER_BOX_MAX; i++) {
		const struct place_item *found = NULL;
		for (size_t p = 0; p < box->places.count; p++)
			if (box->places.list[p].row.parent_id == box->place_id &&
			    strcmp(box->places.list[p].row.name, names->list[i]) == 0)
				found = &box->places.list[p];
		if (found == NULL)
			trouble(box, "rooms", "BoxRoom", names->list[i]);
		else
			rooms[count++] = found;
	}
	for (size_t p = 0; names->count == 0 && p < box->places.count && count < METER_BOX_MAX; p++)
		if (box->place_id != 0 && box->places.list[p].row.parent_id == box->place_id &&
		    box->places.list[p].row.kind == KIND_ROOM)
			rooms[count++] = &box->places.list[p];
	return count;
}

static void
plan_loop(
    struct box *box, const struct box_loop *loop, const char *number, const struct place_item *room)
{
	struct planned *planned = &box->list[box->count++];
	struct meter_row *row = &planned->row;

	*row = meter_default();
	(void)text_copy(row->number, sizeof(row->number), number);
	row->meter_model_id = box->typed.meter_model_id;
	row->bus_id = box->typed.bus_id;
	row->unit = loop->unit;
	row->box_position = loop->position;
	row->phases = loop->phases;
	row->ct_ratio = loop->ct_ratio;
	row->credit_mode = (enum credit_mode)box->typed.credit_mode;
	row->place_id = room != NULL ? room->row.place_id : 0;
	planned->room = room != NULL ? room->row.name : "";
}

static void
plan(struct box *box)
{
	const struct typed *typed = &box->typed;
	struct box_order order = { typed->base, typed->size, typed->transformers,
		typed->three_phase, typed->ct_ratio };
	struct box_loop loops[METER_BOX_MAX];
	struct faults faults = { 0 };
	const char *numbers[METER_BOX_MAX];
	const struct place_item *rooms[METER_BOX_MAX];
	size_t loop_count = box_plan(&order, loops, &faults);
	size_t number_count = split_numbers(box, numbers);
	size_t room_count = find_rooms(box, rooms);

	if (edit_show_faults(box->r, &faults) != RC_OK)
		box->is_wrong = true;
	if (number_count > loop_count && faults.count == 0)
		trouble(box, "numbers", "BoxNumbers", number_text(box->r, (int64_t)loop_count));
	if (box->is_wrong)
		return;
	box->list = arena_alloc(box->r->arena, METER_BOX_MAX * sizeof(*box->list));
	for (size_t i = 0; i < number_count && i < loop_count; i++)
		plan_loop(box, &loops[i], numbers[i], i < room_count ? rooms[i] : NULL);
}

/* Reads and plans; is_wrong says that the form holds messages. */
static enum rc
read_box(struct req *r, struct box *box)
{
	*box = (struct box){ .r = r, .by = editor(r) };
	enum rc rc = place_all(r->db, r->arena, r->scope, &box->places);

	if (rc != RC_OK)
		return rc;
	box->typed.ct_ratio = 1;
	box->is_wrong = form_read(r, FIELDS, COUNT(FIELDS), &box->typed) != RC_OK;
	if (place_field_read(r, &box->places, "place", box->typed.place, &box->place_id) != RC_OK)
		box->is_wrong = true;
	else if (box->place_id == 0 && scope_is_limited(r->scope))
		trouble(box, "place", "PlaceNeeded", "");
	if (!box->is_wrong && meter_may_use_bus(r, box->typed.bus_id) != RC_OK)
		trouble(box, "bus", "NoSuchBus", "");
	if (!box->is_wrong)
		plan(box);
	return RC_OK;
}

/* ---- checking and making ---- */

/* In a transaction that is rolled back or kept, so that each sees those before it. */
static enum rc
make(struct db *db, void *context)
{
	struct box *box = context;
	struct world *world = world_of_database(db, box->r->arena);
	bool has_faults = false;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < box->count && rc == RC_OK; i++) {
		struct meter_row row = box->list[i].row;
		box->list[i].faults = (struct faults){ 0 };
		meter_validate(&row, world, &box->list[i].faults);
		rc = world_failed(world);
		if (box->list[i].faults.count > 0)
			has_faults = true;
		else if (rc == RC_OK && !has_faults)
			rc = meter_insert(db, &row, &box->by);
	}
	return rc == RC_OK && has_faults ? RC_INVALID : rc;
}

/* Twins within the list and what hangs on the bus already, without writing. */
static enum rc
check(struct box *box)
{
	struct world *world = world_of_database(box->r->db, box->r->arena);

	for (size_t i = 0; i < box->count; i++) {
		struct planned *planned = &box->list[i];
		planned->faults = (struct faults){ 0 };
		meter_validate(&planned->row, world, &planned->faults);
		for (size_t k = 0; k < i; k++)
			if (strcmp(box->list[k].row.number, planned->row.number) == 0)
				fault_add_text(
				    &planned->faults, "number", "MeterTaken", planned->row.number);
		if (planned->faults.count > 0)
			box->is_wrong = true;
	}
	return world_failed(world);
}

/* ---- showing ---- */

static const char *
fault_words(struct req *r, const struct faults *faults)
{
	const char *text = "";

	for (size_t i = 0; i < faults->count; i++) {
		const char *values[FAULT_VALUES_MAX] = { "", "", "", "" };
		size_t count =
		    fault_values(&faults->list[i], arena_alloc(r->arena, FAULT_VALUE_MAX), values);
		text = arena_printf(r->arena, "%s%s%s", text, i > 0 ? " · " : "",
		    view_phrase(r->view, arena_printf(r->arena, "Error.%s", faults->list[i].key),
			values, count));
	}
	return text;
}

static void
show_plan(struct box *box)
{
	struct req *r = box->r;
	struct node *list = view_node(r->view, "Plan");

	for (size_t i = 0; i < box->count; i++) {
		const struct planned *planned = &box->list[i];
		struct node *node = node_add(r->view, list);
		node_int(r->view, node, "Position", planned->row.box_position);
		node_int(r->view, node, "Unit", planned->row.unit);
		node_int(r->view, node, "Phases", planned->row.phases);
		if (planned->row.phases == 3)
			node_int(r->view, node, "LastUnit", planned->row.unit + 2);
		if (planned->row.ct_ratio > 1)
			node_int(r->view, node, "Ct", planned->row.ct_ratio);
		node_set(r->view, node, "Number", planned->row.number);
		node_set(r->view, node, "Room", planned->room);
		node_set(r->view, node, "Fault", fault_words(r, &planned->faults));
	}
	view_bool(r->view, "Plan.IsReady", box->count > 0 && !box->is_wrong);
	const char *const count[] = { number_text(r, (int64_t)box->count) };
	view_set(r->view, "Plan.Make", view_phrase(r->view, "Settings.Box.Make", count, 1));
}

static enum rc
show(struct box *box)
{
	struct req *r = box->r;
	static const int64_t sizes[] = { 12, 24, 36 };
	enum rc rc = meter_choices(r, box->typed.bus_id, box->typed.meter_model_id);

	for (size_t i = 0; i < COUNT(sizes); i++)
		choice_add(r, "size", sizes[i], number_text(r, sizes[i]), box->typed.size);
	place_field_propose(r, &box->places);
	show_plan(box);
	crumb(r, NULL, view_word(r->view, "Settings.Box.Title"));
	view_set(r->view, "Page.Title", view_word(r->view, "Settings.Box.Title"));
	return rc == RC_OK ? page(r, "settings/meter_box.cs") : rc;
}

/* The first model that is a loop of a box. */
static enum rc
start(struct req *r, struct box *box)
{
	struct model_item *models;
	size_t count;
	enum rc rc = model_list(r->db, r->arena, r->scope, &models, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = count; i-- > 0;)
		if (models[i].profile != NULL && models[i].profile->is_box)
			box->typed.meter_model_id = models[i].meter_model_id;
	return place_all(r->db, r->arena, r->scope, &box->places);
}

enum rc
meter_box(struct req *r)
{
	struct box box = { .r = r, .typed = { .size = METER_BOX_MAX, .base = 1, .ct_ratio = 1 } };
	enum rc rc;

	if (r->method == GET && *param_get(&r->query, "preview") == '\0') {
		(void)text_parse_uint(param_get(&r->query, "bus"), UINT32_MAX, &box.typed.bus_id);
		if ((rc = start(r, &box)) != RC_OK)
			return rc;
		form_fill(r, FIELDS, COUNT(FIELDS), &box.typed);
		return show(&box);
	}
	if ((rc = read_box(r, &box)) != RC_OK)
		return rc;
	if (r->method == GET || box.is_wrong || box.count == 0) {
		rc = box.is_wrong ? RC_OK : check(&box);
		return rc == RC_OK ? show(&box) : rc;
	}
	rc = edit_save(r, make, &box);
	if (rc == RC_INVALID || (rc == RC_CONFLICT && db_is_duplicate(r->db))) {
		r->status = 422;
		rc = check(&box);
		return rc == RC_OK ? show(&box) : rc;
	}
	if (rc != RC_OK)
		return rc;
	flash_values(
	    r, "MetersAdded", (const char *const[]){ number_text(r, (int64_t)box.count) }, 1);
	return redirect(r, "/settings/meters?bus=%lld", (long long)box.typed.bus_id);
}
