/* /accounts/alarms/{id}: one alarm, its story, what is folded under it, and what people say of it.
 */
#include <stdlib.h>
#include <string.h>

#include "alarm_page.h"
#include "form.h"
#include "model/alarm_answer.h"

#define FOLDED_SHOWN 500

static enum rc
find(struct req *r, struct alarm_row *row)
{
	return r->id == 0 ? RC_NOT_FOUND : alarm_find(r->db, r->arena, r->scope, r->id, row);
}

/* ---- the story ---- */

static void
add_event(
    struct req *r, struct node *list, const char *key, int64_t at, const char *by, const char *text)
{
	struct node *node = node_add(r->view, list);

	node_set(r->view, node, "Key", key);
	node_time(r->view, node, "At", at, r->now, 0);
	node_set(r->view, node, "By", by);
	node_set(r->view, node, "Text", text);
}

/* It began first; what people did before it ended stands before the end. */
static enum rc
show_story(struct req *r, const struct alarm_row *row)
{
	struct node *list = view_node(r->view, "Story");
	struct alarm_note *notes;
	size_t count;
	bool is_ended = row->ended_at == 0;
	enum rc rc = alarm_notes(r->db, r->arena, row->alarm_id, &notes, &count);

	if (rc != RC_OK)
		return rc;
	add_event(r, list, "began", row->began_at, NULL, alarm_says(r, row->kind, row));
	for (size_t i = 0; i < count; i++) {
		if (!is_ended && notes[i].at > row->ended_at) {
			add_event(r, list, "ended", row->ended_at, NULL, NULL);
			is_ended = true;
		}
		add_event(r, list, notes[i].deed, notes[i].at, notes[i].by, notes[i].text);
	}
	if (!is_ended)
		add_event(r, list, "ended", row->ended_at, NULL, NULL);
	return RC_OK;
}

static enum rc
show_folded(struct req *r, const struct alarm_row *row)
{
	struct node *list = view_node(r->view, "Folded");
	struct alarm_filter filter = { .scope = r->scope,
		.is_history = row->ended_at != 0,
		.search = "",
		.parent_id = row->alarm_id,
		.to_at = r->now + CLOCK_HOUR,
		.now = r->now,
		.sort = "subject",
		.limit = FOLDED_SHOWN };
	struct alarm_row *rows;
	size_t count;
	enum rc rc = alarm_rows(r->db, r->arena, &filter, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		alarm_row_show(r, node_add(r->view, list), &rows[i]);
	return rc;
}

static enum rc
show(struct req *r, const struct alarm_row *row)
{
	const char *kind =
	    view_word(r->view, arena_printf(r->arena, "Alarm.%s", alarm_kind_name(row->kind)));
	const char *title = arena_printf(
	    r->arena, "%s · %s", kind, *row->tenant != '\0' ? row->tenant : row->subject);
	enum rc rc = show_story(r, row);

	if (rc == RC_OK)
		rc = show_folded(r, row);
	if (rc == RC_OK)
		rc = alarm_bell(r);
	if (rc != RC_OK)
		return rc;
	alarm_row_show(r, view_node(r->view, "One"), row);
	if (row->parent_id != 0)
		view_set(r->view, "ParentHref",
		    arena_printf(r->arena, "/accounts/alarms/%lld", (long long)row->parent_id));
	alarm_hours_show(r);
	view_bool(r->view, "MayAnswer", may(r, PERM_ALARM_ACK));
	view_set(r->view, "Page.Title", title);
	view_set(r->view, "Title", title);
	crumb(r, NULL, title);
	return page(r, "accounts/alarm_one.cs");
}

enum rc
alarm_one(struct req *r)
{
	struct alarm_row row;
	enum rc rc = find(r, &row);

	return rc == RC_OK ? show(r, &row) : rc;
}

/* ---- deeds ---- */

struct answering {
	struct alarm_answer answer;
	size_t done;
};

static enum rc
work(struct db *db, void *context)
{
	struct answering *answering = context;

	return alarm_answer(db, &answering->answer, &answering->done);
}

static enum rc
answer(struct req *r, enum alarm_deed deed, const char *note)
{
	struct answering answering = { .done = 0 };
	struct alarm_deed_form form;
	struct alarm_row row;
	int64_t until_at;
	enum rc rc = find(r, &row);

	if (rc != RC_OK)
		return rc;
	rc = alarm_deed_read(r, deed == ALARM_MUTE, deed == ALARM_COMMENT, &form, &until_at);
	if (rc != RC_OK)
		return show(r, &row);
	answering.answer = (struct alarm_answer){ .deed = deed,
		.alarms = &r->id,
		.count = 1,
		.note = form.note,
		.until_at = until_at,
		.by = editor(r) };
	rc = edit_save(r, work, &answering);
	if (rc != RC_OK)
		return rc;
	flash(r, answering.done > 0 ? note : "AlarmAnsweredAlready");
	return redirect(r, "/accounts/alarms/%lld", (long long)r->id);
}

enum rc
alarm_acknowledge(struct req *r)
{
	return answer(r, ALARM_ACKNOWLEDGE, "AlarmAcknowledged");
}

enum rc
alarm_comment(struct req *r)
{
	return answer(r, ALARM_COMMENT, "AlarmCommented");
}

enum rc
alarm_mute(struct req *r)
{
	return answer(r, ALARM_MUTE, "AlarmMuted");
}

enum rc
alarm_unmute(struct req *r)
{
	return answer(r, ALARM_UNMUTE, "AlarmUnmuted");
}
