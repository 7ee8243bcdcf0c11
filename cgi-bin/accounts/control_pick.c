/* Which meters an order goes to: the ticked ones, all of a filter, or those of an earlier batch. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "control.h"
#include "model/command_list.h"

#define LINK_MAX 7500 /* an address is 8 KB at most */

static const struct params *
typed(const struct req *r)
{
	return r->method == POST ? &r->body : &r->query;
}

static int64_t
read_number(const struct req *r, const char *name)
{
	int64_t value = 0;

	return text_parse_uint(param_get(typed(r), name), INT64_MAX, &value) == RC_OK ? value : 0;
}

static int
compare_numbers(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

static bool
has_number(const int64_t *numbers, size_t count, int64_t number)
{
	return bsearch(&number, numbers, count, sizeof(*numbers), compare_numbers) != NULL;
}

/* The numbers of parameter meter, ascending. */
static size_t
read_ticks(struct req *r, int64_t **ids)
{
	const char *text;
	size_t count = 0;

	*ids = arena_alloc(r->arena, PARAM_MAX * sizeof(**ids));
	for (size_t i = 0; (text = param_nth(typed(r), "meter", i)) != NULL; i++)
		if (text_parse_uint(text, UINT32_MAX, &(*ids)[count]) == RC_OK)
			count++;
	qsort(*ids, count, sizeof(**ids), compare_numbers);
	return count;
}

static bool
is_in_filter(const struct filter *filter, const struct meter *meter)
{
	return meter_matches_place(meter, filter->model.place_id) &&
	       (filter->model.status_mask & 1u << meter_status(meter)) != 0 &&
	       meter_matches_search(meter, filter->search);
}

static int
compare_before(const void *left, const void *right)
{
	const struct control_before *a = left, *b = right;

	return (a->meter_id > b->meter_id) - (a->meter_id < b->meter_id);
}

static void
add_before(struct control_draft *draft, const struct control_before *before, size_t count)
{
	for (size_t i = 0; i < draft->count; i++) {
		const struct control_before key = { .meter_id = draft->list[i].meter->meter_id };
		const struct control_before *found =
		    bsearch(&key, before, count, sizeof(*before), compare_before);
		if (found == NULL)
			continue;
		draft->list[i].has_before = true;
		draft->list[i].force_before = found->force_before;
		draft->list[i].until_before = found->until_before;
	}
}

/* The meters of a batch, and what was in force at each. */
static enum rc
read_batch(struct req *r, struct control_draft *draft, struct control_before **before,
    size_t *before_count, int64_t **ids)
{
	struct batch_row batch;
	enum rc rc = command_find_batch(r->db, r->arena, r->scope, draft->restore_id, &batch);

	if (rc == RC_OK)
		rc = control_before_list(r->db, r->arena, draft->restore_id, before, before_count);
	if (rc != RC_OK)
		return rc;
	*ids = arena_alloc(r->arena, (*before_count + 1) * sizeof(**ids));
	for (size_t i = 0; i < *before_count; i++)
		(*ids)[i] = (*before)[i].meter_id;
	return RC_OK;
}

enum rc
control_pick(struct req *r, struct control_draft *draft)
{
	const struct meter_snapshot *snapshot;
	struct control_before *before = NULL;
	size_t before_count = 0, id_count;
	int64_t *ids;
	enum rc rc;

	draft->is_all = *param_get(typed(r), "all") != '\0';
	draft->restore_id = draft->op == CONTROL_RESTORE ? read_number(r, "restore") : 0;
	filter_read(r, &draft->filter);
	id_count = read_ticks(r, &ids);
	if (draft->restore_id != 0) {
		if ((rc = read_batch(r, draft, &before, &before_count, &ids)) != RC_OK)
			return rc;
		id_count = before_count;
		draft->is_all = false;
	}
	/* Who decides by it sees what the meters said last. */
	meter_snapshot_forget();
	if ((rc = meter_snapshot(r->db, r->arena, r->scope, r->now, &snapshot)) != RC_OK)
		return rc;
	const struct meter **chosen =
	    arena_alloc(r->arena, (snapshot->count + 1) * sizeof(*chosen));
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct meter *meter = &snapshot->list[i];
		if (draft->is_all ? is_in_filter(&draft->filter, meter)
				  : has_number(ids, id_count, meter->meter_id))
			chosen[draft->count++] = meter;
	}
	if (draft->count == 0)
		return id_count > 0 || draft->restore_id != 0 ? RC_NOT_FOUND : RC_OK;
	rc = control_list(r->db, r->arena, chosen, draft->count, &draft->list);
	/* Only a batch that is restored knows what was before. */
	if (rc == RC_OK && before_count > 0)
		add_before(draft, before, before_count);
	return rc;
}

/* FNV-1a over what was agreed to. */
static uint64_t
mix(uint64_t digest, int64_t value)
{
	for (int i = 0; i < 8; i++)
		digest = (digest ^ ((uint64_t)value >> (8 * i) & 0xff)) * 0x100000001b3u;
	return digest;
}

void
control_decide(struct req *r, struct control_draft *draft, int64_t until_at)
{
	draft->digest = 0xcbf29ce484222325u;
	draft->going = 0;
	for (size_t i = 0; i < draft->count; i++) {
		struct control_meter *meter = &draft->list[i];
		control_judge(meter, draft->op, until_at, r->now);
		if (meter->why != CONTROL_GOES)
			continue;
		draft->going++;
		draft->digest = mix(draft->digest, meter->meter->meter_id);
		draft->digest = mix(draft->digest, (int64_t)meter->kind);
		draft->digest = mix(draft->digest, meter->open_batch_id);
	}
}

const char *
control_link(struct req *r, const struct control_draft *draft, const char *path)
{
	struct url url = url_begin(r, path);

	if (draft->op != CONTROL_OPS)
		url_text(&url, "op", control_op_name(draft->op));
	if (draft->restore_id != 0) {
		url_number(&url, "restore", draft->restore_id);
		return url.text;
	}
	/* Texts of an arena grow by copies: not more of them than an address holds. */
	for (size_t i = 0; i < draft->count; i++) {
		if (strlen(url.text) > LINK_MAX)
			return NULL;
		url_number(&url, "meter", draft->list[i].meter->meter_id);
	}
	return url.text;
}
