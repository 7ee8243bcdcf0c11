/* /settings/models/{id}/guard: the commissioning test of the purchase count, on one meter. */
#include "edit.h"
#include "model/guard_view.h"
#include "model/model_list.h"
#include "order.h"

struct wish {
	int64_t meter_id;
};

static const struct form_field FIELDS[] = {
	{ "meter", FORM_UINT, true, UINT32_MAX, NULL, offsetof(struct wish, meter_id) },
};

static void
show_meters(struct req *r, const struct guard_meter *meters, size_t count, int64_t chosen)
{
	for (size_t i = 0; i < count; i++)
		choice_add(r, "meter", meters[i].meter_id,
		    *meters[i].place == '\0'
			? meters[i].number
			: arena_printf(r->arena, "%s · %s", meters[i].place, meters[i].number),
		    chosen);
}

enum rc
model_guard_show(struct req *r, int64_t meter_model_id)
{
	struct guard_view view;
	struct guard_meter *meters;
	size_t count;
	enum rc rc = guard_find(r->db, r->arena, meter_model_id, &view);

	if (rc == RC_OK && may(r, PERM_METER_WRITE)) {
		rc = guard_meters(r->db, r->arena, r->scope, meter_model_id, &meters, &count);
		if (rc == RC_OK)
			show_meters(r, meters, count, 0);
		order_key_show(r);
	}
	view_set(r->view, "Guard.Name", delivery_guard_name(view.guard));
	view_set(r->view, "Guard.Number", view.number);
	view_time(r->view, "Guard.Tested", view.tested_at, r->now, 0);
	return rc;
}

/* The meter among those that may be tested; NULL: somebody opened an account on it meanwhile. */
static const struct guard_meter *
find(const struct guard_meter *meters, size_t count, int64_t meter_id)
{
	for (size_t i = 0; i < count; i++)
		if (meters[i].meter_id == meter_id)
			return &meters[i];
	return NULL;
}

enum rc
model_guard_test(struct req *r)
{
	struct wish wish = { 0 };
	unsigned char key[COMMAND_KEY];
	struct guard_meter *meters;
	struct model_item item;
	size_t count;
	enum rc rc = model_find_item(r, &item);

	if (rc == RC_OK)
		rc = guard_meters(r->db, r->arena, r->scope, r->id, &meters, &count);
	if (rc != RC_OK || (rc = order_key_read(r, key)) != RC_OK)
		return rc;
	const struct guard_meter *meter = form_read(r, FIELDS, COUNT(FIELDS), &wish) == RC_OK
					      ? find(meters, count, wish.meter_id)
					      : NULL;
	if (meter == NULL) {
		flash(r, "GuardNoMeter");
		return redirect(r, "/settings/models/%lld", (long long)r->id);
	}
	const struct command_batch batch = order_batch(r, key, "");
	const struct command_order order = { .kind = COMMAND_GUARD_TEST,
		.bus_id = meter->bus_id,
		.meter_id = meter->meter_id,
		.payload = "",
		.steps = 1 };
	return order_send(r, &batch, &order, 1, "OrderSent");
}
