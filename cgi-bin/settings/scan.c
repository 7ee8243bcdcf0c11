/* /settings/buses/{id}/scan: who answers on a line. /settings/buses/{id}/test: does the line work.
 */
#include <string.h>

#include "base/doorbell.h"
#include "base/text.h"
#include "form.h"
#include "model/command_target.h"
#include "order.h"

#define REFRESH_S  2
#define UNIT_MAX   247
#define TEST_STEPS 4

static enum rc
find_bus(struct req *r, struct target_bus *bus)
{
	return r->id == 0 ? RC_NOT_FOUND
			  : command_target_bus(r->db, r->arena, r->scope, r->id, r->now, bus);
}

static void
show_bus(struct req *r, const struct target_bus *bus, const char *crumb_key)
{
	struct node *node = view_node(r->view, "Bus");

	node_int(r->view, node, "Id", bus->bus_id);
	node_set(r->view, node, "Name", bus->name);
	node_set(r->view, node, "Gateway", bus->gateway);
	node_set(r->view, node, "Transport", bus->transport);
	node_set(r->view, node, "Address",
	    *bus->host != '\0' ? arena_printf(r->arena, "%s:%lld", bus->host, (long long)bus->port)
			       : bus->device);
	node_bool(r->view, node, "IsDisabled", bus->is_disabled);
	node_set(r->view, node, "Collector", bus->collector);
	crumb(r, arena_printf(r->arena, "/settings/gateways/%lld", (long long)bus->gateway_id),
	    bus->gateway);
	crumb(r, arena_printf(r->arena, "/settings/buses/%lld", (long long)bus->bus_id), bus->name);
	crumb(r, NULL, view_word(r->view, crumb_key));
	order_key_show(r);
}

/* Of a scan known, unknown, silent; of a test what each meter said. */
static const char *
verdict(const struct found_row *found)
{
	bool is_answer = found->answer_ms >= 0;

	if (!is_answer)
		return found->meter_id != 0 ? "missing" : "silent";
	if (found->meter_id == 0)
		return "unknown";
	if (*found->model_code != '\0' && strcmp(found->model_code, found->meter_model) != 0)
		return "other_model";
	return "known";
}

static void
show_found(struct req *r, struct node *node, const struct found_row *found)
{
	const char *what = verdict(found);

	node_int(r->view, node, "Unit", found->unit);
	node_set(r->view, node, "Verdict", what);
	node_set(r->view, node, "Outcome", found->outcome);
	node_set(r->view, node, "Model", found->model_code);
	node_set(r->view, node, "Number", found->number);
	node_set(r->view, node, "MeterNumber", found->meter_number);
	node_set(r->view, node, "MeterPlace", found->meter_place);
	if (found->answer_ms >= 0)
		node_int(r->view, node, "AnswerMs", found->answer_ms);
	if (found->meter_id != 0)
		node_set(r->view, node, "Href",
		    arena_printf(r->arena, "/settings/meters/%lld", (long long)found->meter_id));
	else if (strcmp(what, "unknown") == 0 && may(r, PERM_METER_EDIT))
		node_set(r->view, node, "AdoptHref",
		    arena_printf(r->arena,
			"/settings/meters/new?bus=%lld&unit=%lld&model=%s&number=%s",
			(long long)r->id, (long long)found->unit, found->model_code,
			found->number));
}

/* Silent addresses are told as ranges: nobody reads two hundred lines of nothing. */
static void
show_silent(struct req *r, const struct found_row *found, size_t count)
{
	struct node *list = view_node(r->view, "Silent");

	for (size_t i = 0; i < count; i++) {
		size_t from = i;
		if (strcmp(verdict(&found[i]), "silent") != 0)
			continue;
		while (i + 1 < count && found[i + 1].unit == found[i].unit + 1 &&
		       strcmp(verdict(&found[i + 1]), "silent") == 0)
			i++;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Range",
		    from == i ? arena_printf(r->arena, "%lld", (long long)found[i].unit)
			      : arena_printf(r->arena, "%lld–%lld", (long long)found[from].unit,
				    (long long)found[i].unit));
	}
}

