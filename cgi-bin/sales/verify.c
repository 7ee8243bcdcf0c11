/* /sales/verify: is a receipt that somebody shows one of ours? The QR on it leads here. */
#include <string.h>

#include "base/mask.h"
#include "document.h"

#define CODE_MAX       40
#define NAME_MAX_BYTES 300

/* The code may have been typed from the paper, with spaces. */
static void
read_code(const struct req *r, char code[CODE_MAX + 1])
{
	const char *typed = param_get(&r->query, "code");
	size_t length = 0;

	for (; *typed != '\0' && length < CODE_MAX; typed++)
		if (*typed != ' ')
			code[length++] = *typed;
	code[length] = '\0';
}

static enum rc
show_genuine(struct req *r, int64_t sale_id)
{
	struct sale_view sale;
	char name[NAME_MAX_BYTES];
	enum rc rc = sale_find(r->db, r->arena, r->scope, sale_id, &sale);

	if (rc != RC_OK)
		return rc;
	document_show(r, &sale);
	mask_name(sale.tenant, name, sizeof(name));
	view_set(r->view, "Doc.Tenant", name);
	view_bool(r->view, "IsGenuine", true);
	view_bool(r->view, "IsReversed", sale.reversed_by_sale_id != 0);
	return RC_OK;
}

enum rc
verify(struct req *r)
{
	char code[CODE_MAX + 1];
	int64_t sale_id;

	read_code(r, code);
	view_set(r->view, "Code", code);
	if (*code != '\0') {
		enum rc rc = sale_find_receipt(r->db, r->scope, code, &sale_id);
		if (rc == RC_OK)
			rc = show_genuine(r, sale_id);
		if (rc != RC_OK && rc != RC_NOT_FOUND)
			return rc;
		view_bool(r->view, "IsAsked", true);
	}
	return page(r, "sales/verify.cs");
}
