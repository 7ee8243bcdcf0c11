/* /accounts/open and /accounts/open/{id}: an account is opened step by step. */
#include "open.h"

#include <string.h>

#include "base/doorbell.h"
#include "base/secret.h"
#include "base/text.h"
#include "form.h"
#include "model/command.h"

static const char *const STEP_KEYS[] = { "", "Meters", "Tenant", "Terms", "Sale", "Check" };

const char *
open_href(struct req *r, const struct opening_page *open, enum open_step step)
{
	return arena_printf(
	    r->arena, "/accounts/open/%lld?step=%d", (long long)open->draft.draft_id, (int)step);
}

enum rc
open_find(struct req *r, struct opening_page *open)
{
	int64_t step = OPEN_METERS;
	const struct params *typed = r->method == POST ? &r->body : &r->query;
	enum rc rc = r->id == 0 ? RC_NOT_FOUND
				: account_draft_find(
				      r->db, r->arena, r->user.operator_id, r->id, &open->draft);

	if (rc != RC_OK)
		return rc;
	if (text_parse_uint(param_get(typed, "step"), OPEN_CHECK, &step) != RC_OK ||
	    step < OPEN_METERS)
		step = OPEN_METERS;
	open->step = (enum open_step)step;
	int64_t account_id = draft_number(&open->draft, "account");
	if (account_id == 0)
		return RC_OK;
	rc = account_find(r->db, r->arena, r->scope, account_id, &open->head);
	if (rc == RC_NOT_FOUND) {
		/* It was closed or moved out of sight since: then it is a new one. */
		draft_set(&open->draft, "account", "");
		open->head.account_id = 0;
		return RC_OK;
	}
	return rc;
}

/* ---- showing ---- */

static void
show_steps(struct req *r, const struct opening_page *open)
{
	struct node *steps = view_node(r->view, "Steps");

	for (enum open_step step = OPEN_METERS; step <= OPEN_CHECK; step++) {
		struct node *node = node_add(r->view, steps);
		node_set(r->view, node, "Text",
		    view_word(
			r->view, arena_printf(r->arena, "Accounts.Open.Step.%s", STEP_KEYS[step])));
		node_bool(r->view, node, "Current", step == open->step);
		if (step < open->step)
			node_set(r->view, node, "Href", open_href(r, open, step));
	}
}

static void
show_account(struct req *r, const struct opening_page *open)
{
	if (open->head.account_id == 0)
		return;
	view_int(r->view, "Account.Id", open->head.account_id);
	view_set(r->view, "Account.Name", open->head.name);
	view_set(r->view, "Account.Number", open->head.number);
}

enum rc
open_show(struct req *r, struct opening_page *open)
{
	static enum rc (*const show[])(struct req *, struct opening_page *) = {
		[OPEN_METERS] = open_show_meters,
		[OPEN_TENANT] = open_show_tenant,
		[OPEN_TERMS] = open_show_terms,
		[OPEN_SALE] = open_show_sale,
		[OPEN_CHECK] = open_show_check,
	};

	view_int(r->view, "Draft.Id", open->draft.draft_id);
	view_int(r->view, "Step", open->step);
	view_set(r->view, "StepKey", STEP_KEYS[open->step]);
	if (open->step > OPEN_METERS)
		view_set(r->view, "BackHref", open_href(r, open, (enum open_step)(open->step - 1)));
	show_account(r, open);
	show_steps(r, open);
	for (size_t i = 0; i < open->draft.count; i++)
		view_set(r->view,
		    arena_printf(r->arena, "Form.%s.Value", open->draft.fields[i].name),
		    open->draft.fields[i].value);
	enum rc rc = show[open->step](r, open);
	show_faults(r, &open->faults);
	crumb(r, "/accounts/open", view_word(r->view, "Accounts.Open.Title"));
	crumb(r, NULL,
	    view_word(
		r->view, arena_printf(r->arena, "Accounts.Open.Step.%s", STEP_KEYS[open->step])));
	return rc == RC_OK ? page(r, "accounts/open.cs") : rc;
}

enum rc
open_page(struct req *r)
{
	struct opening_page *open = arena_alloc(r->arena, sizeof(*open));

	*open = (struct opening_page){ 0 };
	enum rc rc = open_find(r, open);
	if (rc != RC_OK)
		return rc;
	if (open->draft.account_id != 0)
		return open_done(r, open);
	open_wish(r, open);
	open->faults.count = 0; /* nothing was pressed yet */
	return open_show(r, open);
}

/* ---- beginning and dropping ---- */

/* "3层 301, 302 · 张三": what a draft is about. */
static void
show_draft(struct req *r, const struct account_draft *draft)
{
	struct node *node = node_add(r->view, view_node(r->view, "Drafts"));

	node_int(r->view, node, "Id", draft->draft_id);
	node_set(r->view, node, "Name", draft_text(draft, "name"));
	node_set(r->view, node, "Meters", draft_text(draft, "numbers"));
	node_time(r->view, node, "Changed", draft->changed_at, r->now, 0);
}

