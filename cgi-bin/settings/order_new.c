/* /settings/orders/new: which meters, what; a preview with what is left out and why; then it goes.
 * /settings/meters/{id}/write and /read: the same for one meter, from its own page. */
#include <string.h>

#include "base/doorbell.h"
#include "base/text.h"
#include "edit.h"
#include "model/command_target.h"
#include "model/config_want.h"
#include "order.h"

#define SHOWN_MAX  100 /* rows of a preview; the sums are of all */
#define REASON_MAX 200
#define READ_PART  CONFIG_PARTS /* in masks: read everything */
#define TOU_STEPS  3
#define WHY_KINDS  8 /* words of why_not */

/* What was chosen: from the query of the preview, or the body of the form. */
struct choice {
	int64_t place_id, tariff_id;
	const int64_t *meter_ids; /* ticked ones; none: all of the place and the tariff */
	size_t meter_count;
	unsigned parts; /* bits of enum config_part, and READ_PART */
	bool with_lost, with_same;
	const char *reason;
};

/* What it comes to. */
struct draft {
	struct choice choice;
	struct target_row *targets;
	size_t target_count;
	struct config_want *wants;
	size_t want_count;
	struct command_order *orders;
	size_t order_count, meter_count, left_out;
	struct why_count {
		const char *why;
		int64_t count;
	} whys[WHY_KINDS];
};

static const struct params *
typed(const struct req *r)
{
	return r->method == POST ? &r->body : &r->query;
}

static int64_t
read_id(const struct req *r, const char *name)
{
	int64_t id = 0;

	return text_parse_uint(param_get(typed(r), name), INT32_MAX, &id) == RC_OK ? id : 0;
}

static unsigned
read_parts(const struct req *r)
{
	unsigned parts = 0;
	const char *name;

	for (size_t i = 0; (name = param_nth(typed(r), "part", i)) != NULL; i++) {
		if (strcmp(name, "read") == 0)
			parts |= 1u << READ_PART;
		else if (strcmp(name, "settings") == 0)
			parts |= 1u << CONFIG_ALARMS | 1u << CONFIG_OVERLOAD;
		else if (config_part_find(name) != CONFIG_PARTS)
			parts |= 1u << config_part_find(name);
	}
	return parts;
}

/* Ticked meters: parameter meter comes once for each. */
static void
read_meters(struct req *r, struct choice *choice)
{
	int64_t *ids = arena_alloc(r->arena, PARAM_MAX * sizeof(*ids));
	const char *text;

	choice->meter_ids = ids;
	for (size_t i = 0; (text = param_nth(typed(r), "meter", i)) != NULL; i++) {
		int64_t id;
		if (text_parse_uint(text, INT32_MAX, &id) == RC_OK && id > 0)
			ids[choice->meter_count++] = id;
	}
}

static void
read_choice(struct req *r, struct choice *choice)
{
	*choice = (struct choice){ .place_id = read_id(r, "place"),
		.tariff_id = read_id(r, "tariff"),
		.parts = read_parts(r),
		.with_lost = *param_get(typed(r), "lost") != '\0',
		.with_same = *param_get(typed(r), "same") != '\0' };
	char *reason = arena_alloc(r->arena, 4 * REASON_MAX + 1);
	if (text_clean_name(
		param_get(typed(r), "reason"), REASON_MAX, reason, 4 * REASON_MAX + 1) != RC_OK) {
		form_error(r, "reason", "BadText");
		reason[0] = '\0';
	}
	choice->reason = reason;
	read_meters(r, choice);
}

/* ---- what goes and what does not ---- */

static const char *
why_not(const struct choice *choice, const struct target_row *target,
    const struct config_want *want, unsigned part)
{
	if (want == NULL || want->model == NULL)
		return "model";
	if (target->is_bus_disabled)
		return "bus";
	if (target->lost_since != 0 && !choice->with_lost)
		return "lost";
	if (part == READ_PART)
		return NULL;
	const struct config_side *side = &want->parts[part];
	if (side->why != WHY_NONE)
		return config_why_name(side->why);
	if (side->is_open)
		return "open";
	return side->is_same && !choice->with_same ? "same" : NULL;
}

