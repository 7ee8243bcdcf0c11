/* /settings/models, /settings/models/{id}: what the collector can read, from its own profiles. */
#include <string.h>

#include "edit.h"
#include "model/meter_model.h"
#include "model/model_list.h"

static void
show_abilities(struct req *r, struct node *node, const struct meter_model *model)
{
	const struct {
		const char *key;
		bool has;
	} list[] = {
		{ "credit", model->has_credit },
		{ "control", model->has_control },
		{ "periods", model->has_periods },
		{ "power", model->has_power },
		{ "demand", model->has_demand },
		{ "clock", model->has_clock },
		{ "box", model->is_box },
	};
	struct node *abilities = node_child(r->view, node, "Can");

	for (size_t i = 0; i < COUNT(list); i++)
		if (list[i].has)
			node_set(r->view, node_add(r->view, abilities), "Key", list[i].key);
}

static void
show_model(struct req *r, struct node *node, const struct model_item *item)
{
	node_int(r->view, node, "Id", item->meter_model_id);
	node_set(r->view, node, "Code", item->code);
	node_set(r->view, node, "Name", item->name);
	node_set(r->view, node, "Maker", item->maker);
	node_int(r->view, node, "Meters", item->meters);
	node_bool(r->view, node, "HasRelay", item->has_relay);
	node_bool(r->view, node, "IsUnread", item->profile == NULL);
	if (item->profile != NULL)
		show_abilities(r, node, item->profile);
}

enum rc
models(struct req *r)
{
	struct node *list = view_node(r->view, "Models");
	struct model_item *items;
	size_t count;
	enum rc rc = model_list(r->db, r->arena, r->scope, &items, &count);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++)
		show_model(r, node_add(r->view, list), &items[i]);
	return page(r, "settings/models.cs");
}

/* What one step of the register is worth: all of these are parts of a unit, "0.01 kWh". */
static const char *
step_text(struct req *r, const struct model_register *reg)
{
	static const struct {
		const char *prefix, *unit;
		int decimals;
	} units[] = {
		{ "voltage", "V", 1 },
		{ "current", "A", 3 },
		{ "power_factor", "", 3 },
		{ "power", "kW", 3 },
		{ "reactive", "kvar", 3 },
		{ "demand", "kW", 3 },
		{ "credit", "CNY", 2 },
		{ "energy", "kWh", 3 },
		{ "sharp", "kWh", 3 },
		{ "peak", "kWh", 3 },
		{ "flat", "kWh", 3 },
		{ "valley", "kWh", 3 },
		{ "base", "kWh", 3 },
	};

	for (size_t i = 0; i < COUNT(units); i++) {
		int64_t divisor = 1;
		if (strncmp(reg->target, units[i].prefix, strlen(units[i].prefix)) != 0)
			continue;
		for (int d = 0; d < units[i].decimals; d++)
			divisor *= 10;
		char *text =
		    arena_printf(r->arena, "%lld.%0*lld", (long long)(reg->scale / divisor),
			units[i].decimals, (long long)(reg->scale % divisor));
		for (size_t end = strlen(text); text[end - 1] == '0'; end--)
			text[end - 1] = '\0';
		return arena_printf(r->arena, "%s %s", text, units[i].unit);
	}
	return reg->scale > 1 ? number_text(r, reg->scale) : "";
}

static void
show_registers(struct req *r, const struct meter_model *model)
{
	struct node *blocks = view_node(r->view, "Blocks");
	struct node *registers = view_node(r->view, "Registers");

	for (size_t i = 0; i < model->block_count; i++) {
		struct node *node = node_add(r->view, blocks);
		const struct model_block *block = &model->blocks[i];
		node_set(
		    r->view, node, "Function", arena_printf(r->arena, "FC %02d", block->function));
		node_set(r->view, node, "Address",
		    arena_printf(r->arena, "0x%04X", (unsigned)block->address));
		node_int(r->view, node, "Count", block->count);
	}
	for (size_t i = 0; i < model->register_count; i++) {
		struct node *node = node_add(r->view, registers);
		const struct model_register *reg = &model->registers[i];
		node_set(r->view, node, "Address",
		    arena_printf(r->arena, "0x%04X", (unsigned)reg->address));
		node_set(r->view, node, "Target", reg->target);
		node_set(r->view, node, "Type", reg->type);
		node_set(r->view, node, "Step", step_text(r, reg));
		node_set(r->view, node, "Ratio", *reg->ratio != '\0' ? reg->ratio : NULL);
		if (reg->bits == 1)
			node_int(r->view, node, "Bits", reg->shift);
		else if (reg->bits > 1)
			node_set(r->view, node, "Bits",
			    arena_printf(
				r->arena, "%d…%d", reg->shift, reg->shift + reg->bits - 1));
	}
}

enum rc
model_find_item(struct req *r, struct model_item *item)
{
	struct model_item *items;
	size_t count, i = 0;
	enum rc rc = model_list(r->db, r->arena, r->scope, &items, &count);

	if (rc != RC_OK)
		return rc;
	while (i < count && items[i].meter_model_id != r->id)
		i++;
	if (i == count)
		return RC_NOT_FOUND;
	*item = items[i];
	return RC_OK;
}

enum rc
model_page(struct req *r)
{
	struct model_item item;
	enum rc rc = model_find_item(r, &item);

	if (rc != RC_OK)
		return rc;
	show_model(r, view_node(r->view, "Model"), &item);
	if (item.profile != NULL) {
		const struct meter_model *model = item.profile;
		show_registers(r, model);
		view_energy(r->view, "Model.Range", model->register_range_wh);
		if (model->is_box)
			view_int(r->view, "Model.Addresses", model->three_phase_addresses);
		if (model->min_gap_ms > 0)
			view_int(r->view, "Model.MinGap", model->min_gap_ms);
		if (model->answer_timeout_ms > 0)
			view_int(r->view, "Model.Timeout", model->answer_timeout_ms);
		if (model->type_address != 0)
			view_set(r->view, "Model.Identity",
			    arena_printf(r->arena, "0x%04X = %d", (unsigned)model->type_address,
				model->type_value));
	}
	if (item.has_credit && (rc = model_guard_show(r, r->id)) != RC_OK)
		return rc;
	crumb(r, NULL, item.name);
	view_set(r->view, "Page.Title", arena_printf(r->arena, "%s %s", item.maker, item.name));
	return page(r, "settings/model.cs");
}
