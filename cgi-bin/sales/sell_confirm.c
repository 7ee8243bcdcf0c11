/* POST /sales/sell/{id}/confirm: the deed. What speaks against it comes back to the form. */
#include <string.h>

#include "base/doorbell.h"
#include "form.h"
#include "sell.h"

/* A like sale just before: the words of the question; NULL when it is not asked. */
static const char *
duplicate_text(struct req *r, const struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->list[i];
		const char *values[FAULT_VALUES_MAX];
		if (strcmp(fault->key, "NearDuplicate") != 0)
			continue;
		size_t count = fault_values(fault, arena_alloc(r->arena, FAULT_VALUE_MAX), values);
		return view_phrase(r->view, "Error.NearDuplicate", values, count);
	}
	return NULL;
}

static bool
has_only(const struct faults *faults, const char *key)
{
	for (size_t i = 0; i < faults->count; i++)
		if (strcmp(faults->list[i].key, key) != 0)
			return false;
	return faults->count > 0;
}

static enum rc
answer_faults(struct req *r, struct sell *sell, const struct faults *faults)
{
	bool is_duplicate = has_only(faults, "NearDuplicate"),
	     is_price = has_only(faults, "PriceChanged");
	enum rc rc = sell_quote(r, sell);

	if (rc != RC_OK)
		return rc;
	if (!is_duplicate)
		show_faults(r, faults);
	r->status = is_price ? 409 : has_only(faults, "TooFast") ? 429 : 422;
	if (is_duplicate || is_price)
		return sell_ask(r, sell, is_duplicate ? duplicate_text(r, faults) : NULL);
	return sell_form(r, sell);
}

/* Large amounts are typed twice. */
static bool
is_meant(struct req *r, const struct sell *sell)
{
	if (sell->amount_fen <= SELL_TWICE_FEN || sell->again_fen == sell->amount_fen)
		return true;
	form_error(r, "again", "AmountAgain");
	return false;
}

static enum rc
record(struct req *r, struct sell *sell, const unsigned char key[SALE_KEY])
{
	struct sale_wish wish = sell_wish(r, sell);
	struct faults faults = { .count = 0 };
	int64_t sale_id;
	bool is_old;

	memcpy(wish.asker.request_key, key, SALE_KEY);
	enum rc rc = sale_record(r->db, &wish, &faults, &sale_id, &is_old);
	if (faults.count > 0 && (rc == RC_INVALID || rc == RC_CONFLICT))
		return answer_faults(r, sell, &faults);
	if (rc != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	return redirect(r, "/sales/%lld", (long long)sale_id);
}

enum rc
sell_confirm(struct req *r)
{
	struct sell sell = { .channel = CHANNEL_CASH };
	unsigned char key[SALE_KEY];
	const char *target;
	enum rc rc = sell_load(r, &sell);

	if (rc == RC_OK)
		rc = sell_target(r, &target);
	if (rc == RC_OK)
		rc = bound_key_read(r, target, key);
	if (rc != RC_OK)
		return rc;
	if (sell_read(r, &sell) != RC_OK)
		return sell_form(r, &sell);
	if (is_meant(r, &sell))
		return record(r, &sell, key);
	rc = sell_quote(r, &sell);
	return rc == RC_OK ? sell_ask(r, &sell, NULL) : rc;
}
