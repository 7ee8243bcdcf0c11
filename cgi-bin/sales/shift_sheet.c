/* /sales/shifts/{id}: the settlement of a shift, to be printed and signed at the hand-over. */
#include "model/shift_list.h"
#include "office.h"

static enum rc
show_counts(struct req *r, int64_t shift_id)
{
	struct shift_count counts[SHIFT_DENOMINATIONS_MAX];
	struct node *list = view_node(r->view, "Counts");
	size_t count;
	enum rc rc = shift_counts(r->db, shift_id, counts, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Denomination", money_text(r, counts[i].denomination_fen));
		node_int(r->view, node, "Pieces", counts[i].pieces);
		node_set(r->view, node, "Amount",
		    money_text(r, counts[i].denomination_fen * counts[i].pieces));
	}
	return rc;
}

static enum rc
show_sheet(struct req *r, const char *home, bool is_own)
{
	struct shift shift;
	enum rc rc = r->id == 0 ? RC_NOT_FOUND : shift_find(r->db, r->arena, r->id, &shift);

	if (rc == RC_OK && is_own && shift.operator_id != r->user.operator_id)
		rc = RC_NOT_FOUND;
	if (rc == RC_OK)
		rc = show_counts(r, r->id);
	if (rc != RC_OK)
		return rc;
	const char *title =
	    words(r, "Sales.ShiftSheet.Of", shift.operator_name, day_text(r, shift.day));
	shift_show(r, view_node(r->view, "Shift"), &shift);
	view_set(r->view, "Home.Href", home);
	view_bool(r->view, "MayClose", !is_own && shift.closed_at == 0);
	view_set(r->view, "Page.Title", title);
	crumb(r, NULL, title);
	return page(r, "sales/shift_sheet.cs");
}

enum rc
shift_sheet_own(struct req *r)
{
	return show_sheet(r, "/sales/shift", true);
}

enum rc
shift_sheet(struct req *r)
{
	return show_sheet(r, "/sales/shifts", false);
}
