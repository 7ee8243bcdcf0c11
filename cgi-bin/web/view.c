#include <stdio.h>
#include <string.h>

#include <ClearSilver.h>

#include "base/money.h"

#include "lang.h"
#include "template.h"
#include "view.h"

#define TAILS 8 /* branches being appended to at the same time */

struct view {
	struct arena *arena;
	HDF *hdf, *words;
	bool has_failed;
	struct tail {
		HDF *parent;
		int next;
	} tails[TAILS];
	int tail_oldest;
};

static void
note(struct view *view, NEOERR *err)
{
	if (err == STATUS_OK)
		return;
	view->has_failed = true;
	template_complain("view", err);
}

enum rc
view_open(const struct conf *conf)
{
	enum rc rc = template_open(conf);

	return rc == RC_OK ? lang_open(conf) : rc;
}

static void
view_free(void *subject)
{
	struct view *view = subject;

	hdf_destroy(&view->hdf);
}

struct view *
view_new(struct arena *arena, const char *language)
{
	struct view *view = arena_alloc(arena, sizeof(*view));

	view->arena = arena;
	view->words = lang_hdf(language);
	note(view, hdf_init(&view->hdf));
	arena_on_free(arena, view_free, view);
	return view;
}

/* Setting values. Every public verb exists twice: by a name from the root and on a branch. */

static HDF *
as_hdf(struct node *node)
{
	return (HDF *)(void *)node;
}

static struct node *
root(struct view *view)
{
	return (struct node *)(void *)view->hdf;
}

void
node_set(struct view *view, struct node *node, const char *name, const char *value)
{
	if (value != NULL && node != NULL)
		note(view, hdf_set_value(as_hdf(node), name, value));
}

void
node_int(struct view *view, struct node *node, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	node_set(view, node, name, text);
}

void
node_bool(struct view *view, struct node *node, const char *name, bool value)
{
	node_set(view, node, name, value ? "1" : NULL);
}

void
node_money(struct view *view, struct node *node, const char *name, int64_t amount_fen)
{
	char text[MONEY_TEXT_MAX];

	money_format(amount_fen, text, sizeof(text));
	node_set(view, node, name, text);
}

void
node_energy(struct view *view, struct node *node, const char *name, int64_t energy_wh)
{
	char text[MONEY_TEXT_MAX];

	energy_format(energy_wh, 2, text, sizeof(text));
	node_set(view, node, name, text);
}

static const char *
age_text(struct view *view, int64_t age_ms)
{
	static const struct {
		int64_t below_ms, unit_ms;
		const char *key;
	} steps[] = {
		{ 5 * CLOCK_SECOND, 0, "Age.Now" },
		{ CLOCK_MINUTE, CLOCK_SECOND, "Age.Seconds" },
		{ CLOCK_HOUR, CLOCK_MINUTE, "Age.Minutes" },
		{ 48 * CLOCK_HOUR, CLOCK_HOUR, "Age.Hours" },
		{ INT64_MAX, 24 * CLOCK_HOUR, "Age.Days" },
	};
	size_t i = 0;
	char count[24] = "";

	while (age_ms >= steps[i].below_ms && i + 1 < COUNT(steps))
		i++;
	if (steps[i].unit_ms > 0)
		snprintf(count, sizeof(count), "%lld", (long long)(age_ms / steps[i].unit_ms));
	return view_phrase(view, steps[i].key, (const char *const[]){ count }, 1);
}

void
node_time(struct view *view, struct node *node, const char *name, int64_t at, int64_t now,
    int64_t old_after_ms)
{
	struct node *time = node_child(view, node, name);
	char text[40];

	if (at == 0 || time == NULL)
		return;
	struct civil utc = clock_utc(at);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.year, utc.month, utc.day,
	    utc.hour, utc.minute, utc.second);
	node_set(view, time, "At", text);
	clock_format(at, text, sizeof(text));
	node_set(view, time, "Text", text);
	node_set(view, time, "Age", age_text(view, now - at));
	node_bool(view, time, "IsOld", old_after_ms > 0 && now - at > old_after_ms);
}

