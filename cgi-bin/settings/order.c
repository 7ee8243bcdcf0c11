/* /settings/orders/{id}: one batch, step by step; cancel the rest, retry what failed. */
#include <string.h>

#include "base/doorbell.h"
#include "export.h"
#include "list.h"
#include "model/command_list.h"
#include "order.h"

#define REFRESH_S    3
#define ESTIMATE_MIN 3 /* ended orders from which the rest can be told */

static const char *const SORTS[] = { "number", NULL };
static const char *const FILTERS[] = { "state", NULL };

static const struct export_column COLUMNS[] = {
	{ "Word.Building", CELL_TEXT, 16, NULL },
	{ "Word.Place", CELL_TEXT, 14, NULL },
	{ "Word.Number", CELL_TEXT, 16, NULL },
	{ "Word.Tenant", CELL_TEXT, 20, NULL },
	{ "Word.Bus", CELL_TEXT, 16, NULL },
	{ "Word.Unit", CELL_INT, 8, NULL },
	{ "Order.What", CELL_WORD, 20, "Order.Kind" },
	{ "Word.State", CELL_WORD, 12, "Order.State" },
	{ "Order.ResultCode", CELL_TEXT, 24, NULL },
	{ "Order.Attempts", CELL_INT, 10, NULL },
	{ "Order.Time", CELL_TIME, 20, NULL },
	{ "Order.Ended", CELL_TIME, 20, NULL },
};

/* Orders that force relays need the right to do so, what is written into meters that to write; who
 * has either may set clocks and read. What moves money is decided with its document. */
static bool
may_act(const struct req *r, const struct batch_row *batch)
{
	enum command_kind kind = command_kind_find(batch->kind);
	bool is_known = kind != COMMAND_KINDS;

	if (is_known && command_trait(kind)->is_money)
		return false;
	if (strcmp(batch->kind, BATCH_RESTORE) == 0 ||
	    (is_known && command_trait(kind)->is_control))
		return may(r, PERM_METER_CONTROL);
	return may(r, PERM_METER_WRITE) ||
	       ((kind == COMMAND_WRITE_CLOCK || kind == COMMAND_READ_NOW) &&
		   may(r, PERM_METER_CONTROL));
}

static bool
may_restore(const struct req *r, const struct batch_row *batch)
{
	enum command_kind kind = command_kind_find(batch->kind);

	return batch->has_before && batch->hidden == 0 && batch->confirmed + batch->failed > 0 &&
	       (strcmp(batch->kind, BATCH_RESTORE) == 0 ||
		   (kind != COMMAND_KINDS && command_trait(kind)->is_control)) &&
	       may(r, PERM_METER_CONTROL);
}

/* At the pace so far; meters that do not answer are not counted, nobody knows when they will. */
static void
show_time_left(struct req *r, struct node *node, const struct batch_row *batch)
{
	int64_t left = batch->queued + batch->taken - batch->waiting;
	int64_t done = batch->total - batch->queued - batch->taken - batch->held - batch->cancelled;

	if (left <= 0 || done < ESTIMATE_MIN || batch->began_at == 0)
		return;
	int64_t left_s = (r->now - batch->began_at) / done * left / CLOCK_SECOND;
	const char *const values[] = { number_text(r, left_s < 60 ? left_s + 1 : left_s / 60 + 1) };
	node_set(r->view, node, "Left",
	    view_phrase(
		r->view, left_s < 60 ? "Order.LeftSeconds" : "Order.LeftMinutes", values, 1));
}

