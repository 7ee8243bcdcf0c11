/*
 * words.h - what the pages say, for commands that say the same: faults and fields from the
 * dictionary of a language. Without the file the keys themselves have to do.
 */
#ifndef VOLTILL_CTL_WORDS_H
#define VOLTILL_CTL_WORDS_H

#include "base/arena.h"
#include "base/conf.h"
#include "model/fault.h"

struct words;

/* language NULL: that of the shell. Lives in the arena. */
struct words *words_read(const struct conf *conf, const char *language, struct arena *arena);
/* The word of "Error.Required", or the last part of the key. */
const char *words_find(const struct words *words, const char *key);
/* A fault in words, values filled in; in arena memory. */
const char *words_fault(const struct words *words, struct arena *arena, const struct fault *fault);

#endif
