/* /sales/counter: finds whom to sell to. */
#include <string.h>

#include "base/text.h"
#include "sales.h"

#define HITS_MAX   40 /* rows shown; more are no answer but a reason to type on */
#define SEARCH_MAX 200

struct hits {
	const struct meter *list[HITS_MAX];
	int64_t count;	  /* all, also those not shown */
	int64_t unopened; /* meters that match and belong to nobody */
};

/* Ticked on the board: parameter meter comes once for each. */
static bool
is_ticked(const struct req *r, int64_t meter_id)
{
	const char *typed;
	int64_t id;

	for (size_t n = 0; (typed = param_nth(&r->query, "meter", n)) != NULL; n++)
		if (text_parse_uint(typed, UINT32_MAX, &id) == RC_OK && id == meter_id)
			return true;
	return false;
}

static bool
is_sold_to(const struct meter *meter)
{
	return meter->account_id != 0 && meter->credit_mode != CREDIT_MONITOR;
}

static enum rc
find(struct req *r, const char *search, struct hits *hits)
{
	const struct meter_snapshot *snapshot;
	enum rc rc = meter_snapshot(r->db, r->arena, r->scope, r->now, &snapshot);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct meter *meter = &snapshot->list[i];
		if (*search != '\0' ? !meter_matches_search(meter, search)
				    : !is_ticked(r, meter->meter_id))
			continue;
		if (!is_sold_to(meter)) {
			hits->unopened += meter->credit_mode != CREDIT_MONITOR;
			continue;
		}
		if (hits->count < HITS_MAX)
			hits->list[hits->count] = meter;
		hits->count++;
	}
	return RC_OK;
}

static void
show_hits(struct req *r, const struct hits *hits)
{
	struct node *list = view_node(r->view, "Hits");
	int64_t shown = hits->count < HITS_MAX ? hits->count : HITS_MAX;
	const char *const values[] = { number_text(r, hits->count), number_text(r, shown) };
	const char *const unopened[] = { number_text(r, hits->unopened) };

	for (int64_t i = 0; i < shown; i++)
		meter_show(r, node_add(r->view, list), hits->list[i]);
	view_set(r->view, "HitsText",
	    view_phrase(r->view,
		hits->count > shown ? "Sales.Counter.HitsCut" : "Sales.Counter.Hits", values, 2));
	if (hits->unopened > 0)
		view_set(r->view, "Unopened",
		    view_phrase(r->view, "Sales.Counter.Unopened", unopened, 1));
}

/* Enter (the button's name is "go") with exactly one hit leads on; typing shows the list, so that
 * the way back leads to the list, too. One that was ticked on the board leads on as well. */
enum rc
counter(struct req *r)
{
	const char *typed = param_get(&r->query, "q");
	struct hits hits = { .count = 0 };
	char search[SEARCH_MAX];
	int64_t shift_id;
	enum rc rc;

	text_fold(typed, search, sizeof(search));
	view_set(r->view, "Search", typed);
	bool is_tick = *search == '\0' && param_nth(&r->query, "meter", 0) != NULL;
	if (*search != '\0' || is_tick) {
		if ((rc = find(r, search, &hits)) != RC_OK)
			return rc;
		if (hits.count == 1 && (is_tick || *param_get(&r->query, "go") != '\0'))
			return redirect(r, "/sales/sell/%lld", (long long)hits.list[0]->meter_id);
		view_bool(r->view, "IsSearched", true);
		show_hits(r, &hits);
	}
	if (!r->is_fragment && (rc = shift_strip(r, &shift_id)) != RC_OK)
		return rc;
	return page(r, "sales/counter.cs");
}
