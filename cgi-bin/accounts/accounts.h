/*
 * accounts.h - what the pages of this program share.
 */
#ifndef VOLTILL_ACCOUNTS_H
#define VOLTILL_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/gateway.h"
#include "model/meter.h"
#include "route.h"
#include "show.h"

enum rc overview(struct req *r);
enum rc board(struct req *r);
enum rc meters(struct req *r);
enum rc meter(struct req *r);
enum rc meter_config(struct req *r); /* meter_config.c */
enum rc control(struct req *r);	     /* control.c */
enum rc control_send(struct req *r);
enum rc gateways(struct req *r);
enum rc gateway(struct req *r);

/* The filter of board and list: b=, f=, st=…, q=, meter=…; what is not understood is passed over.
 * With all= it is the filter in of=, as the form around ticks sends it, and no ticks. */
struct filter {
	struct meter_filter model;
	char search[200];
	int64_t building_id, floor_id;
	const char *typed; /* the search as it was typed */
	bool is_set;	   /* anything but the default */
};
void filter_read(struct req *r, struct filter *filter);
/* Adds the filter to a link, with other states or another place if the caller changed them. */
void filter_link(struct req *r, const struct filter *filter, struct url *url);
/* What the form around ticks needs: Bulk.Of (the filter) and Bulk.Count (meters in it). */
void bulk_show(struct req *r, const struct filter *filter, int64_t count);

/* Chips: all, and one per state that adds or removes it. They count the meters of the filter's
 * place and search, whatever states are chosen. */
typedef const char *filter_linker(struct req *r, const struct filter *filter, const void *context);
void chips_show(struct req *r, const struct meter_snapshot *snapshot, const struct filter *filter,
    filter_linker *link, const void *context);

/* meter_config.c: N.Label and N.Value below lines, a line for each part of a value. */
struct config;
void config_value_show(struct req *r, struct node *lines, const struct config *config);

/* Values with their units' usual decimals: kW 3, A 3, V 1. */
const char *power_text(struct req *r, int64_t power_w);
const char *decimal_text(struct req *r, int64_t value, int decimals);
const char *percent_text(struct req *r, int permille);

/* What list and page say of a meter: Id Room Name Status Before Switch Lasts IsNegative Seen, and
 * Credit Today Power as numbers. */
void meter_show(struct req *r, struct node *node, const struct meter *meter);
/* A tile has Money, Note and Use as ready texts instead: a board has hundreds. */
struct tile_words {
	const char *kwh, *kw, *monitor;
};
void tile_show(
    struct req *r, struct node *node, const struct meter *meter, const struct tile_words *words);
/* "3层 301", or the floor or building alone. */
const char *meter_place(struct req *r, const struct meter *meter);
/* "3层 301 · 京东西北", or the meter's own name or number. */
const char *meter_title(struct req *r, const struct meter *meter);

/* N.Level and N.Text for ui_heat, and Success in per cent. */
void heat_show(struct req *r, struct node *node, const struct poll_sum *hours, int64_t first_at);

/* A trouble code with its values ("timeout", "definition_unit 17 3") in words. */
const char *trouble_text(struct req *r, const char *trouble);

/* Doubts about a reading in words, "" when there are none. */
const char *quality_text(struct req *r, uint16_t quality);

#endif