static void
show_head(struct req *r, const struct batch_row *batch)
{
	struct node *node = view_node(r->view, "Batch");
	int64_t open = batch->queued + batch->taken + batch->held, done = batch->total - open;

	node_int(r->view, node, "Id", batch->batch_id);
	node_set(r->view, node, "Kind", batch->kind);
	node_set(r->view, node, "By", batch->operator_name);
	node_set(r->view, node, "Reason", batch->reason);
	node_int(r->view, node, "Total", batch->total);
	node_int(r->view, node, "Done", done);
	node_int(r->view, node, "Confirmed", batch->confirmed);
	node_int(r->view, node, "Failed", batch->failed);
	node_int(r->view, node, "Cancelled", batch->cancelled);
	node_int(r->view, node, "Queued", batch->queued);
	node_int(r->view, node, "Taken", batch->taken);
	node_int(r->view, node, "Held", batch->held);
	node_bool(r->view, node, "IsOpen", open > 0);
	node_time(r->view, node, "Made", batch->created_at, r->now, 0);
	node_time(r->view, node, "Ended", batch->ended_at, r->now, 0);
	bool is_whole = batch->hidden == 0 && may_act(r, batch);
	if (batch->starts_at > r->now)
		node_time(r->view, node, "Starts", batch->starts_at, r->now, 0);
	show_time_left(r, node, batch);
	if (may_restore(r, batch))
		node_set(r->view, node, "RestoreHref",
		    arena_printf(r->arena, "/accounts/control?op=restore&restore=%lld",
			(long long)batch->batch_id));
	if (batch->waiting > 0)
		node_int(r->view, node, "Waiting", batch->waiting);
	node_bool(r->view, node, "MayCancel", is_whole && open > 0);
	node_bool(r->view, node, "MayRetry", is_whole && batch->failed + batch->cancelled > 0);
	if (open > 0)
		view_int(r->view, "Page.Refresh", REFRESH_S);
}

/* Where it stands, in words; "": the result says it. */
static const char *
step_word(struct req *r, const struct command_row *command)
{
	enum command_kind kind = command_kind_find(command->kind);
	const char *key = command->state;

	if (strcmp(key, "queued") == 0)
		key = command->not_before > r->now ? "planned"
		      : command->attempts > 0	   ? "waiting"
						   : "queued";
	else if (strcmp(key, "confirmed") == 0 && kind != COMMAND_KINDS)
		key = arena_printf(r->arena, "done_%s", command->kind);
	return view_word(r->view, arena_printf(r->arena, "Order.Step.%s", key));
}

static void
show_row(struct req *r, struct node *node, const struct command_row *command)
{
	bool is_waiting = strcmp(command->state, "queued") == 0;

	node_int(r->view, node, "Id", command->command_id);
	node_set(r->view, node, "Building", command->building);
	node_set(r->view, node, "Place", command->place);
	node_set(r->view, node, "Number", command->number);
	node_set(r->view, node, "Tenant", command->tenant);
	node_set(r->view, node, "Bus", command->bus);
	if (command->meter_id != 0)
		node_set(r->view, node, "Href",
		    arena_printf(
			r->arena, "/accounts/meters/%lld/config", (long long)command->meter_id));
	node_set(r->view, node, "Kind", command->kind);
	node_set(r->view, node, "State", command->state);
	if (command->steps > 1) {
		node_int(r->view, node, "Step", command->step);
		node_int(r->view, node, "Steps", command->steps);
	}
	node_set(r->view, node, "Result", order_result(r, command->result));
	if (*command->result == '\0')
		node_set(r->view, node, "StepWord", step_word(r, command));
	/* It is done, but the relay does not stand as it should. */
	node_bool(r->view, node, "IsOdd",
	    strcmp(command->state, "confirmed") == 0 &&
		strncmp(command->result, "relay_", strlen("relay_")) == 0);
	node_time(r->view, node, "Until", command->until_at, r->now, 0);
	if (is_waiting && command->not_before > r->now)
		node_time(r->view, node, "Starts", command->not_before, r->now, 0);
	if (command->attempts > 1 || (is_waiting && command->attempts > 0))
		node_int(r->view, node, "Attempts", command->attempts);
	if (is_waiting)
		node_time(r->view, node, "Lost", command->lost_since, r->now, 0);
	node_time(r->view, node, "Last",
	    command->ended_at != 0   ? command->ended_at
	    : command->tried_at != 0 ? command->tried_at
				     : command->taken_at,
	    r->now, 0);
}

