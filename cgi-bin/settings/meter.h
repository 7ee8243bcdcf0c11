/*
 * meter.h - what the pages of a meter share.
 */
#ifndef VOLTILL_SETTINGS_METER_H
#define VOLTILL_SETTINGS_METER_H

#include "model/meter_edit.h"
#include "model/place_all.h"
#include "settings.h"

/* RC_NOT_FOUND when there is none, or not for this reader. */
enum rc meter_find_row(
    struct req *r, int64_t meter_id, struct place_list *places, struct meter_row *row);

/* Choices of the buses and models the reader may use. */
enum rc meter_choices(struct req *r, int64_t bus_id, int64_t meter_model_id);

/* May the reader put a meter on that bus? */
enum rc meter_may_use_bus(struct req *r, int64_t bus_id);

/* "Room 305" as the page is titled: its place, name or number. */
const char *meter_row_title(
    struct req *r, const struct place_list *places, const struct meter_row *row);

/* The form of a meter: meter_form.c. */
void meter_form_fill(struct req *r, const struct place_list *places, const struct meter_row *row);
/* What was typed, over stored; RC_INVALID with messages in the form. */
enum rc meter_form_read(struct req *r, const struct place_list *places,
    const struct meter_row *stored, struct meter_row *row);
/* Defaults of the settings, proposals, choices. */
enum rc meter_form_show(
    struct req *r, const struct place_list *places, const struct meter_row *row);

#endif
