/*
 * settings.h - what the pages of this program share.
 */
#ifndef VOLTILL_SETTINGS_H
#define VOLTILL_SETTINGS_H

#include "route.h"

enum rc settings_start(struct req *r); /* start.c */

#endif
