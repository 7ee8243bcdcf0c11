/* /sales/shift/close and /sales/shifts/{id}/close: what is in the drawer is counted, what differs
 * is explained, and the shift is over. The count is a GET that changes nothing; closing posts it.
 */
#include <string.h>

#include "base/text.h"
#include "form.h"
#include "office.h"

/* The shift that is being closed, and where its pages are. */
struct closing {
	struct shift shift;
	const char *path, *home; /* of the form; of the settlement */
	struct shift_count counts[SHIFT_DENOMINATIONS_MAX];
	size_t count;
	int64_t counted_fen;
};

#define AMOUNT_MAX 24

struct typed {
	char expected[AMOUNT_MAX * 4 + 1]; /* as it was shown */
	char note[SHIFT_NOTE_MAX * 4 + 1];
};
static const struct form_field FIELDS[] = {
	{ "expected", FORM_TEXT, .max = AMOUNT_MAX, .offset = offsetof(struct typed, expected) },
	{ "note", FORM_TEXT, .max = SHIFT_NOTE_MAX, .offset = offsetof(struct typed, note) },
};

static const struct params *
typed_of(const struct req *r)
{
	return r->method == POST ? &r->body : &r->query;
}

/* Pieces of each denomination, from fields such as pieces_10000; none typed is none there. */
static enum rc
read_counts(struct req *r, struct closing *closing)
{
	size_t count;
	const int64_t *denominations = shift_denominations(&count);
	enum rc result = RC_OK;

	for (size_t i = 0; i < count; i++) {
		const char *name =
		    arena_printf(r->arena, "pieces_%lld", (long long)denominations[i]);
		const char *typed = param_get(typed_of(r), name);
		const char *const most[] = { number_text(r, SHIFT_PIECES_MAX) };
		int64_t pieces = 0;
		view_set(r->view, arena_printf(r->arena, "Form.%s.Value", name), typed);
		if (*typed != '\0' && text_parse_uint(typed, SHIFT_PIECES_MAX, &pieces) != RC_OK) {
			form_error_values(r, name, "BadNumber", most, 1);
			result = RC_INVALID;
		}
		closing->counts[closing->count++] =
		    (struct shift_count){ denominations[i], pieces };
		closing->counted_fen += denominations[i] * pieces;
	}
	return result;
}

static void
show_counts(struct req *r, const struct closing *closing)
{
	struct node *list = view_node(r->view, "Counts");

	for (size_t i = 0; i < closing->count; i++) {
		const struct shift_count *count = &closing->counts[i];
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Name",
		    arena_printf(r->arena, "pieces_%lld", (long long)count->denomination_fen));
		node_int(r->view, node, "Fen", count->denomination_fen);
		node_set(r->view, node, "Denomination", money_text(r, count->denomination_fen));
		node_int(r->view, node, "Pieces", count->pieces);
		node_set(r->view, node, "Amount",
		    money_text(r, count->denomination_fen * count->pieces));
	}
}

/* What was counted beside what should be there, and the question whether that is all. */
static void
show_result(struct req *r, const struct closing *closing)
{
	int64_t difference_fen = closing->counted_fen - closing->shift.expected_fen;

	view_bool(r->view, "IsCounted", true);
	view_set(r->view, "Counted", money_text(r, closing->counted_fen));
	view_set(r->view, "Difference", money_text(r, difference_fen));
	view_set(r->view, "Match", shift_match(difference_fen));
	view_set(r->view, "Form.expected.Value", money_text(r, closing->shift.expected_fen));
	view_bool(r->view, "Form.note.Required", difference_fen != 0);
}

static enum rc
show_page(struct req *r, const struct closing *closing)
{
	const char *title = view_word(r->view, "Sales.ShiftClose.Title");

	shift_show(r, view_node(r->view, "Shift"), &closing->shift);
	show_counts(r, closing);
	view_set(r->view, "Path", closing->path);
	view_set(r->view, "Home.Href", closing->home);
	crumb(r, NULL, title);
	return page(r, "sales/shift_close.cs");
}

static enum rc
ask(struct req *r, struct closing *closing)
{
	enum rc rc = read_counts(r, closing);

	if (rc == RC_OK && *param_get(&r->query, "counted") != '\0')
		show_result(r, closing);
	return show_page(r, closing);
}

/* Somebody sold or paid out between the count and this moment: the figures shown are old. */
static bool
is_same(struct req *r, const struct closing *closing, const struct typed *typed)
{
	const char *const values[] = { money_text(r, closing->shift.expected_fen) };

	if (strcmp(typed->expected, values[0]) == 0)
		return true;
	form_error_values(r, "", "ShiftMoved", values, COUNT(values));
	return false;
}

static enum rc
close_it(struct req *r, struct closing *closing)
{
	struct typed typed = { 0 };
	int64_t counted_fen, expected_fen;
	enum rc rc = read_counts(r, closing);

	if (form_read(r, FIELDS, COUNT(FIELDS), &typed) != RC_OK || rc != RC_OK ||
	    !is_same(r, closing, &typed)) {
		if (rc == RC_OK)
			show_result(r, closing);
		return show_page(r, closing);
	}
	const struct shift_closing wish = { closing->shift.shift_id, closing->counts,
		closing->count, typed.note, editor(r) };
	rc = shift_close(r->db, &wish, &counted_fen, &expected_fen);
	if (rc == RC_INVALID) {
		closing->shift.expected_fen = expected_fen;
		form_error(r, "note", "ShiftNote");
		show_result(r, closing);
		return show_page(r, closing);
	}
	if (rc != RC_OK && rc != RC_CONFLICT)
		return rc;
	flash(r, rc == RC_OK ? "ShiftClosed" : "ShiftClosedAlready");
	return redirect(r, "%s/%lld", closing->home, (long long)closing->shift.shift_id);
}

/* ---- whose ---- */

/* One's own shift; without one there is nothing to close. */
static enum rc
find_own(struct req *r, struct closing *closing)
{
	closing->path = "/sales/shift/close";
	closing->home = "/sales/shift";
	return shift_find_open(r->db, r->arena, r->user.operator_id, &closing->shift);
}

static enum rc
find_other(struct req *r, struct closing *closing)
{
	closing->path = arena_printf(r->arena, "/sales/shifts/%lld/close", (long long)r->id);
	closing->home = "/sales/shifts";
	return r->id == 0 ? RC_NOT_FOUND : shift_find(r->db, r->arena, r->id, &closing->shift);
}

static enum rc
with(struct req *r, enum rc (*find)(struct req *, struct closing *),
    enum rc (*act)(struct req *, struct closing *))
{
	struct closing closing = { 0 };
	enum rc rc = find(r, &closing);

	if (rc == RC_NOT_FOUND && find == find_own) {
		flash(r, "ShiftNone");
		return redirect(r, "%s", closing.home);
	}
	if (rc == RC_OK && closing.shift.closed_at != 0) {
		flash(r, "ShiftClosedAlready");
		return redirect(r, "%s/%lld", closing.home, (long long)closing.shift.shift_id);
	}
	return rc == RC_OK ? act(r, &closing) : rc;
}

enum rc
shift_count_own(struct req *r)
{
	return with(r, find_own, ask);
}

enum rc
shift_end_own(struct req *r)
{
	return with(r, find_own, close_it);
}

enum rc
shift_count_other(struct req *r)
{
	return with(r, find_other, ask);
}

enum rc
shift_end_other(struct req *r)
{
	return with(r, find_other, close_it);
}
