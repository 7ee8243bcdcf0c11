/*
 * bus_show.h - a bus in the view, the same in the list of gateways and on the page of one.
 */
#ifndef VOLTILL_BUS_SHOW_H
#define VOLTILL_BUS_SHOW_H

#include "accounts.h"

/* is_again: the gateway's name stands in the row above already. */
void bus_show(struct req *r, struct node *node, const struct bus_view *bus, bool is_again);

#endif
