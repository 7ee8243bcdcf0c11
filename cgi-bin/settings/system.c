/* Settings of the installation: a topic a page, each saved as a whole. */
#include "system.h"

#include <string.h>

#include "form.h"
#include "settings.h"

static const struct system_topic TOPICS[] = {
	{ "Site", "/settings/system", SETTING_SITE },
	{ "Logo", "/settings/system/logo", SETTING_LOGO },
	{ "Receipt", "/settings/system/receipt", SETTING_RECEIPT },
	{ "Alarm", "/settings/system/alarms", SETTING_ALARM },
	{ "Rules", "/settings/system/rules", SETTING_RULES },
	{ "Sms", "/settings/system/sms", SETTING_SMS },
	{ "Password", "/settings/system/password", SETTING_PASSWORD },
	{ "Session", "/settings/system/sessions", SETTING_SESSION },
	{ "Keep", "/settings/system/keep", SETTING_KEEP },
};

/* Values that stand for a whole way of doing things; what is not named keeps its default. */
static const struct preset {
	const char *name, *setting, *value;
} PRESETS[] = {
	{ "mlps", "password.min", "8" },
	{ "mlps", "password.classes", "3" },
	{ "mlps", "password.max_age_days", "90" },
	{ "mlps", "password.history", "5" },
	{ "mlps", "password.lock_failures", "5" },
	{ "mlps", "password.lock_min", "30" },
};

void
system_tabs(struct req *r, const char *key)
{
	struct node *list = view_node(r->view, "Topics");

	for (size_t i = 0; i < COUNT(TOPICS); i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Key", TOPICS[i].key);
		node_set(r->view, node, "Href", TOPICS[i].path);
		node_bool(r->view, node, "Current", strcmp(TOPICS[i].key, key) == 0);
	}
	view_set(r->view, "Topic.Key", key);
}

static const struct system_topic *
topic_of(const struct req *r)
{
	const struct system_topic *topic = &TOPICS[0];

	for (size_t i = 0; i < COUNT(TOPICS); i++)
		if (strcmp(r->route->path, TOPICS[i].path) == 0)
			topic = &TOPICS[i];
	return topic;
}

/* A stored value in words, for "default: …"; NULL for an empty one. */
static const char *
value_word(struct req *r, const struct setting_spec *spec, const char *field, const char *value)
{
	char *text = arena_alloc(r->arena, SETTING_VALUE_MAX + 1);

	if (spec->kind == SETTING_FLAG)
		return view_word(r->view, strcmp(value, "1") == 0 ? "Word.Yes" : "Word.No");
	if (spec->kind == SETTING_CHOICE) { /* a key of the dictionary has no "-" */
		char *key = arena_printf(r->arena, "Choice.%s.%s", field, value);
		for (char *dash = key; (dash = strchr(dash, '-')) != NULL;)
			*dash = '_';
		return view_word(r->view, key);
	}
	setting_format(spec, value, text);
	return *text != '\0' ? text : NULL;
}

static void
show_choices(struct req *r, const struct setting_spec *spec, const char *field, const char *typed)
{
	struct node *list = view_node(r->view, arena_printf(r->arena, "Form.%s.Choice", field));

	if (spec->kind == SETTING_ZONE) {
		system_zones(r, list, typed);
		return;
	}
	for (size_t i = 0; spec->choices[i] != NULL; i++) {
		struct node *node = node_add(r->view, list);
		node_set(r->view, node, "Value", spec->choices[i]);
		node_set(r->view, node, "Text", value_word(r, spec, field, spec->choices[i]));
		node_bool(r->view, node, "Selected", strcmp(spec->choices[i], typed) == 0);
	}
}

/* Puts what was typed, or would be, into the form. */
static void
show_typed(struct req *r, const struct setting_spec *spec, const char *field, const char *typed)
{
	view_set(r->view, arena_printf(r->arena, "Form.%s.Value", field), typed);
	view_bool(
	    r->view, arena_printf(r->arena, "Form.%s.Checked", field), strcmp(typed, "1") == 0);
	view_bool(r->view, arena_printf(r->arena, "Form.%s.Required", field),
	    spec->kind == SETTING_NUMBER || spec->kind == SETTING_MONEY ||
		((spec->kind == SETTING_TEXT || spec->kind == SETTING_TEMPLATE) && spec->min > 0));
	if (spec->kind == SETTING_CHOICE || spec->kind == SETTING_ZONE)
		show_choices(r, spec, field, typed);
}

void
system_show(struct req *r, enum setting_group group, const struct setting_state *states,
    const char *const *typed)
{
	static const char *const kinds[] = { [SETTING_TEXT] = "text",
		[SETTING_LINES] = "lines",
		[SETTING_NUMBER] = "number",
		[SETTING_MONEY] = "money",
		[SETTING_CHOICE] = "choice",
		[SETTING_FLAG] = "flag",
		[SETTING_CLOCK] = "clock",
		[SETTING_ZONE] = "choice",
		[SETTING_TEMPLATE] = "template" };
	struct node *list = view_node(r->view, "Settings");
	size_t count;
	const struct setting_spec *specs = setting_group(group, &count);

	for (size_t i = 0; i < count; i++) {
		char field[SETTING_FIELD_MAX];
		struct node *node = node_add(r->view, list);
		setting_field(&specs[i], field);
		node_set(r->view, node, "Field", field);
		node_set(r->view, node, "Kind", kinds[specs[i].kind]);
		if (specs[i].unit != NULL)
			node_set(r->view, node, "Unit",
			    view_word(r->view, arena_printf(r->arena, "Unit.%s", specs[i].unit)));
		if (specs[i].kind != SETTING_TEMPLATE)
			node_set(r->view, node, "Default",
			    value_word(r, &specs[i], field, specs[i].fallback));
		if (*states[i].by != '\0') {
			node_set(r->view, node, "By", states[i].by);
			node_time(r->view, node, "At", states[i].changed_at, r->now, 0);
		}
		show_typed(r, &specs[i], field, typed[i]);
	}
}