static void
add_order(struct req *r, struct draft *draft, const struct target_row *target,
    const struct config_want *want, unsigned part)
{
	char *payload = arena_alloc(r->arena, CONFIG_TEXT_MAX);
	struct command_order *order = &draft->orders[draft->order_count++];
	bool is_read = part == READ_PART;

	payload[0] = '\0';
	if (!is_read && part != CONFIG_CLOCK)
		config_format(&want->parts[part].wanted, payload);
	*order =
	    (struct command_order){ .kind = is_read ? COMMAND_READ_CONFIG
						    : command_kind_of_part((enum config_part)part),
		    .bus_id = target->bus_id,
		    .meter_id = target->meter_id,
		    .payload = payload,
		    .steps = is_read		  ? CONFIG_PARTS
			     : part == CONFIG_TOU ? TOU_STEPS
						  : 1 };
}

static void
show_left_out(struct req *r, struct draft *draft, const struct target_row *target, unsigned part,
    const char *why)
{
	struct why_count *sum = draft->whys;
	while (sum->why != NULL && strcmp(sum->why, why) != 0)
		sum++;
	sum->why = why;
	sum->count++;
	if (draft->left_out++ >= SHOWN_MAX)
		return;
	struct node *node = node_add(r->view, view_node(r->view, "LeftOut"));
	node_set(r->view, node, "Building", target->building);
	node_set(r->view, node, "Place", target->place);
	node_set(r->view, node, "Number", target->number);
	node_set(r->view, node, "Part",
	    part == READ_PART ? "read" : config_part_name((enum config_part)part));
	node_set(r->view, node, "Why", why);
}

static void
show_going(struct req *r, const struct draft *draft, const struct target_row *target, size_t first)
{
	if (draft->meter_count > SHOWN_MAX)
		return;
	struct node *node = node_add(r->view, view_node(r->view, "Going"));
	node_set(r->view, node, "Building", target->building);
	node_set(r->view, node, "Place", target->place);
	node_set(r->view, node, "Number", target->number);
	node_set(r->view, node, "Tenant", target->tenant);
	node_bool(r->view, node, "IsLost", target->lost_since != 0);
	struct node *kinds = node_child(r->view, node, "Kinds");
	for (size_t i = first; i < draft->order_count; i++)
		node_set(r->view, node_add(r->view, kinds), "Kind",
		    command_trait(draft->orders[i].kind)->name);
}

static void
add_meter(struct req *r, struct draft *draft, const struct target_row *target)
{
	const struct config_want *want =
	    config_want_find(draft->wants, draft->want_count, target->meter_id);
	size_t first = draft->order_count;

	for (unsigned part = 0; part <= READ_PART; part++) {
		if ((draft->choice.parts >> part & 1) == 0)
			continue;
		const char *why = why_not(&draft->choice, target, want, part);
		if (why == NULL && draft->order_count < COMMAND_BATCH_MAX)
			add_order(r, draft, target, want, part);
		else
			show_left_out(r, draft, target, part, why != NULL ? why : "many");
	}
	if (draft->order_count == first)
		return;
	draft->meter_count++;
	show_going(r, draft, target, first);
}

static bool
is_chosen(const struct choice *choice, int64_t meter_id)
{
	for (size_t i = 0; i < choice->meter_count; i++)
		if (choice->meter_ids[i] == meter_id)
			return true;
	return choice->meter_count == 0;
}

