/*
 * gateway.h - what the pages of gateways and buses share.
 */
#ifndef VOLTILL_SETTINGS_GATEWAY_H
#define VOLTILL_SETTINGS_GATEWAY_H

#include "model/bus_edit.h"
#include "model/gateway.h"
#include "model/gateway_edit.h"
#include "model/place_all.h"
#include "settings.h"

/* A gateway is where its place is; one without a place is seen by who is not limited. */
bool gateway_is_in_scope(
    const struct req *r, const struct place_list *places, const struct gateway_row *row);

/* RC_NOT_FOUND when there is none, or not for this reader. */
enum rc gateway_find(
    struct req *r, int64_t gateway_id, struct place_list *places, struct gateway_row *row);
/* The same for a bus and its gateway. */
enum rc bus_find(struct req *r, int64_t bus_id, struct place_list *places,
    struct gateway_row *gateway, struct bus_row *bus);

/* The same for a row of gateway_buses, which also holds gateways without a place that carry a meter
 * of the reader's buildings: those are seen, and edited by who is not limited. */
bool bus_view_is_in_scope(const struct req *r, const struct bus_view *bus);

void gateway_crumb(struct req *r, const struct gateway_row *gateway);

/* Id Name Transport Address Status Meters Lost Round Trouble … of a bus in a list. */
void bus_show_row(struct req *r, struct node *node, const struct bus_view *bus);

#endif
