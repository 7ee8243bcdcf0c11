/*
 * lang.h - the dictionaries, read once per worker and again when a file changed.
 */
#ifndef VOLTILL_LANG_H
#define VOLTILL_LANG_H

#include <stdbool.h>

#include "base/conf.h"
#include "base/rc.h"

struct _hdf;

/* Reads templates/lang/<language>.hdf for every language, with the asset names. */
enum rc lang_open(const struct conf *conf);
/* Reads again what changed on disk, at most once a second. Between requests only. */
void lang_refresh(void);
/* The dictionary of a language ("zh-CN" for an unknown one); alive until the next lang_refresh. */
struct _hdf *lang_hdf(const char *language);
bool lang_is_known(const char *language);
/* The language that is offered beside this one. */
const char *lang_other(const char *language);
/* The best of ours for an Accept-Language header, NULL when it asks for none of them. */
const char *lang_negotiate(const char *accept);

#endif
