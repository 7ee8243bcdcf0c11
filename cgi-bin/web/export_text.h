/*
 * export_text.h - text that is safe in a sheet, and names that are safe for a file.
 */
#ifndef VOLTILL_EXPORT_TEXT_H
#define VOLTILL_EXPORT_TEXT_H

#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"

#define EXPORT_TEXT_CHARS 32000 /* a cell holds 32,767 */

/* Well-formed text without characters that XML refuses, cut to what a cell holds. What a sheet
 * could take for a formula gets ' in front (reliability.md W-80). */
const char *export_text(struct arena *arena, const char *text);

/* One field of a CSV line, quoted when it must be. */
void export_csv_field(FILE *file, const char *text);

/* "word_site_2026-11-23.xlsx" without anything a file system dislikes. */
const char *export_file_name(struct arena *arena, const char *word, const char *site,
    const char *day, const char *extension);

/* Value of Content-Disposition with the name in ASCII and, for every reader of today, in UTF-8. */
const char *export_disposition(struct arena *arena, const char *name);

#endif
