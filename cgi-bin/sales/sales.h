/*
 * sales.h - what the pages of this program share.
 */
#ifndef VOLTILL_SALES_H
#define VOLTILL_SALES_H

#include "route.h"

enum rc counter(struct req *r);

#endif
