/*
 * sheet_part.h - the parts of a workbook: XML files in a ZIP archive. The owner of libzip and
 * expat.
 *
 * A part is inflated and parsed in chunks, and counted while it is: nothing is believed of what the
 * archive says about itself. A document type is refused, and with it every entity.
 */
#ifndef VOLTILL_SHEET_PART_H
#define VOLTILL_SHEET_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rc.h"
#include "base/sheet.h"

struct archive;
struct part;

/* Takes the descriptor. RC_INVALID: fault says why (too many entries, encrypted, no archive). */
enum rc archive_open(int fd, struct archive **archive, struct sheet_fault *fault);
void archive_close(struct archive *archive);
bool archive_has(struct archive *archive, const char *name);

/* Names come without their prefix; attributes as expat gives them: name, value, …, NULL. */
struct part_reader {
	void (*begin)(void *context, const char *name, const char **attributes);
	void (*end)(void *context, const char *name);
	void (*text)(void *context, const char *text, size_t length);
};

/* RC_INVALID: the archive has no such part, or it is damaged or passes a limit. */
enum rc part_open(struct archive *archive, const char *name, const struct part_reader *reader,
    void *context, struct part **part, struct sheet_fault *fault);
void part_close(struct part *part);

/* Parses on: RC_OK when a reader called part_pause, RC_NOT_FOUND at the end of the part, RC_INVALID
 * when it is broken or a reader called part_refuse. */
enum rc part_next(struct part *part, struct sheet_fault *fault);
void part_pause(struct part *part);
void part_refuse(struct part *part, const char *key, int64_t row, int64_t column);

/* The attribute's value, NULL without it; its prefix does not count. */
const char *part_attribute(const char **attributes, const char *name);

#endif
