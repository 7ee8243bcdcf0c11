/* voltillctl setting: the settings of the business from the shell, by the rules of the pages. */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "model/setting_edit.h"

struct editing {
	struct arena *arena;
	const struct setting_spec *specs; /* of the group */
	size_t count, chosen;
	struct setting_state states[SETTING_GROUP_SIZE];
	int64_t revision;
};

static enum rc
usage(void)
{
	(void)fprintf(stderr, "usage: voltillctl setting list\n"
			      "       voltillctl setting get NAME\n"
			      "       voltillctl setting set NAME VALUE\n");
	return RC_INVALID;
}

static enum rc
load(struct db *db, const char *name, struct editing *editing)
{
	const struct setting_spec *spec = setting_spec(name);

	if (spec == NULL) {
		(void)fprintf(stderr, "voltillctl: there is no setting %s\n", name);
		return RC_INVALID;
	}
	editing->specs = setting_group(spec->group, &editing->count);
	editing->chosen = (size_t)(spec - editing->specs);
	return setting_read(db, spec->group, editing->arena, editing->states, &editing->revision);
}

static enum rc
list(struct db *db, struct editing *editing)
{
	char text[SETTING_VALUE_MAX + 1];
	const char *name;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && (name = setting_name(i)) != NULL; i++) {
		rc = load(db, name, editing);
		if (rc != RC_OK)
			return rc;
		const struct setting_state *state = &editing->states[editing->chosen];
		setting_format(&editing->specs[editing->chosen], state->value, text);
		(void)printf("%s\t%s\n", name, text);
	}
	return rc;
}

static enum rc
get(struct db *db, const char *name, struct editing *editing)
{
	char text[SETTING_VALUE_MAX + 1];
	enum rc rc = load(db, name, editing);

	if (rc != RC_OK)
		return rc;
	setting_format(
	    &editing->specs[editing->chosen], editing->states[editing->chosen].value, text);
	(void)puts(text);
	return RC_OK;
}

static enum rc
refuse(const struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		(void)fprintf(stderr, "voltillctl: %s: %s %s\n", faults->list[i].field,
		    faults->list[i].key, faults->list[i].value);
	return RC_INVALID;
}

static enum rc
set(struct db *db, const char *name, const char *typed, struct editing *editing)
{
	const char *values[SETTING_GROUP_SIZE];
	char value[SETTING_VALUE_MAX + 1];
	struct faults faults = { 0 };
	struct operator_actor actor = ctl_actor();
	const struct setting_actor by = { 0, actor.actor, actor.address, actor.now };
	size_t changed;
	enum rc rc = load(db, name, editing);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < editing->count; i++)
		values[i] = editing->states[i].value;
	enum setting_group group = editing->specs->group;
	rc = setting_parse(&editing->specs[editing->chosen], typed, value, &faults);
	values[editing->chosen] = value;
	if (rc == RC_OK)
		rc = setting_check(group, values, &faults);
	if (rc != RC_OK)
		return refuse(&faults);
	return setting_save(db, group, values, &editing->revision, &by, &changed);
}

enum rc
ctl_setting(struct ctl *ctl, int argc, char **argv)
{
	struct editing editing = { .arena = arena_new() };
	enum rc rc;

	if (argc == 2 && strcmp(argv[1], "list") == 0)
		rc = list(ctl->db, &editing);
	else if (argc == 3 && strcmp(argv[1], "get") == 0)
		rc = get(ctl->db, argv[2], &editing);
	else if (argc == 4 && strcmp(argv[1], "set") == 0)
		rc = set(ctl->db, argv[2], argv[3], &editing);
	else
		rc = usage();
	arena_free(editing.arena);
	return rc;
}
