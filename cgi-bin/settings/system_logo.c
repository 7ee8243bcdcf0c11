/* The logo: shown, exchanged, taken away. */
#include "system.h"

#include <stdio.h>

#include "base/log.h"
#include "form.h"
#include "model/setting.h"
#include "model/site_image.h"
#include "settings.h"

/* The frame may show the logo of a moment ago; this page shows what is stored. */
static enum rc
show(struct req *r)
{
	char version[SITE_IMAGE_DIGEST + 1];
	enum rc rc = setting_text(r->db, "site.logo", "", version, sizeof(version));

	if (rc != RC_OK)
		return rc;
	if (*version != '\0')
		view_set(r->view, "Logo.Href", arena_printf(r->arena, "/login/logo?v=%s", version));
	system_tabs(r, "Logo");
	view_set(r->view, "Page.Title", view_word(r->view, "Settings.System.Topic.Logo"));
	rc = show_changed(r, "setting", SETTING_LOGO);
	return rc == RC_OK ? page(r, "settings/system_logo.cs") : rc;
}

enum rc
system_logo(struct req *r)
{
	return show(r);
}

/* The file as it lies in the spool folder. RC_CONFLICT: larger than a logo may be. */
static enum rc
read_file(struct req *r, unsigned char **bytes, size_t *length)
{
	if (r->upload->bytes > SITE_IMAGE_BYTES_MAX)
		return RC_CONFLICT;
	FILE *file = fopen(r->upload_path, "re");
	if (file == NULL) {
		log_error("upload", "%s cannot be read: %m", r->upload_path);
		return RC_UNAVAILABLE;
	}
	*bytes = arena_alloc(r->arena, SITE_IMAGE_BYTES_MAX);
	*length = fread(*bytes, 1, SITE_IMAGE_BYTES_MAX, file);
	(void)fclose(file);
	return RC_OK;
}

static enum rc
refuse(struct req *r, const char *key)
{
	form_error(r, "file", key);
	return show(r);
}

enum rc
system_logo_save(struct req *r)
{
	const struct setting_actor by = { r->user.operator_id, r->user.username, r->address,
		r->now };
	struct site_image image;
	unsigned char *bytes;
	size_t length;

	if (r->upload == NULL || r->upload->bytes == 0)
		return refuse(r, "Required");
	enum rc rc = read_file(r, &bytes, &length);
	if (rc == RC_CONFLICT)
		return refuse(r, "LogoSize");
	if (rc == RC_OK && site_image_check(bytes, length, &image) != RC_OK)
		return refuse(r, "LogoType");
	if (rc == RC_OK)
		rc = site_logo_save(r->db, &image, bytes, length, &by);
	if (rc != RC_OK)
		return rc;
	flash(r, "Saved");
	return redirect(r, "/settings/system/logo");
}

enum rc
system_logo_remove(struct req *r)
{
	const struct setting_actor by = { r->user.operator_id, r->user.username, r->address,
		r->now };
	enum rc rc = site_logo_remove(r->db, &by);

	if (rc != RC_OK)
		return rc;
	flash(r, "Deleted");
	return redirect(r, "/settings/system/logo");
}
