/*
 * place.h - what the pages of a place share.
 */
#ifndef VOLTILL_SETTINGS_PLACE_H
#define VOLTILL_SETTINGS_PLACE_H

#include "model/place_all.h"
#include "settings.h"

/* The tree the reader may see and the place of the path. RC_NOT_FOUND outside the scope. */
enum rc place_find(struct req *r, struct place_list *all, const struct place_item **item);

/* The way back through the places around it, itself included. */
void place_crumbs(struct req *r, const struct place_list *all, int64_t place_id);

#endif