void
system_typed(
    struct req *r, enum setting_group group, const struct setting_state *states, const char **typed)
{
	size_t count;
	const struct setting_spec *specs = setting_group(group, &count);

	for (size_t i = 0; i < count; i++) {
		char *text = arena_alloc(r->arena, SETTING_VALUE_MAX + 1);
		setting_format(&specs[i], states[i].value, text);
		typed[i] = text;
	}
}

/* ?fill=… shows other values than the stored ones; nothing is stored before they are saved. */
static void
fill(struct req *r, enum setting_group group, const char *name, const char **typed)
{
	size_t count;
	const struct setting_spec *specs = setting_group(group, &count);
	bool is_preset = strcmp(name, "mlps") == 0 && group == SETTING_PASSWORD;

	if (!is_preset && strcmp(name, "default") != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const char *value = specs[i].fallback;
		for (size_t k = 0; is_preset && k < COUNT(PRESETS); k++)
			if (strcmp(PRESETS[k].setting, specs[i].name) == 0)
				value = PRESETS[k].value;
		char *text = arena_alloc(r->arena, SETTING_VALUE_MAX + 1);
		setting_format(&specs[i], value, text);
		typed[i] = text;
	}
	view_bool(r->view, "Topic.IsFilled", true);
}

static enum rc
show(struct req *r, const struct system_topic *topic)
{
	system_tabs(r, topic->key);
	view_set(r->view, "Topic.Action", topic->path);
	view_set(r->view, "Page.Title",
	    view_word(r->view, arena_printf(r->arena, "Settings.System.Topic.%s", topic->key)));
	return page(r, "settings/system.cs");
}

enum rc
system_form(struct req *r)
{
	const struct system_topic *topic = topic_of(r);
	struct setting_state states[SETTING_GROUP_SIZE];
	const char *typed[SETTING_GROUP_SIZE];
	int64_t revision;
	enum rc rc = setting_read(r->db, topic->group, r->arena, states, &revision);

	if (rc != RC_OK)
		return rc;
	system_typed(r, topic->group, states, typed);
	fill(r, topic->group, param_get(&r->query, "fill"), typed);
	system_show(r, topic->group, states, typed);
	view_int(r->view, "Form.revision.Value", revision);
	return show(r, topic);
}

enum rc
system_read(struct req *r, enum setting_group group, const char **typed, const char **values,
    int64_t *revision)
{
	struct faults faults = { 0 };
	size_t count;
	const struct setting_spec *specs = setting_group(group, &count);
	enum rc rc = RC_OK;

	for (size_t i = 0; i < count; i++) {
		char field[SETTING_FIELD_MAX],
		    *value = arena_alloc(r->arena, SETTING_VALUE_MAX + 1);
		setting_field(&specs[i], field);
		if (param_one(&r->body, field, &typed[i]) != RC_OK)
			return RC_INVALID;
		if (setting_parse(&specs[i], typed[i], value, &faults) != RC_OK)
			rc = RC_INVALID;
		values[i] = value;
	}
	if (rc == RC_OK)
		rc = setting_check(group, values, &faults);
	show_faults(r, &faults);
	*revision = show_revision(r);
	return rc;
}

enum rc
system_store(struct req *r, enum setting_group group, const char *const *values, int64_t revision)
{
	const struct setting_actor by = { r->user.operator_id, r->user.username, r->address,
		r->now };
	int64_t present = revision;
	size_t changed;
	enum rc rc = setting_save(r->db, group, values, &present, &by, &changed);

	if (rc == RC_OK)
		flash(r, changed > 0 ? "Saved" : "NothingChanged");
	if (rc != RC_CONFLICT)
		return rc;
	rc = show_conflict_since(r, "setting", group, revision, present);
	return rc == RC_OK ? RC_CONFLICT : rc;
}

enum rc
system_save(struct req *r)
{
	const struct system_topic *topic = topic_of(r);
	struct setting_state states[SETTING_GROUP_SIZE];
	const char *typed[SETTING_GROUP_SIZE], *values[SETTING_GROUP_SIZE];
	int64_t revision, present;
	enum rc rc = system_read(r, topic->group, typed, values, &revision);

	if (rc == RC_INVALID && r->status == 200)
		return rc; /* something came twice: no form of ours */
	if (rc == RC_OK)
		rc = system_store(r, topic->group, values, revision);
	if (rc == RC_OK)
		return redirect(r, "%s", topic->path);
	if (rc != RC_INVALID && rc != RC_CONFLICT)
		return rc;
	rc = setting_read(r->db, topic->group, r->arena, states, &present);
	if (rc != RC_OK)
		return rc;
	system_show(r, topic->group, states, typed);
	return show(r, topic);
}
