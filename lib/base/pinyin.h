/*
 * pinyin.h - initials for the search box ("京东西北" -> "jdxb"). The owner of ICU.
 *
 * Slow to start (about 120 ms, some megabytes): only save paths and voltillctl call it, never the
 * start of a FastCGI worker. Names with several readings come out with one of them, so the stored
 * value is editable.
 */
#ifndef VOLTILL_PINYIN_H
#define VOLTILL_PINYIN_H

#include <stddef.h>

/* Initial of each Chinese character, ASCII letters and digits in lower case, the rest dropped. */
void pinyin_initials(const char *name, char *out, size_t size);

#endif
