/* Words of orders, and the way every order goes out. */
#include <stdlib.h>
#include <string.h>

#include "base/doorbell.h"
#include "base/secret.h"
#include "base/text.h"
#include "order.h"

#define VALUES_MAX 4

/* A value of a result: the name of a part of the configuration, or what it is. */
static const char *
value_word(struct req *r, const char *value)
{
	const char *word = view_word(r->view, arena_printf(r->arena, "Order.Frame.%s", value));

	if (*word == '\0')
		word = view_word(r->view, arena_printf(r->arena, "Guard.%s", value));
	return *word != '\0' ? word : value;
}

const char *
order_result(struct req *r, const char *result)
{
	const char *values[VALUES_MAX];
	size_t count = 0;
	char *rest, *copy = arena_strdup(r->arena, result);
	const char *code = strtok_r(copy, " ", &rest);

	if (code == NULL)
		return "";
	for (char *value; count < VALUES_MAX && (value = strtok_r(NULL, " ", &rest)) != NULL;)
		values[count++] = value_word(r, value);
	const char *key = arena_printf(r->arena, "Order.Result.%s", code);
	return *view_word(r->view, key) != '\0' ? view_phrase(r->view, key, values, count) : result;
}

void
order_key_show(struct req *r)
{
	request_key_show(r, "Order.Key");
}

enum rc
order_key_read(struct req *r, unsigned char key[COMMAND_KEY])
{
	return request_key_read(r, key);
}

struct command_batch
order_batch(const struct req *r, const unsigned char key[COMMAND_KEY], const char *reason)
{
	struct command_batch batch = { .operator_id = r->user.operator_id,
		.actor = r->user.username,
		.address = r->address,
		.reason = reason,
		.at = r->now };

	memcpy(batch.request_key, key, COMMAND_KEY);
	return batch;
}

enum rc
order_send(struct req *r, const struct command_batch *batch, const struct command_order *orders,
    size_t count, const char *flash_key)
{
	int64_t batch_id;
	bool is_old;
	enum rc rc = command_send(r->db, batch, orders, count, &batch_id, &is_old);

	if (rc != RC_OK)
		return rc;
	doorbell_ring(r->conf);
	flash(r, flash_key);
	return redirect(r, "/settings/orders/%lld", (long long)batch_id);
}