static void
show_states(struct req *r, const char *current)
{
	static const char *const STATES[] = { "", "queued", "taken", "confirmed", "failed",
		"cancelled", "held" };
	struct node *list = view_node(r->view, "States");

	for (size_t i = 0; i < COUNT(STATES); i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", *STATES[i] != '\0' ? STATES[i] : "all");
		node_set(r->view, node, "Href",
		    arena_printf(r->arena, "/settings/orders/%lld%s%s", (long long)r->id,
			*STATES[i] != '\0' ? "?state=" : "", STATES[i]));
		node_bool(r->view, node, "Current", strcmp(STATES[i], current) == 0);
	}
}

/* One of the states, or all. */
static const char *
read_state(struct req *r)
{
	const char *typed = param_get(&r->query, "state");

	for (size_t state = 0; state < COMMAND_STATES; state++)
		if (strcmp(command_state_name((enum command_state)state), typed) == 0)
			return command_state_name((enum command_state)state);
	return "";
}

static enum rc
find(struct req *r, struct batch_row *batch)
{
	return r->id == 0 ? RC_NOT_FOUND
			  : command_find_batch(r->db, r->arena, r->scope, r->id, batch);
}

static enum rc
answer_export(struct req *r, enum list_format format, const char *state)
{
	struct rows *rows;

	if (!may(r, PERM_EXPORT))
		return RC_DENIED;
	enum rc rc = command_export_rows(r->db, r->scope, r->id, state, &rows);
	return rc != RC_OK ? rc
			   : export_answer(r, format, "Settings.Order.Title", "", COLUMNS,
				 COUNT(COLUMNS), rows);
}

enum rc
order(struct req *r)
{
	struct batch_row batch;
	struct command_row *commands;
	struct list list;
	size_t count;
	int64_t total;
	enum rc rc = find(r, &batch);

	if (rc != RC_OK)
		return rc;
	list_read(r, SORTS, 100, &list);
	const char *state = read_state(r);
	if (list.format != LIST_PAGE)
		return answer_export(r, list.format, state);
	rc = command_list_rows(r->db, r->arena, r->scope, r->id, state, list_limit(&list),
	    list_offset(&list), &commands, &count, &total);
	if (rc != RC_OK)
		return rc;
	struct node *node = view_node(r->view, "Commands");
	for (size_t i = 0; i < count; i++)
		show_row(r, node_add(r->view, node), &commands[i]);
	show_head(r, &batch);
	show_states(r, state);
	list_view(r, &list, total, FILTERS);
	order_key_show(r);
	crumb(r, NULL, arena_printf(r->arena, "%lld", (long long)r->id));
	return page(r, "settings/order.cs");
}

/* ---- cancel and retry ---- */

/* What is partly outside the scope may be looked at, not stopped. */
static enum rc
find_whole(struct req *r, struct batch_row *batch)
{
	enum rc rc = find(r, batch);

	return rc == RC_OK && (batch->hidden > 0 || !may_act(r, batch)) ? RC_DENIED : rc;
}

enum rc
order_cancel(struct req *r)
{
	static const unsigned char NO_KEY[COMMAND_KEY];
	struct batch_row batch;
	int64_t cancelled;
	enum rc rc = find_whole(r, &batch);

	if (rc != RC_OK)
		return rc;
	const struct command_batch who = order_batch(r, NO_KEY, "");
	if ((rc = command_cancel(r->db, r->id, &who, &cancelled)) != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	const char *const values[] = { arena_printf(r->arena, "%lld", (long long)cancelled) };
	flash_values(r, "OrderCancelled", values, 1);
	return redirect(r, "/settings/orders/%lld", (long long)r->id);
}

enum rc
order_retry(struct req *r)
{
	struct batch_row batch;
	unsigned char key[COMMAND_KEY];
	int64_t batch_id;
	bool is_old;
	enum rc rc = find_whole(r, &batch);

	if (rc != RC_OK || (rc = order_key_read(r, key)) != RC_OK)
		return rc;
	const struct command_batch again = order_batch(r, key, batch.reason);
	rc = command_retry(r->db, r->id, &again, &batch_id, &is_old);
	if (rc != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	flash(r, "OrderSent");
	return redirect(r, "/settings/orders/%lld", (long long)batch_id);
}
