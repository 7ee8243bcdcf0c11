#include "accounts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define ID_MAX 4294967295

static int64_t
read_id(const struct params *from, const char *name)
{
	int64_t id = 0;

	return text_parse_uint(param_get(from, name), ID_MAX, &id) == RC_OK ? id : 0;
}

static uint32_t
read_status(const struct params *from)
{
	const char *name;
	uint32_t mask = 0;

	for (size_t n = 0; (name = param_nth(from, "st", n)) != NULL; n++) {
		enum meter_status status = meter_status_find(name);
		if (status < STATUSES)
			mask |= 1u << status;
	}
	return mask != 0 ? mask : STATUS_ALL;
}

/* "3,17,20" from meter=3&meter=17&meter=20; numbers only, so it is safe wherever it goes. */
static const char *
read_ids(struct req *r, const struct params *from)
{
	size_t room = strlen("4294967295,"), count = 0, length = 0;
	const char *typed;
	int64_t id;

	while (param_nth(from, "meter", count) != NULL)
		count++;
	char *ids = arena_alloc(r->arena, count * room + 1);
	for (size_t n = 0; (typed = param_nth(from, "meter", n)) != NULL; n++)
		if (text_parse_uint(typed, ID_MAX, &id) == RC_OK)
			length += (size_t)snprintf(
			    ids + length, room + 1, "%s%lld", length > 0 ? "," : "", (long long)id);
	return count > 0 && length == 0 ? "0" : ids;
}

/* Where the filter stands: the query, the body of a form, or the field of= of either. */
static const struct params *
source(struct req *r, struct params *of, bool *is_all)
{
	const struct params *from = r->method == POST ? &r->body : &r->query;
	const char *text = param_get(from, "of");

	*is_all = *param_get(from, "all") != '\0';
	if (!*is_all)
		return from;
	if (params_parse(r->arena, text, strlen(text), of) != RC_OK)
		*of = (struct params){ 0 };
	return of;
}

void
filter_read(struct req *r, struct filter *filter)
{
	struct params of;
	bool is_all;
	const struct params *from = source(r, &of, &is_all);

	*filter = (struct filter){
		.building_id = read_id(from, "b"),
		.floor_id = read_id(from, "f"),
		.typed = arena_strdup(r->arena, param_get(from, "q")),
	};
	text_fold(filter->typed, filter->search, sizeof(filter->search));
	filter->model = (struct meter_filter){
		.place_id = filter->floor_id != 0 ? filter->floor_id : filter->building_id,
		.status_mask = read_status(from),
		.search = filter->search,
		.ids = is_all ? "" : read_ids(r, from),
		.scope = r->scope,
	};
	filter->is_set = filter->model.place_id != 0 || filter->model.status_mask != STATUS_ALL ||
			 *filter->search != '\0' || *filter->model.ids != '\0';
}

void
filter_link(struct req *r, const struct filter *filter, struct url *url)
{
	(void)r;
	url_number(url, "b", filter->building_id);
	url_number(url, "f", filter->floor_id);
	if (filter->model.status_mask != STATUS_ALL)
		for (enum meter_status status = 0; status < STATUSES; status++)
			if ((filter->model.status_mask & 1u << status) != 0)
				url_text(url, "st", meter_status_name(status));
	url_text(url, "q", filter->typed);
}

void
bulk_show(struct req *r, const struct filter *filter, int64_t count)
{
	struct url of = url_begin(r, "");
	const char *const values[] = { number_text(r, count) };

	filter_link(r, filter, &of);
	view_set(r->view, "Bulk.Of", of.text + (*of.text == '?'));
	view_int(r->view, "Bulk.Count", count);
	view_set(r->view, "Bulk.All", view_phrase(r->view, "Control.All", values, 1));
	view_bool(r->view, "Bulk.MaySend", may(r, PERM_METER_WRITE));
	view_bool(r->view, "Bulk.MayControl", may(r, PERM_METER_CONTROL));
}

static void
show_chip(struct req *r, struct node *chips, const char *status, const char *href, int64_t count,
    bool is_current)
{
	struct node *chip = node_add(r->view, chips);

	node_set(r->view, chip, "Status", status);
	node_set(r->view, chip, "Href", href);
	node_int(r->view, chip, "Count", count);
	node_bool(r->view, chip, "Current", is_current);
}

void
chips_show(struct req *r, const struct meter_snapshot *snapshot, const struct filter *filter,
    filter_linker *link, const void *context)
{
	int64_t counts[STATUSES] = { 0 }, total = 0;
	uint32_t mask = filter->model.status_mask;
	struct node *chips = view_node(r->view, "Chips");
	struct filter other = *filter;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct meter *meter = &snapshot->list[i];
		if (!meter_matches_place(meter, filter->model.place_id) ||
		    !meter_matches_search(meter, filter->search))
			continue;
		counts[meter_status(meter)]++;
		total++;
	}
	other.model.status_mask = STATUS_ALL;
	show_chip(r, chips, NULL, link(r, &other, context), total, mask == STATUS_ALL);
	for (int i = STATUSES - 1; i >= 0; i--) {
		uint32_t bit = 1u << i;
		other.model.status_mask = mask == STATUS_ALL ? bit : mask ^ bit;
		if (other.model.status_mask == 0)
			other.model.status_mask = STATUS_ALL;
		show_chip(r, chips, meter_status_name((enum meter_status)i),
		    link(r, &other, context), counts[i], mask != STATUS_ALL && (mask & bit) != 0);
	}
}
