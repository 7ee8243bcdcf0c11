/*
 * model_table.h - what tools/model_table.c makes of the collector's profiles; for meter_model.c.
 */
#ifndef VOLTILL_MODEL_TABLE_H
#define VOLTILL_MODEL_TABLE_H

#include <stddef.h>

#include "model/meter_model.h"

extern const struct meter_model model_table[];
extern const size_t model_table_count;

#endif
