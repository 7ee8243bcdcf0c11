#include "show.h"

#include <string.h>

#include "base/doorbell.h"
#include "base/money.h"
#include "base/secret.h"
#include "base/text.h"
#include "form.h"

struct operator_actor
editor(const struct req *r)
{
	return (struct operator_actor){ r->user.operator_id, r->user.username, r->address, r->now };
}

enum rc
edit_save(struct req *r, enum rc (*work)(struct db *, void *), void *context)
{
	enum rc rc = db_transact(r->db, work, context);

	if (rc == RC_OK)
		doorbell_ring(r->conf);
	return rc;
}

struct url
url_begin(struct req *r, const char *path)
{
	return (struct url){ .arena = r->arena, .text = arena_strdup(r->arena, path) };
}

void
url_text(struct url *url, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	url->text = arena_printf(url->arena, "%s%c%s=%s", url->text, url->has_query ? '&' : '?',
	    name, param_encode(url->arena, value));
	url->has_query = true;
}

void
url_number(struct url *url, const char *name, int64_t value)
{
	if (value != 0)
		url_text(url, name, arena_printf(url->arena, "%lld", (long long)value));
}

const char *
number_text(struct req *r, int64_t value)
{
	return arena_printf(r->arena, "%lld", (long long)value);
}

/* The sign stands before the currency: -¥23.00. */
const char *
money_text(struct req *r, int64_t amount_fen)
{
	char text[MONEY_TEXT_MAX];

	money_format(amount_fen < 0 ? -amount_fen : amount_fen, text, sizeof(text));
	return arena_printf(r->arena, "%s%s%s", amount_fen < 0 ? "-" : "", currency_sign(r), text);
}

void
crumb(struct req *r, const char *href, const char *text)
{
	struct node *node = node_add(r->view, view_node(r->view, "Crumbs"));

	node_set(r->view, node, "Href", href);
	node_set(r->view, node, "Text", text);
}

void
choice_add(struct req *r, const char *field, int64_t value, const char *text, int64_t selected)
{
	struct node *list = view_node(r->view, arena_printf(r->arena, "Form.%s.Choice", field));
	struct node *node = node_add(r->view, list);

	if (value == 0)
		node_set(r->view, node, "Value", "");
	else
		node_int(r->view, node, "Value", value);
	node_set(r->view, node, "Text", text);
	node_bool(r->view, node, "Selected", value == selected);
}

void
show_faults(struct req *r, const struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->list[i];
		const char *values[FAULT_VALUES_MAX];
		char *room = arena_alloc(r->arena, FAULT_VALUE_MAX);
		size_t count = fault_values(fault, room, values);
		/* The only value that is a word. */
		if (strcmp(fault->key, "StateNow") == 0 && count == 1)
			values[0] =
			    view_word(r->view, arena_printf(r->arena, "Sale.State.%s", values[0]));
		form_error_values(r, fault->field, fault->key, values, count);
	}
}

void
confirm_fact(struct req *r, const char *label, const char *value)
{
	struct node *node = node_add(r->view, view_node(r->view, "Confirm.Facts"));

	node_set(r->view, node, "Label", label);
	node_set(r->view, node, "Value", value);
}

void
confirm_obstacle(struct req *r, const char *text)
{
	struct node *node = node_add(r->view, view_node(r->view, "Confirm.Obstacles"));

	node_set(r->view, node, "Text", text);
}

enum rc
confirm_page(struct req *r, const struct confirm *confirm)
{
	view_set(r->view, "Page.Title", confirm->title);
	view_set(r->view, "Confirm.Text", confirm->text);
	view_set(r->view, "Confirm.Icon", confirm->icon);
	view_set(r->view, "Confirm.Button", confirm->button);
	view_set(r->view, "Confirm.Action", confirm->action);
	view_set(r->view, "Confirm.Back.Href", confirm->back);
	view_int(r->view, "Form.revision.Value", confirm->revision);
	view_bool(r->view, "Confirm.AsksReason", confirm->asks_reason);
	crumb(r, NULL, confirm->title);
	return page(r, "confirm.cs");
}

void
request_key_show(struct req *r, const char *name)
{
	unsigned char key[REQUEST_KEY];
	char text[2 * REQUEST_KEY + 1];

	secret_random(key, sizeof(key));
	text_hex(key, sizeof(key), text);
	view_set(r->view, name, text);
}

enum rc
request_key_read(struct req *r, unsigned char key[REQUEST_KEY])
{
	const char *typed;
	enum rc rc = param_one(&r->body, "key", &typed);

	return rc == RC_OK ? text_unhex(typed, key, REQUEST_KEY) : rc;
}

/* Half of a bound key is random, the other half says what it was made for. */
#define KEY_RANDOM (REQUEST_KEY / 2)

static void
bind_key(const struct req *r, const char *target, unsigned char key[REQUEST_KEY])
{
	unsigned char secret[SECRET_DIGEST], mac[SECRET_DIGEST];
	char random[2 * KEY_RANDOM + 1];

	secret_digest(r->user.csrf, strlen(r->user.csrf), secret);
	text_hex(key, KEY_RANDOM, random);
	const char *text = arena_printf(r->arena, "%s/%s", target, random);
	secret_mac(secret, text, strlen(text), mac);
	memcpy(key + KEY_RANDOM, mac, REQUEST_KEY - KEY_RANDOM);
}

void
bound_key_show(struct req *r, const char *name, const char *target)
{
	unsigned char key[REQUEST_KEY];
	char text[2 * REQUEST_KEY + 1];

	secret_random(key, KEY_RANDOM);
	bind_key(r, target, key);
	text_hex(key, sizeof(key), text);
	view_set(r->view, name, text);
}

enum rc
bound_key_read(struct req *r, const char *target, unsigned char key[REQUEST_KEY])
{
	unsigned char wanted[REQUEST_KEY];
	enum rc rc = request_key_read(r, key);

	if (rc != RC_OK)
		return rc;
	memcpy(wanted, key, sizeof(wanted));
	bind_key(r, target, wanted);
	return secret_equal(wanted, key, sizeof(wanted)) ? RC_OK : RC_DENIED;
}
