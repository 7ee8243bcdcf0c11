/*
 * import.h - what the pages of imports share.
 */
#ifndef VOLTILL_SETTINGS_IMPORT_H
#define VOLTILL_SETTINGS_IMPORT_H

#include "list.h"
#include "model/import_store.h"
#include "route.h"
#include "settings.h"

/* The import of the path; RC_NOT_FOUND also when it is not for this reader. */
enum rc import_of_path(struct req *r, struct import_record *record);
/* 0: everything is for him; else only what he brought himself. */
int64_t import_reader(const struct req *r);
bool import_may(const struct req *r, enum import_kind kind);
struct operator_actor import_actor(const struct req *r);

/* Words of a column and of a field that changed. */
const char *import_title(struct req *r, enum import_kind kind, const char *field);
/* A value in words, where the field has some. */
const char *import_value(struct req *r, const char *field, const char *value);
/* A fault as it is kept, in words: "field: message". */
const char *import_fault_text(struct req *r, const char *key, const char *values);
/* Why a file is refused, at the field of the form. */
void import_file_error(struct req *r, const char *field, const struct sheet_fault *fault);

/* A file the reader gets: header, lines, a second sheet of words. */
struct import_sheet;
enum rc import_sheet_begin(struct req *r, enum list_format format, const char *word,
    const char *const *titles, const int *widths, size_t count, struct import_sheet **sheet);
enum rc import_sheet_row(struct import_sheet *sheet, const char *const *cells);
enum rc import_sheet_end(
    struct import_sheet *sheet, const char *name, const char *const (*about)[2], size_t count);

/* Waits a moment for a step that was asked for, so that a small file needs no progress page. */
void import_wait(struct req *r, int64_t import_id);

/* import_page.c: the steps with the current one, and what every page of an import shows. */
void import_steps(struct req *r, const struct import_record *record, size_t current);
/* import_columns.c: fills the page that says which column is what. */
enum rc import_columns_page(
    struct req *r, const struct import_record *record, const struct import_map *map);
/* import_lines.c: the lines of a result on the page, or as a file. */
enum rc import_lines_page(struct req *r, const struct import_record *record);

#endif
