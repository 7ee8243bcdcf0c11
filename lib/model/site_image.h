/*
 * site_image.h - the logo of the installation: on every page, and on receipts.
 *
 * A file is taken for what its bytes say, never for what its name says. It lies in the database, so
 * that every machine has it; the setting site.logo holds its digest, which is also its version.
 */
#ifndef VOLTILL_SITE_IMAGE_H
#define VOLTILL_SITE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/db.h"
#include "base/rc.h"
#include "model/setting_edit.h"

#define SITE_IMAGE_BYTES_MAX (256 * 1024)
#define SITE_IMAGE_SIDE_MAX  2000 /* pixels */
#define SITE_IMAGE_DIGEST    16	  /* hex digits */

struct site_image {
	const char *type; /* "image/png", "image/jpeg", "image/webp" */
	int width, height;
};

/* Pure: what the bytes are. RC_INVALID: none of the three, damaged at its head, or too many
 * pixels. */
enum rc site_image_check(const unsigned char *bytes, size_t length, struct site_image *image);

struct site_logo {
	const char *type, *bytes;
	size_t length;
	char digest[SITE_IMAGE_DIGEST + 1];
};
/* RC_NOT_FOUND: there is none. */
enum rc site_logo_read(struct db *db, struct arena *arena, struct site_logo *logo);

/* Stores a checked file, with its audit row. */
enum rc site_logo_save(struct db *db, const struct site_image *image, const unsigned char *bytes,
    size_t length, const struct setting_actor *by);
/* Takes the logo away. RC_OK also when there is none. */
enum rc site_logo_remove(struct db *db, const struct setting_actor *by);

#endif
