/*
 * qr.h - a QR code as the path of an SVG. The owner of libqrencode.
 */
#ifndef VOLTILL_QR_H
#define VOLTILL_QR_H

#include "base/arena.h"
#include "base/rc.h"

#define QR_QUIET 4 /* modules of white around it */

/* Dark modules as unit squares in a picture of *size × *size, with QR_QUIET around them. RC_INVALID
 * when the text does not fit a code. */
enum rc qr_path(struct arena *arena, const char *text, const char **path, int *size);

#endif
