/*
 * template.h - parsed templates, kept from request to request. view.c's own.
 *
 * A template is parsed when it is first used, and again when one of its files changed (looked at
 * once a second at most). Escaping is on for every variable (Config.VarEscapeMode=html).
 */
#ifndef VOLTILL_TEMPLATE_H
#define VOLTILL_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/rc.h"

struct _hdf;
struct _neo_err;

enum rc template_open(const struct conf *conf);

/* Renders values of hdf and then words to memory of the arena. RC_BUG (logged) for a mistake in the
 * template. */
enum rc template_render(struct arena *arena, const char *name, bool is_whole, struct _hdf *hdf,
    struct _hdf *words, const char **html, size_t *length);

/* Logs an error of ClearSilver and forgets it. */
void template_complain(const char *subject, struct _neo_err *err);

#endif