enum rc
open_start(struct req *r)
{
	struct account_draft *drafts;
	size_t count;
	enum rc rc = account_draft_list(r->db, r->arena, r->user.operator_id, &drafts, &count);

	for (size_t i = 0; i < count && rc == RC_OK; i++)
		show_draft(r, &drafts[i]);
	view_set(r->view, "Meter", param_get(&r->query, "meter"));
	return rc == RC_OK ? page(r, "accounts/open_start.cs") : rc;
}

enum rc
open_begin(struct req *r)
{
	const char *meter = param_get(&r->body, "meter");
	struct account_draft draft;
	int64_t meter_id;
	enum rc rc = account_draft_begin(r->db, r->user.operator_id, r->now, &draft);

	if (rc == RC_OK && text_parse_uint(meter, UINT32_MAX, &meter_id) == RC_OK) {
		draft_set(&draft, "meters", meter);
		rc = account_draft_save(r->db, &draft, r->now);
	}
	return rc == RC_OK ? redirect(r, "/accounts/open/%lld?step=1", (long long)draft.draft_id)
			   : rc;
}

enum rc
open_drop(struct req *r)
{
	enum rc rc =
	    r->id == 0 ? RC_NOT_FOUND : account_draft_drop(r->db, r->user.operator_id, r->id);

	if (rc != RC_OK)
		return rc;
	flash(r, "DraftDropped");
	return redirect(r, "/accounts/open");
}

/* ---- saving a step ---- */

/* "join 17": the phone number is that of an account, and the meters are for it. */
static enum rc
join(struct req *r, struct opening_page *open, const char *what)
{
	struct account_head head;
	int64_t account_id;
	enum rc rc = text_parse_uint(what, UINT32_MAX, &account_id);

	if (rc == RC_OK)
		rc = account_find(r->db, r->arena, r->scope, account_id, &head);
	if (rc != RC_OK)
		return RC_NOT_FOUND;
	draft_set(&open->draft, "account", what);
	rc = account_draft_save(r->db, &open->draft, r->now);
	return rc == RC_OK ? redirect(r, "%s", open_href(r, open, OPEN_TERMS)) : rc;
}

static enum rc
go_to(struct req *r, struct opening_page *open, const char *what)
{
	if (strcmp(what, "search") == 0) {
		struct url url = url_begin(r, open_href(r, open, OPEN_METERS));
		url.has_query = true;
		url_text(&url, "q", param_get(&r->body, "q"));
		return redirect(r, "%s", url.text);
	}
	if (strcmp(what, "later") == 0)
		return redirect(r, "/accounts/open");
	return redirect(r, "%s", open_href(r, open, (enum open_step)(open->step + 1)));
}

enum rc
open_save(struct req *r)
{
	struct opening_page *open = arena_alloc(r->arena, sizeof(*open));
	const char *what = param_get(&r->body, "do");

	*open = (struct opening_page){ 0 };
	enum rc rc = open_find(r, open);
	if (rc != RC_OK)
		return rc;
	if (open->draft.account_id != 0)
		return redirect(r, "/accounts/open/%lld", (long long)r->id);
	if (strncmp(what, "join ", 5) == 0)
		return join(r, open, arena_strdup(r->arena, what + 5));
	if (open->step == OPEN_CHECK)
		return redirect(r, "%s", open_href(r, open, OPEN_CHECK));
	open_take(r, open);
	open_wish(r, open);
	if (strcmp(what, "search") == 0 || strcmp(what, "later") == 0)
		open->faults.count = 0;
	else
		rc = open_judge(r, open);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (open->faults.count > 0)
		return open_show(r, open);
	rc = account_draft_save(r->db, &open->draft, r->now);
	if (rc == RC_INVALID) {
		fault_add(&open->faults, "", "DraftFull", "%s", "");
		return open_show(r, open);
	}
	return rc == RC_OK ? go_to(r, open, what) : rc;
}

/* ---- reading now ---- */

/* An order makes the collector ask at once; what is read back is what the check compares with. */
enum rc
open_read(struct req *r)
{
	struct opening_page *open = arena_alloc(r->arena, sizeof(*open));
	struct meter_orders *orders = arena_alloc(r->arena, sizeof(*orders));
	struct operator_actor by = editor(r);
	struct command_batch batch = { .operator_id = by.operator_id,
		.actor = by.actor,
		.address = by.address,
		.reason = "",
		.at = r->now };
	int64_t batch_id;
	bool is_old;

	*open = (struct opening_page){ 0 };
	orders->count = orders->left_out = 0;
	enum rc rc = open_find(r, open);
	if (rc != RC_OK)
		return rc;
	open_wish(r, open);
	for (size_t i = 0; i < open->wish.meter_count && rc == RC_OK; i++)
		rc = meter_orders_add_kind(
		    r->db, open->wish.meter_ids[i], COMMAND_READ_CONFIG, orders);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	secret_random(batch.request_key, COMMAND_KEY);
	if (orders->count > 0) {
		for (size_t i = 0; i < orders->count; i++)
			orders->list[i].steps = CONFIG_PARTS;
		rc = command_send(r->db, &batch, orders->list, orders->count, &batch_id, &is_old);
		if (rc != RC_OK)
			return rc;
		doorbell_ring(r->conf);
	}
	flash(r, orders->count > 0 ? "ReadSent" : "ReadNothing");
	return redirect(r, "%s", open_href(r, open, open->step));
}
