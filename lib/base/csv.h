/*
 * csv.h - comma-separated values in any of the encodings a spreadsheet writes. For sheet.c only.
 */
#ifndef VOLTILL_CSV_H
#define VOLTILL_CSV_H

#include "base/rc.h"
#include "base/sheet.h"

struct csv;

/* Takes the descriptor, which csv_close closes. The encoding is found by reading it once through.
 */
enum rc csv_open(int fd, struct csv **csv, struct sheet_fault *fault);
void csv_close(struct csv *csv);

/* As sheet_next; rows without content come too, with count 0. */
enum rc csv_next(struct csv *csv, struct sheet_row *row, struct sheet_fault *fault);

#endif
