/* What a file is, by its first bytes. */
#include "model/site_image.h"

#include <string.h>

static unsigned
big(const unsigned char *bytes, size_t count)
{
	unsigned value = 0;

	for (size_t i = 0; i < count; i++)
		value = value << 8 | bytes[i];
	return value;
}

static unsigned
little(const unsigned char *bytes, size_t count)
{
	unsigned value = 0;

	for (size_t i = count; i > 0; i--)
		value = value << 8 | bytes[i - 1];
	return value;
}

static enum rc
take(struct site_image *image, const char *type, unsigned width, unsigned height)
{
	if (width == 0 || height == 0 || width > SITE_IMAGE_SIDE_MAX ||
	    height > SITE_IMAGE_SIDE_MAX)
		return RC_INVALID;
	*image = (struct site_image){ type, (int)width, (int)height };
	return RC_OK;
}

static enum rc
check_png(const unsigned char *bytes, size_t length, struct site_image *image)
{
	static const unsigned char head[16] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0,
		0, 13, 'I', 'H', 'D', 'R' };

	if (length < 33 || memcmp(bytes, head, sizeof(head)) != 0)
		return RC_INVALID;
	return take(image, "image/png", big(bytes + 16, 4), big(bytes + 20, 4));
}

/* Segments follow each other until the one that holds the size (SOF0 … SOF15 but for DHT, JPG and
 * DAC). */
static enum rc
check_jpeg(const unsigned char *bytes, size_t length, struct site_image *image)
{
	if (length < 4 || bytes[0] != 0xff || bytes[1] != 0xd8)
		return RC_INVALID;
	for (size_t at = 2; at + 9 < length && bytes[at] == 0xff;) {
		unsigned char marker = bytes[at + 1];
		if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
		    marker != 0xcc)
			return take(
			    image, "image/jpeg", big(bytes + at + 7, 2), big(bytes + at + 5, 2));
		at += 2 + big(bytes + at + 2, 2);
	}
	return RC_INVALID;
}

static enum rc
check_webp(const unsigned char *bytes, size_t length, struct site_image *image)
{
	static const char *const type = "image/webp";

	if (length < 30 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WEBP", 4) != 0)
		return RC_INVALID;
	if (memcmp(bytes + 12, "VP8X", 4) == 0)
		return take(image, type, little(bytes + 24, 3) + 1, little(bytes + 27, 3) + 1);
	if (memcmp(bytes + 12, "VP8 ", 4) == 0)
		return take(
		    image, type, little(bytes + 26, 2) & 0x3fff, little(bytes + 28, 2) & 0x3fff);
	if (memcmp(bytes + 12, "VP8L", 4) != 0 || bytes[20] != 0x2f)
		return RC_INVALID;
	unsigned bits = little(bytes + 21, 4);
	return take(image, type, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
}

enum rc
site_image_check(const unsigned char *bytes, size_t length, struct site_image *image)
{
	if (check_png(bytes, length, image) == RC_OK || check_jpeg(bytes, length, image) == RC_OK)
		return RC_OK;
	return check_webp(bytes, length, image);
}
