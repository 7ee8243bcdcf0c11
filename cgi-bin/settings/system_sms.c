/* Texts of short messages: the list with what each looks like, and the editor of one. */
#include "system.h"

#include <string.h>

#include "form.h"
#include "settings.h"

enum { ON, ZH, EN, PARTS }; /* settings of an event, in order */

/* The variables of an event with sample values, in the reader's words. */
static size_t
sample_values(struct req *r, enum sms_event event, struct sms_value *values, size_t max)
{
	size_t count = 0;
	const char *rest = sms_variables(event);

	while (*rest != '\0' && count < max) {
		size_t length = strcspn(rest, " ");
		const char *name = arena_strndup(r->arena, rest, length);
		values[count++] = (struct sms_value){ name,
			view_word(r->view, arena_printf(r->arena, "Sms.Sample.%s", name)) };
		rest += length + (rest[length] == ' ');
	}
	return count;
}

/* Signature and text as a telephone shows them, and what they cost. */
static void
show_preview(struct req *r, struct node *node, enum sms_event event, const char *signature,
    const char *template)
{
	struct sms_value values[16];
	size_t count = sample_values(r, event, values, COUNT(values));
	char *text = arena_alloc(r->arena, SETTING_VALUE_MAX * 2);

	sms_render(template, values, count, text, SETTING_VALUE_MAX * 2);
	if (*signature != '\0')
		text = arena_printf(r->arena, "【%s】%s", signature, text);
	struct sms_size size = sms_measure(text);
	node_set(r->view, node, "Preview", text);
	node_int(r->view, node, "Units", (int64_t)size.units);
	node_int(r->view, node, "Parts", (int64_t)size.parts);
	node_set(r->view, node, "Coding", size.is_unicode ? "Ucs2" : "Gsm");
}

static enum rc
read_signature(struct req *r, const char **signature)
{
	struct setting_state states[SETTING_GROUP_SIZE];
	int64_t revision;
	size_t count;
	const struct setting_spec *specs = setting_group(SETTING_SITE, &count);
	enum rc rc = setting_read(r->db, SETTING_SITE, r->arena, states, &revision);

	*signature = "";
	for (size_t i = 0; i < count && rc == RC_OK; i++)
		if (strcmp(specs[i].name, "sms.signature") == 0)
			*signature = states[i].value;
	return rc;
}

static enum rc
add_event(struct req *r, struct node *list, enum sms_event event, const char *signature)
{
	struct setting_state states[SETTING_GROUP_SIZE];
	struct node *node = node_add(r->view, list);
	int64_t revision;
	enum rc rc = setting_read(
	    r->db, (enum setting_group)(SETTING_SMS + event), r->arena, states, &revision);
	bool is_english = strcmp(r->language, "en") == 0;

	if (rc != RC_OK)
		return rc;
	node_set(r->view, node, "Key", sms_event_name(event));
	node_set(r->view, node, "Href",
	    arena_printf(r->arena, "/settings/system/sms/%d", (int)event + 1));
	node_bool(r->view, node, "IsOn", strcmp(states[ON].value, "1") == 0);
	show_preview(r, node, event, signature, states[is_english ? EN : ZH].value);
	return RC_OK;
}

enum rc
system_sms(struct req *r)
{
	struct node *list = view_node(r->view, "Messages");
	const char *signature;
	enum rc rc = read_signature(r, &signature);

	for (int event = 0; event < SMS_EVENTS && rc == RC_OK; event++)
		rc = add_event(r, list, (enum sms_event)event, signature);
	if (rc != RC_OK)
		return rc;
	system_tabs(r, "Sms");
	view_set(r->view, "Page.Title", view_word(r->view, "Settings.System.Topic.Sms"));
	return page(r, "settings/system_sms.cs");
}

/* The editor. */

static enum rc
show(struct req *r, enum sms_event event, const char *const *typed)
{
	const char *signature, *name = sms_event_name(event);
	struct node *previews = view_node(r->view, "Previews");
	struct node *variables = view_node(r->view, "Variables");
	struct sms_value values[16];
	size_t count = sample_values(r, event, values, COUNT(values));
	enum rc rc = read_signature(r, &signature);

	if (rc != RC_OK)
		return rc;
	for (int part = ZH; part <= EN; part++) {
		struct node *node = node_add(r->view, previews);
		node_set(r->view, node, "Key", part == ZH ? "zh" : "en");
		show_preview(r, node, event, signature, typed[part]);
	}
	for (size_t i = 0; i < count; i++) {
		struct node *node = node_add(r->view, variables);
		node_set(r->view, node, "Name", arena_printf(r->arena, "{%s}", values[i].name));
		node_set(r->view, node, "Text",
		    view_word(r->view, arena_printf(r->arena, "Sms.Variable.%s", values[i].name)));
		node_set(r->view, node, "Sample", values[i].text);
	}
	const char *title = view_word(r->view, arena_printf(r->arena, "Sms.Event.%s", name));
	view_set(r->view, "Page.Title", title);
	view_set(r->view, "Topic.Action",
	    arena_printf(r->arena, "/settings/system/sms/%d", (int)event + 1));
	crumb(r, "/settings/system/sms", view_word(r->view, "Settings.System.Topic.Sms"));
	crumb(r, NULL, title);
	return page(r, "settings/system_message.cs");
}

enum rc
system_sms_form(struct req *r)
{
	struct setting_state states[SETTING_GROUP_SIZE];
	const char *typed[SETTING_GROUP_SIZE];
	int64_t revision;

	if (r->id > SMS_EVENTS)
		return RC_NOT_FOUND;
	enum setting_group group = (enum setting_group)(SETTING_SMS + r->id - 1);
	enum rc rc = setting_read(r->db, group, r->arena, states, &revision);
	if (rc != RC_OK)
		return rc;
	system_typed(r, group, states, typed);
	if (strcmp(param_get(&r->query, "fill"), "default") == 0) {
		size_t count;
		const struct setting_spec *specs = setting_group(group, &count);
		typed[ZH] = specs[ZH].fallback;
		typed[EN] = specs[EN].fallback;
		view_bool(r->view, "Topic.IsFilled", true);
	}
	system_show(r, group, states, typed);
	view_int(r->view, "Form.revision.Value", revision);
	return show(r, (enum sms_event)(r->id - 1), typed);
}

/* "do=preview" shows what was typed and stores nothing. */
enum rc
system_sms_save(struct req *r)
{
	struct setting_state states[SETTING_GROUP_SIZE];
	const char *typed[SETTING_GROUP_SIZE], *values[SETTING_GROUP_SIZE];
	int64_t revision, present;

	if (r->id > SMS_EVENTS)
		return RC_NOT_FOUND;
	enum setting_group group = (enum setting_group)(SETTING_SMS + r->id - 1);
	bool is_preview = strcmp(param_get(&r->body, "do"), "preview") == 0;
	enum rc rc = system_read(r, group, typed, values, &revision);
	if (rc == RC_INVALID && r->status == 200)
		return rc;
	if (rc == RC_OK && !is_preview) {
		rc = system_store(r, group, values, revision);
		if (rc == RC_OK)
			return redirect(r, "/settings/system/sms");
	}
	if (rc != RC_OK && rc != RC_INVALID && rc != RC_CONFLICT)
		return rc;
	rc = setting_read(r->db, group, r->arena, states, &present);
	if (rc != RC_OK)
		return rc;
	system_show(r, group, states, typed);
	return show(r, (enum sms_event)(r->id - 1), typed);
}