void
view_set(struct view *view, const char *name, const char *value)
{
	node_set(view, root(view), name, value);
}

void
view_int(struct view *view, const char *name, int64_t value)
{
	node_int(view, root(view), name, value);
}

void
view_bool(struct view *view, const char *name, bool value)
{
	node_bool(view, root(view), name, value);
}

void
view_money(struct view *view, const char *name, int64_t amount_fen)
{
	node_money(view, root(view), name, amount_fen);
}

void
view_energy(struct view *view, const char *name, int64_t energy_wh)
{
	node_energy(view, root(view), name, energy_wh);
}

void
view_time(struct view *view, const char *name, int64_t at, int64_t now, int64_t old_after_ms)
{
	node_time(view, root(view), name, at, now, old_after_ms);
}

bool
view_has(const struct view *view, const char *name)
{
	return hdf_get_value(view->hdf, name, NULL) != NULL;
}

const char *
view_get(const struct view *view, const char *name)
{
	return hdf_get_value(view->hdf, name, "");
}

/* Words. */

const char *
view_word(const struct view *view, const char *key)
{
	char name[200];

	if (snprintf(name, sizeof(name), "T.%s", key) >= (int)sizeof(name))
		return "";
	const char *word = hdf_get_value(view->words, name, "");
	return word == NULL ? "" : word;
}

const char *
view_phrase(struct view *view, const char *key, const char *const *values, size_t count)
{
	const char *word = view_word(view, key);
	size_t size = strlen(word) + 1;

	for (size_t i = 0; i < count; i++)
		size += strlen(values[i]) * strlen(word) / 3;
	char *phrase = arena_alloc(view->arena, size);
	char *end = phrase;
	while (*word != '\0') {
		size_t place = (size_t)(word[0] == '{' ? word[1] - '0' : -1);
		if (place < count && word[2] == '}') {
			end = stpcpy(end, values[place]);
			word += 3;
		} else {
			*end++ = *word++;
		}
	}
	return phrase;
}

/* Branches. */

struct node *
node_child(struct view *view, struct node *parent, const char *name)
{
	HDF *child = NULL;

	if (parent != NULL)
		note(view, hdf_get_node(as_hdf(parent), name, &child));
	return (struct node *)(void *)child;
}

struct node *
view_node(struct view *view, const char *name)
{
	return node_child(view, root(view), name);
}

/* Remembers how many children a branch has, so that appending does not count them again. */
static struct tail *
tail_find(struct view *view, HDF *parent)
{
	for (int i = 0; i < TAILS; i++)
		if (view->tails[i].parent == parent)
			return &view->tails[i];
	struct tail *tail = &view->tails[view->tail_oldest];
	view->tail_oldest = (view->tail_oldest + 1) % TAILS;
	*tail = (struct tail){ .parent = parent };
	for (HDF *child = hdf_obj_child(parent); child != NULL; child = hdf_obj_next(child))
		tail->next++;
	return tail;
}

struct node *
node_add(struct view *view, struct node *parent)
{
	char name[16];

	if (parent == NULL)
		return NULL;
	struct tail *tail = tail_find(view, as_hdf(parent));
	snprintf(name, sizeof(name), "%d", tail->next++);
	return node_child(view, parent, name);
}

enum rc
view_rows(struct view *view, const char *name, struct rows *rows)
{
	struct node *list = view_node(view, name);
	enum rc rc;

	while ((rc = rows_next(rows)) == RC_OK) {
		struct node *node = node_add(view, list);
		for (size_t i = 0; i < rows_columns(rows); i++)
			if (!rows_is_null(rows, i))
				node_set(view, node, rows_name(rows, i), rows_text(rows, i));
	}
	rows_end(rows);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
view_render(struct view *view, const char *name, bool is_whole, const char **html, size_t *length)
{
	if (view->has_failed)
		return RC_BUG; /* logged where it failed */
	return template_render(view->arena, name, is_whole, view->hdf, view->words, html, length);
}
