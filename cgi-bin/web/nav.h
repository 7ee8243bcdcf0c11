/*
 * nav.h - the navigation: what may be opened, in the order of the screen.
 */
#ifndef VOLTILL_NAV_H
#define VOLTILL_NAV_H

#include "route.h"

/* Nav.N.Key, .Href and .Current for what the reader may open. */
void nav_view(struct req *r);

#endif
