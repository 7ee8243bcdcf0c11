/*
 * view.h - what a page shows. The owner of ClearSilver.
 *
 * Values go into a data set by name and come out escaped (Config.VarEscapeMode=html always).
 * Names are literals of ours, never what a visitor typed. Filling cannot fail visibly: the view
 * keeps the first error, and page() reports it. Templates are parsed once per worker and used
 * again.
 */
#ifndef VOLTILL_VIEW_H
#define VOLTILL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/db.h"
#include "base/rc.h"

struct view;
struct node; /* a branch of the data set, for filling many rows fast; borrowed from the view */

/* One per request. language chooses the dictionary that answers T.* names. */
struct view *view_new(struct arena *arena, const char *language);

void view_set(struct view *view, const char *name, const char *value); /* NULL: not set */
void view_int(struct view *view, const char *name, int64_t value);
void view_bool(struct view *view, const char *name, bool value);	  /* "1" or not set */
void view_money(struct view *view, const char *name, int64_t amount_fen); /* 1,234.50 */
void view_energy(struct view *view, const char *name, int64_t energy_wh); /* 1,234.56 */
/* Name.At = "2026-11-23T10:30:00Z" for <time datetime>, .Text = "2026-11-23 10:30:05",
 * .Age = words such as "3 分钟前", .IsOld set when older than old_after_ms (0: never). */
void view_time(struct view *view, const char *name, int64_t at, int64_t now, int64_t old_after_ms);

bool view_has(const struct view *view, const char *name);
/* What was set, "" if nothing; for tests and for a value that depends on another. */
const char *view_get(const struct view *view, const char *name);

/* A word of the dictionary: "Login.Title" looks up T.Login.Title; "" when it is missing. */
const char *view_word(const struct view *view, const char *key);
/* The word with {0} … {9} replaced. */
const char *view_phrase(
    struct view *view, const char *key, const char *const *values, size_t count);

/* Branches. view_node makes it when it is not there; node_add appends the next numbered child. */
struct node *view_node(struct view *view, const char *name);
struct node *node_add(struct view *view, struct node *parent);
struct node *node_child(struct view *view, struct node *parent, const char *name);
void node_set(struct view *view, struct node *node, const char *name, const char *value);
void node_int(struct view *view, struct node *node, const char *name, int64_t value);
void node_bool(struct view *view, struct node *node, const char *name, bool value);
void node_money(struct view *view, struct node *node, const char *name, int64_t amount_fen);
void node_energy(struct view *view, struct node *node, const char *name, int64_t energy_wh);
void node_time(struct view *view, struct node *node, const char *name, int64_t at, int64_t now,
    int64_t old_after_ms);

/* Every row becomes Name.0, Name.1 … with a child per column alias. Ends rows. */
enum rc view_rows(struct view *view, const char *name, struct rows *rows);

/* At the start of a worker: reads the dictionaries, remembers the template folder. */
enum rc view_open(const struct conf *conf);
/* Renders to memory of the arena; whole: inside the layout, otherwise the page alone. */
enum rc view_render(
    struct view *view, const char *name, bool is_whole, const char **html, size_t *length);

#endif
