#include <stddef.h>

#include "base/text.h"
#include "device.h"
#include "model/session.h"
#include "pages.h"

/* Columns of session_list, in order. */
enum { ID, ADDRESS, USER_AGENT, CREATED_AT, SEEN_AT };

static const char *
device_words(struct req *r, const char *user_agent)
{
	struct device device = device_find(user_agent);
	if (device.browser == NULL && device.system == NULL)
		return view_word(r->view, "Login.Sessions.UnknownDevice");
	if (device.browser == NULL || device.system == NULL)
		return device.browser != NULL ? device.browser : device.system;
	return view_phrase(r->view, "Login.Sessions.DeviceOn",
	    (const char *const[]){ device.browser, device.system }, 2);
}

static void
fill(struct req *r, struct node *node, const struct rows *rows)
{
	int64_t id = rows_int(rows, ID);
	node_int(r->view, node, "Id", id);
	node_set(r->view, node, "Device", device_words(r, rows_text(rows, USER_AGENT)));
	node_set(r->view, node, "Address", rows_text(rows, ADDRESS));
	node_time(r->view, node, "Began", rows_int(rows, CREATED_AT), r->now, 0);
	node_time(r->view, node, "Seen", rows_int(rows, SEEN_AT), r->now, 0);
	node_bool(r->view, node, "IsThis", id == r->session->public_id);
}

enum rc
sessions_show(struct req *r)
{
	struct rows *rows;
	size_t others = 0;
	enum rc rc = session_list(r->db, r->user.operator_id, r->now, &rows);
	if (rc != RC_OK)
		return rc;
	struct node *list = view_node(r->view, "Sessions");
	while ((rc = rows_next(rows)) == RC_OK) {
		fill(r, node_add(r->view, list), rows);
		others += rows_int(rows, ID) != r->session->public_id;
	}
	rows_end(rows);
	if (rc != RC_NOT_FOUND)
		return rc;
	view_bool(r->view, "Login.HasOthers", others > 0);
	return page(r, "login/sessions.cs");
}

/* A session that ended by itself meanwhile is what the person wanted: no error. */
static enum rc
end(struct req *r, int64_t public_id)
{
	struct session_client client = client_of(r);
	enum rc rc = session_end_public(r->db, public_id, r->session, &client);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (rc == RC_OK)
		flash(r, public_id != 0 ? "SessionEnded" : "SessionsEnded");
	return redirect(r, "/login/sessions");
}

enum rc
sessions_end(struct req *r)
{
	int64_t id;
	if (text_parse_uint(param_get(&r->body, "session"), INT64_MAX, &id) != RC_OK || id == 0)
		return RC_INVALID;
	if (id == r->session->public_id)
		return signout(r);
	return end(r, id);
}

enum rc
sessions_end_others(struct req *r)
{
	return end(r, 0);
}