static enum rc
make_draft(struct req *r, struct draft *draft)
{
	const struct choice *choice = &draft->choice;
	int64_t only_id = choice->meter_count == 1 ? choice->meter_ids[0] : 0;
	const struct target_filter filter = { .place_id = choice->place_id,
		.tariff_id = choice->tariff_id,
		.meter_id = only_id,
		.now = r->now };
	enum rc rc = command_targets(
	    r->db, r->arena, r->scope, &filter, &draft->targets, &draft->target_count);

	if (rc == RC_OK)
		rc = config_want(
		    r->db, r->arena, only_id, r->now, &draft->wants, &draft->want_count);
	if (rc != RC_OK)
		return rc;
	draft->orders = arena_alloc(r->arena, COMMAND_BATCH_MAX * sizeof(*draft->orders));
	for (size_t i = 0; i < draft->target_count; i++)
		if (is_chosen(choice, draft->targets[i].meter_id))
			add_meter(r, draft, &draft->targets[i]);
	return RC_OK;
}

static bool
is_within_limit(struct req *r, const struct draft *draft)
{
	int64_t most = r->session->limits.batch_max_meters;
	const char *const values[] = { number_text(r, most) };

	if ((int64_t)draft->meter_count <= most)
		return true;
	form_error_values(r, "", "OrderTooMany", values, 1);
	return false;
}

/* ---- the page ---- */

static void
show_places(struct req *r, const struct place_list *places, int64_t selected)
{
	choice_add(r, "place", 0, view_word(r->view, "Settings.OrderNew.AllPlaces"), selected);
	for (size_t i = 0; i < places->count; i++) {
		const struct place_item *item = &places->list[i];
		if (item->is_in_scope && item->row.kind != KIND_ROOM)
			choice_add(r, "place", item->row.place_id, item->path, selected);
	}
}

