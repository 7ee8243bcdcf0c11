/*
 * export.h - any query as Excel or CSV. The owner of libxlsxwriter.
 *
 * The rows are streamed from the database into a file of the spool folder in constant memory; the
 * workbook is opened again and counted before nginx hands it out by X-Accel-Redirect. Text never
 * becomes a formula. Headers are in the reader's language.
 */
#ifndef VOLTILL_EXPORT_H
#define VOLTILL_EXPORT_H

#include <stddef.h>

#include "base/db.h"
#include "list.h"
#include "route.h"

#define EXPORT_ROWS_MAX 1000000

enum cell {
	CELL_TEXT,
	CELL_INT,
	CELL_MONEY,
	CELL_ENERGY,
	CELL_POWER,
	CELL_MILLI, /* thousandths; the title names the unit: V, A */
	CELL_TIME,
	CELL_DAY,
	CELL_WORD
};

struct export_column {
	const char *title; /* key of the dictionary: "Meter.Number" */
	enum cell cell;	   /* money from fen, energy from Wh to kWh, power from W to kW */
	int width;	   /* characters */
	const char *words; /* CELL_WORD: the value is looked up under this branch ("Status") */
};

/* Writes rows (one column each, in order) and answers the request. Ends rows. name is a dictionary
 * key for the file ("Meter.ListTitle"); the file is named after it, the site and today. filter says
 * in words what was chosen and stands on the second sheet. */
enum rc export_answer(struct req *r, enum list_format format, const char *name, const char *filter,
    const struct export_column *columns, size_t count, struct rows *rows);

#endif
