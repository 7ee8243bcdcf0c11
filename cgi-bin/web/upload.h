/*
 * upload.h - a form with a file (multipart/form-data), parsed as it comes in, never as a whole in
 * memory (reliability.md W-72).
 *
 * One file at most; the other parts are fields of text. A route that takes one says so
 * (is_upload); everywhere else such a body is refused.
 */
#ifndef VOLTILL_UPLOAD_H
#define VOLTILL_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/rc.h"
#include "param.h"

#define UPLOAD_BODY_MAX	  (16 * 1024 * 1024 + PARAM_BODY_MAX) /* as nginx's location says */
#define UPLOAD_FILE_MAX	  (16 * 1024 * 1024)
#define UPLOAD_PARTS_MAX  50
#define UPLOAD_HEADER_MAX 4096 /* bytes of the lines above a part */
#define UPLOAD_NAME_MAX	  100  /* characters of a file's name */

/* Where bytes come from and go to. read: 0 at the end. write: false when they cannot be kept. */
struct upload_stream {
	size_t (*read)(void *context, char *bytes, size_t size);
	bool (*write)(void *context, const char *bytes, size_t size);
	void *context;
};

struct upload {
	const char *field; /* of the form; "" without a file */
	const char *name;  /* cleaned, without folders; "" when nothing was chosen */
	size_t bytes;
};

/* RC_INVALID: it is not well-formed or passes a limit. RC_UNAVAILABLE: write said so. RC_CONFLICT:
 * the file is longer than UPLOAD_FILE_MAX. type is the value of Content-Type. */
enum rc upload_parse(struct arena *arena, const char *type, const struct upload_stream *stream,
    struct params *fields, struct upload *upload);

#endif
