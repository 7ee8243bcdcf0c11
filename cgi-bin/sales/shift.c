/* /sales/shift: one's own shift, opened with a float; what came in and went out so far. */
#include "form.h"
#include "model/shift_list.h"
#include "office.h"

#define LAST_SHOWN 5
#define LAST_DAYS  31

static const struct form_field FIELDS[] = {
	{ "drawer", FORM_BALANCE, .offset = 0 },
};

/* The drawer is fuller than the role allows. */
static void
show_ceiling(struct req *r, const struct shift *shift)
{
	int64_t most = r->session->limits.cash_max_fen;

	if (most == LIMIT_NONE)
		return;
	view_set(r->view, "Ceiling", money_text(r, most));
	view_bool(r->view, "IsOverCeiling", shift->expected_fen >= most);
}

static enum rc
show_last(struct req *r)
{
	struct day today = clock_day(r->now);
	const struct shift_filter filter = { .operator_id = r->user.operator_id,
		.from = clock_day_add(today, 1 - LAST_DAYS),
		.to = today,
		.is_open = 0,
		.sort = "time",
		.is_descending = true,
		.limit = LAST_SHOWN };
	struct node *list = view_node(r->view, "Last");
	struct shift *last;
	size_t count;
	enum rc rc = shift_list(r->db, r->arena, &filter, &last, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		shift_show(r, node_add(r->view, list), &last[i]);
	return rc;
}

enum rc
shift_page(struct req *r)
{
	struct shift shift;
	enum rc rc = shift_find_open(r->db, r->arena, r->user.operator_id, &shift);

	if (rc == RC_OK) {
		shift_show(r, view_node(r->view, "Shift"), &shift);
		view_bool(r->view, "IsOpen", true);
		show_ceiling(r, &shift);
	} else if (rc != RC_NOT_FOUND) {
		return rc;
	}
	rc = show_last(r);
	return rc == RC_OK ? page(r, "sales/shift.cs") : rc;
}

enum rc
shift_begin(struct req *r)
{
	const struct operator_actor by = editor(r);
	int64_t float_fen = 0, shift_id;
	enum rc rc = form_read(r, FIELDS, COUNT(FIELDS), &float_fen);

	if (rc == RC_OK && float_fen < 0) {
		form_error(r, "drawer", "BadAmount");
		rc = RC_INVALID;
	}
	if (rc == RC_INVALID)
		return shift_page(r);
	if (rc == RC_OK)
		rc = shift_open(r->db, float_fen, &by, &shift_id);
	if (rc == RC_CONFLICT && shift_id == 0) {
		form_error(r, "", "DayClosed");
		return shift_page(r);
	}
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	flash(r, rc == RC_OK ? "ShiftOpened" : "ShiftOpenAlready");
	return redirect(r, "/sales/shift");
}