static enum rc
show_tariffs(struct req *r, int64_t selected)
{
	struct rows *rows;
	enum rc rc = command_target_tariffs(r->db, &rows);

	if (rc != RC_OK)
		return rc;
	choice_add(r, "tariff", 0, view_word(r->view, "Settings.OrderNew.AllTariffs"), selected);
	while ((rc = rows_next(rows)) == RC_OK)
		choice_add(r, "tariff", rows_int(rows, 0), rows_text(rows, 1), selected);
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void
show_parts(struct req *r, const struct choice *choice)
{
	struct node *list = view_node(r->view, "Form.part.Choice");

	for (unsigned part = 0; part <= READ_PART; part++) {
		struct node *node = node_add(r->view, list);
		const char *name =
		    part == READ_PART ? "read" : config_part_name((enum config_part)part);
		node_set(r->view, node, "Value", name);
		node_set(r->view, node, "Text",
		    view_word(r->view, arena_printf(r->arena, "Order.Part.%s", name)));
		node_bool(r->view, node, "Selected", choice->parts >> part & 1);
	}
}

static void
show_sums(struct req *r, const struct draft *draft)
{
	const char *const values[] = { number_text(r, (int64_t)draft->order_count),
		number_text(r, (int64_t)draft->meter_count) };
	const char *const out[] = { number_text(r, (int64_t)draft->left_out) };

	struct node *list = view_node(r->view, "Whys");
	for (size_t i = 0; i < WHY_KINDS && draft->whys[i].why != NULL; i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Why", draft->whys[i].why);
		node_int(r->view, node, "Count", draft->whys[i].count);
	}
	view_bool(r->view, "IsPreview", true);
	view_set(
	    r->view, "Sum", view_phrase(r->view, "Settings.OrderNew.Sum", values, COUNT(values)));
	if (draft->left_out > 0)
		view_set(r->view, "LeftOutSum",
		    view_phrase(r->view, "Settings.OrderNew.LeftOutSum", out, 1));
	view_bool(r->view, "HasOrders", draft->order_count > 0);
	view_bool(r->view, "IsCut", draft->meter_count > SHOWN_MAX || draft->left_out > SHOWN_MAX);
}

static void
show_ticked(struct req *r, const struct choice *choice)
{
	struct node *list = view_node(r->view, "Ticked");
	const char *const values[] = { number_text(r, (int64_t)choice->meter_count) };

	for (size_t i = 0; i < choice->meter_count; i++)
		node_int(r->view, node_add(r->view, list), "Id", choice->meter_ids[i]);
	if (choice->meter_count > 0)
		view_set(r->view, "TickedText",
		    view_phrase(r->view, "Settings.OrderNew.Ticked", values, 1));
}

static enum rc
show_form(struct req *r, const struct choice *choice)
{
	struct place_list places;
	enum rc rc = place_all(r->db, r->arena, r->scope, &places);

	if (rc == RC_OK)
		rc = show_tariffs(r, choice->tariff_id);
	if (rc != RC_OK)
		return rc;
	show_places(r, &places, choice->place_id);
	show_parts(r, choice);
	view_bool(r->view, "Form.lost.Checked", choice->with_lost);
	view_bool(r->view, "Form.same.Checked", choice->with_same);
	view_set(r->view, "Form.reason.Value", choice->reason);
	show_ticked(r, choice);
	order_key_show(r);
	crumb(r, NULL, view_word(r->view, "Settings.OrderNew.Title"));
	return page(r, "settings/order_new.cs");
}

enum rc
order_new(struct req *r)
{
	struct draft draft = { 0 };
	enum rc rc;

	read_choice(r, &draft.choice);
	if (*param_get(&r->query, "preview") != '\0') {
		if (draft.choice.parts == 0)
			form_error(r, "part", "OrderNothing");
		else if ((rc = make_draft(r, &draft)) != RC_OK)
			return rc;
		else if (is_within_limit(r, &draft))
			show_sums(r, &draft);
	} else {
		draft.choice.parts = draft.choice.parts != 0
					 ? draft.choice.parts
					 : 1u << CONFIG_PRICES | 1u << CONFIG_TOU;
	}
	return show_form(r, &draft.choice);
}

enum rc
order_create(struct req *r)
{
	struct draft draft = { 0 };
	unsigned char key[COMMAND_KEY];
	enum rc rc;

	read_choice(r, &draft.choice);
	if ((rc = order_key_read(r, key)) != RC_OK || (rc = make_draft(r, &draft)) != RC_OK)
		return rc;
	if (!is_within_limit(r, &draft) || draft.order_count == 0 || r->status == 422) {
		if (draft.order_count == 0)
			form_error(r, "", "OrderNothing");
		show_sums(r, &draft);
		return show_form(r, &draft.choice);
	}
	const struct command_batch batch = order_batch(r, key, draft.choice.reason);
	return order_send(r, &batch, draft.orders, draft.order_count, "OrderSent");
}

/* ---- one meter ---- */

static enum rc
send_to_meter(struct req *r, unsigned parts)
{
	struct draft draft = { .choice = { .meter_ids = &r->id,
				   .meter_count = 1,
				   .parts = parts,
				   .with_lost = true,
				   .with_same = true,
				   .reason = "" } };
	unsigned char key[COMMAND_KEY];
	int64_t batch_id;
	bool is_old;
	enum rc rc = r->id == 0 ? RC_NOT_FOUND : make_draft(r, &draft);

	if (rc == RC_OK && draft.target_count == 0)
		return RC_NOT_FOUND;
	if (rc != RC_OK || (rc = order_key_read(r, key)) != RC_OK)
		return rc;
	if (draft.order_count == 0) {
		flash(r, "OrderNothing");
		return redirect(r, "/accounts/meters/%lld/config", (long long)r->id);
	}
	const struct command_batch batch = order_batch(r, key, "");
	rc = command_send(r->db, &batch, draft.orders, draft.order_count, &batch_id, &is_old);
	if (rc != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	flash(r, "OrderSent");
	return redirect(r, "/accounts/meters/%lld/config", (long long)r->id);
}

enum rc
meter_write(struct req *r)
{
	unsigned parts = read_parts(r) & ~(1u << READ_PART);

	return send_to_meter(r, parts != 0 ? parts : (1u << CONFIG_PARTS) - 1);
}

enum rc
meter_read(struct req *r)
{
	return send_to_meter(r, 1u << READ_PART);
}
