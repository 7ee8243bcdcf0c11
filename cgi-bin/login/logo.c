/* The logo, also for the page where people sign in. */
#include "answer.h"
#include "model/site_image.h"
#include "pages.h"

enum rc
logo(struct req *r)
{
	struct site_logo logo;
	enum rc rc = site_logo_read(r->db, r->arena, &logo);

	if (rc == RC_OK)
		answer_image(r, logo.type, logo.bytes, logo.length);
	return rc;
}
