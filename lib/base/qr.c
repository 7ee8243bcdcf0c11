#include "base/qr.h"

#include <stdio.h>

#include <qrencode.h>

#define SQUARE_MAX sizeof("M177 177h177v1h-177z")

/* One piece of path per run of dark modules in a row. */
static size_t
draw(const QRcode *code, char *out)
{
	size_t length = 0;

	for (int y = 0; y < code->width; y++) {
		for (int x = 0; x < code->width; x++) {
			int run = 0;
			while (x + run < code->width && code->data[y * code->width + x + run] & 1)
				run++;
			if (run == 0)
				continue;
			length += (size_t)snprintf(out + length, SQUARE_MAX, "M%d %dh%dv1h-%dz",
			    x + QR_QUIET, y + QR_QUIET, run, run);
			x += run;
		}
	}
	return length;
}

enum rc
qr_path(struct arena *arena, const char *text, const char **path, int *size)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

	if (code == NULL)
		return RC_INVALID;
	size_t runs = (size_t)code->width * ((size_t)code->width + 1) / 2;
	char *out = arena_alloc(arena, runs * SQUARE_MAX + 1);
	draw(code, out);
	*path = out;
	*size = code->width + 2 * QR_QUIET;
	QRcode_free(code);
	return RC_OK;
}