static void
show_counts(struct req *r, const struct found_row *found, size_t count)
{
	static const char *const VERDICTS[] = { "known", "unknown", "other_model", "missing",
		"silent" };
	struct node *list = view_node(r->view, "Counts");

	for (size_t k = 0; k < COUNT(VERDICTS); k++) {
		int64_t sum = 0;
		for (size_t i = 0; i < count; i++)
			sum += strcmp(verdict(&found[i]), VERDICTS[k]) == 0;
		if (sum == 0)
			continue;
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Verdict", VERDICTS[k]);
		node_int(r->view, node, "Count", sum);
	}
}

static void
show_order(struct req *r, const struct bus_order_row *order)
{
	struct node *node = view_node(r->view, "Last");
	bool is_open = strcmp(order->state, "queued") == 0 || strcmp(order->state, "taken") == 0;

	node_int(r->view, node, "BatchId", order->batch_id);
	node_set(r->view, node, "State", order->state);
	node_set(r->view, node, "Result", order_result(r, order->result));
	node_set(r->view, node, "ResultCode", order->result);
	node_int(r->view, node, "Step", order->step);
	node_int(r->view, node, "Steps", order->steps);
	node_bool(r->view, node, "IsOpen", is_open);
	node_bool(r->view, node, "IsCancelling", is_open && order->is_cancelling);
	node_time(r->view, node, "Made", order->created_at, r->now, 0);
	node_time(r->view, node, "Ended", order->ended_at, r->now, 0);
	if (is_open)
		view_int(r->view, "Page.Refresh", REFRESH_S);
}

static enum rc
show_last(struct req *r, const struct target_bus *bus, const char *kind, bool hides_silent)
{
	struct bus_order_row order;
	struct found_row *found;
	size_t count;
	enum rc rc = command_last_of_bus(r->db, r->arena, bus->bus_id, kind, &order);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	show_order(r, &order);
	rc = command_list_found(r->db, r->arena, order.command_id, bus->bus_id, &found, &count);
	if (rc != RC_OK)
		return rc;
	struct node *list = view_node(r->view, "Found");
	for (size_t i = 0; i < count; i++)
		if (!hides_silent || strcmp(verdict(&found[i]), "silent") != 0)
			show_found(r, node_add(r->view, list), &found[i]);
	show_silent(r, found, count);
	show_counts(r, found, count);
	return RC_OK;
}

/* ---- scan ---- */

enum rc
scan(struct req *r)
{
	struct target_bus bus;
	enum rc rc = find_bus(r, &bus);

	if (rc == RC_OK)
		rc = show_last(r, &bus, "scan_bus", true);
	if (rc != RC_OK)
		return rc;
	show_bus(r, &bus, "Settings.Scan.Title");
	view_set(r->view, "Form.from.Value", "1");
	view_set(r->view, "Form.to.Value", "247");
	return page(r, "settings/scan.cs");
}

