/* What the pages of imports share. */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "form.h"
#include "import.h"

#define WAIT_MS	 900 /* a worker of the web server waits no longer */
#define EVERY_MS 30

int64_t
import_reader(const struct req *r)
{
	return scope_is_limited(r->scope) ? r->user.operator_id : 0;
}

/* Prices need the right to set prices. */
bool
import_may(const struct req *r, enum import_kind kind)
{
	return kind != IMPORT_TARIFFS || may(r, PERM_TARIFF_EDIT);
}

enum rc
import_of_path(struct req *r, struct import_record *record)
{
	enum rc rc = import_load(r->db, r->id, import_reader(r), record);

	return rc == RC_OK && !import_may(r, record->kind) ? RC_DENIED : rc;
}

struct operator_actor
import_actor(const struct req *r)
{
	return (struct operator_actor){ .operator_id = r->user.operator_id,
		.actor = r->user.username,
		.address = r->address,
		.now = r->now };
}

/* The word of the kind's own column, of a column of any kind, of a field. */
const char *
import_title(struct req *r, enum import_kind kind, const char *field)
{
	const char *const branches[] = {
		arena_printf(
		    r->arena, "Settings.Import.Column.%s.%s", import_kind_name(kind), field),
		arena_printf(r->arena, "Settings.Import.Column.%s", field),
		arena_printf(r->arena, "Field.%s", field),
	};

	for (size_t i = 0; i < COUNT(branches); i++) {
		const char *word = view_word(r->view, branches[i]);
		if (*word != '\0')
			return word;
	}
	return field;
}

const char *
import_value(struct req *r, const char *field, const char *value)
{
	static const struct {
		const char *field, *branch;
	} branches[] = {
		{ "transport", "Transport" },
		{ "credit_mode", "CreditMode" },
		{ "phases", "Phases" },
		{ "parity", "Settings.Bus.Parity" },
		{ "hold_mode", "Settings.Import.Hold" },
		{ "is_protected", "Settings.Import.Flag" },
		{ "kind", "Settings.Place.Kind" },
	};

	for (size_t i = 0; i < COUNT(branches); i++) {
		if (strcmp(branches[i].field, field) != 0 || *value == '\0')
			continue;
		const char *word =
		    view_word(r->view, arena_printf(r->arena, "%s.%s", branches[i].branch, value));
		return *word != '\0' ? word : value;
	}
	return value;
}

const char *
import_fault_text(struct req *r, const char *key, const char *values)
{
	const char *parts[FAULT_VALUES_MAX] = { "", "", "", "" };

	import_split(r->arena, values, '\t', parts, FAULT_VALUES_MAX);
	return view_phrase(
	    r->view, arena_printf(r->arena, "Error.%s", key), parts, FAULT_VALUES_MAX);
}

void
import_file_error(struct req *r, const char *field, const struct sheet_fault *fault)
{
	const char *values[] = { arena_printf(r->arena, "%lld", (long long)fault->row),
		arena_printf(r->arena, "%lld", (long long)fault->column) };

	form_error_values(r, field, fault->key, values, COUNT(values));
}

void
import_wait(struct req *r, int64_t import_id)
{
	struct timespec pause = { 0, EVERY_MS * 1000000L };
	struct import_record record;
	int64_t end = clock_mono() + WAIT_MS;

	while (clock_mono() < end) {
		if (import_load(r->db, import_id, 0, &record) != RC_OK ||
		    (record.state != IMPORT_CHECKING && record.state != IMPORT_APPLYING &&
			record.state != IMPORT_UNDOING))
			return;
		nanosleep(&pause, NULL);
	}
}
