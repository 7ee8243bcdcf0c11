/*
 * order.h - what the pages of orders share.
 */
#ifndef VOLTILL_SETTINGS_ORDER_H
#define VOLTILL_SETTINGS_ORDER_H

#include "model/command.h"
#include "settings.h"

/* The words of a result: its code is a key under T.Order.Result, its values fill {0} …; names of
 * parts and exceptions have words of their own. "" for none. */
const char *order_result(struct req *r, const char *result);

/* A new request key as 32 hex digits under Order.Key, for a hidden field; and the one of a form
 * that came back: RC_INVALID when there is none. */
void order_key_show(struct req *r);
enum rc order_key_read(struct req *r, unsigned char key[COMMAND_KEY]);

/* Who orders what now; the key is that of the form. */
struct command_batch order_batch(
    const struct req *r, const unsigned char key[COMMAND_KEY], const char *reason);

/* Sends, rings the doorbell and leads to the page of the batch. */
enum rc order_send(struct req *r, const struct command_batch *batch,
    const struct command_order *orders, size_t count, const char *flash_key);

#endif