static enum rc
send_to_bus(struct req *r, const struct target_bus *bus, enum command_kind kind,
    const char *payload, int64_t steps, const char *page_name)
{
	const struct command_order order = { kind, bus->bus_id, 0, payload, steps };
	unsigned char key[COMMAND_KEY];
	int64_t batch_id;
	bool is_old;
	enum rc rc = order_key_read(r, key);

	if (rc != RC_OK)
		return rc;
	const struct command_batch batch = order_batch(r, key, "");
	if ((rc = command_send(r->db, &batch, &order, 1, &batch_id, &is_old)) != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	return redirect(r, "/settings/buses/%lld/%s", (long long)bus->bus_id, page_name);
}

static bool
read_unit(struct req *r, const char *name, int64_t *unit)
{
	const char *typed = param_get(&r->body, name);

	view_set(r->view, arena_printf(r->arena, "Form.%s.Value", name), typed);
	if (text_parse_uint(typed, UNIT_MAX, unit) == RC_OK && *unit >= 1)
		return true;
	form_error(r, name, "ScanUnit");
	return false;
}

enum rc
scan_send(struct req *r)
{
	struct target_bus bus;
	struct command_scan range = { 1, UNIT_MAX };
	char payload[64];
	enum rc rc = find_bus(r, &bus);

	if (rc != RC_OK)
		return rc;
	/* Both are looked at, so that both are complained about. */
	bool is_from_right = read_unit(r, "from", &range.from);
	bool is_right = read_unit(r, "to", &range.to) && is_from_right;
	if (is_right && range.from > range.to)
		form_error(r, "to", "ScanRange");
	if (bus.is_disabled)
		form_error(r, "", "BusDisabled");
	if (!is_right || range.from > range.to || bus.is_disabled) {
		show_bus(r, &bus, "Settings.Scan.Title");
		return page(r, "settings/scan.cs");
	}
	command_scan_format(&range, payload, sizeof(payload));
	return send_to_bus(r, &bus, COMMAND_SCAN_BUS, payload, range.to - range.from + 1, "scan");
}

/* Stops the newest one; what was found so far stays. */
enum rc
scan_cancel(struct req *r)
{
	static const unsigned char NO_KEY[COMMAND_KEY];
	struct target_bus bus;
	struct bus_order_row order;
	int64_t cancelled;
	enum rc rc = find_bus(r, &bus);

	if (rc == RC_OK)
		rc = command_last_of_bus(r->db, r->arena, r->id, "scan_bus", &order);
	if (rc != RC_OK)
		return rc;
	const struct command_batch who = order_batch(r, NO_KEY, "");
	if ((rc = command_cancel(r->db, order.batch_id, &who, &cancelled)) != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	return redirect(r, "/settings/buses/%lld/scan", (long long)r->id);
}

/* ---- test of the connection ---- */

/* A step that is done, that failed, or that was not reached: T.Settings.Test.Step.<key>. */
static void
show_step(struct req *r, const char *key, const char *state)
{
	struct node *node = node_add(r->view, view_node(r->view, "Steps"));

	node_set(r->view, node, "Key", key);
	node_set(r->view, node, "State", state);
}

static bool
has_word(const char *result, const char *word)
{
	return strncmp(result, word, strlen(word)) == 0;
}

/* The steps of a test, from what it came to. */
static void
show_steps(struct req *r)
{
	const char *result = view_get(r->view, "Last.ResultCode");
	const char *state = view_get(r->view, "Last.State");
	bool is_open = view_has(r->view, "Last.IsOpen"), has_opened, is_taken;

	if (*state == '\0')
		return;
	is_taken = strcmp(state, "queued") != 0;
	has_opened = *view_get(r->view, "Last.Step") != '0' || has_word(result, "test_");
	show_step(r, "Sent", is_taken ? "done" : is_open ? "running" : "failed");
	show_step(r, "Open",
	    has_opened			     ? "done"
	    : has_word(result, "open_")	     ? "failed"
	    : is_taken && is_open	     ? "running"
	    : has_word(result, "definition") ? "failed"
					     : "waiting");
	show_step(r, "Answer",
	    has_word(result, "test_ok")	     ? "done"
	    : has_word(result, "test_empty") ? "skipped"
	    : has_word(result, "test_")	     ? "failed"
	    : has_opened && is_open	     ? "running"
					     : "waiting");
}

enum rc
bus_test(struct req *r)
{
	struct target_bus bus;
	enum rc rc = find_bus(r, &bus);

	if (rc == RC_OK)
		rc = show_last(r, &bus, "test_bus", false);
	if (rc != RC_OK)
		return rc;
	show_steps(r);
	show_bus(r, &bus, "Settings.Test.Title");
	return page(r, "settings/test.cs");
}

enum rc
bus_test_send(struct req *r)
{
	struct target_bus bus;
	enum rc rc = find_bus(r, &bus);

	if (rc != RC_OK)
		return rc;
	if (bus.is_disabled) {
		form_error(r, "", "BusDisabled");
		show_bus(r, &bus, "Settings.Test.Title");
		return page(r, "settings/test.cs");
	}
	return send_to_bus(r, &bus, COMMAND_TEST_BUS, "", TEST_STEPS, "test");
}
