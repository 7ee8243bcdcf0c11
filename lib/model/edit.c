#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/audit.h"
#include "model/edit.h"

enum rc
edit_audit(struct db *db, const struct operator_actor *by, const char *action, const char *kind,
    int64_t object_id, const struct changes *changes, const char *reason)
{
	char detail[CHANGE_DETAIL_MAX];
	struct audit audit = { .at = by->now,
		.operator_id = by->operator_id,
		.actor = by->actor,
		.address = by->address,
		.action = action,
		.outcome = AUDIT_DONE,
		.object_kind = kind,
		.object_id = object_id,
		.detail = detail,
		.reason = reason };

	changes_detail(changes, detail, sizeof(detail));
	return audit_write(db, &audit);
}

void
edit_check_text(
    struct faults *faults, const char *field, const char *text, size_t max_chars, bool is_required)
{
	char clean[1024];

	if (text_length(text) > max_chars)
		fault_add(faults, field, "TooLong", "%zu", max_chars);
	else if (text_clean_name(text, max_chars, clean, sizeof(clean)) != RC_OK ||
		 strcmp(clean, text) != 0)
		fault_add(faults, field, "BadText", "%s", "");
	else if (is_required && text[0] == '\0')
		fault_add(faults, field, "Required", "%s", "");
}

void
edit_check_range(struct faults *faults, const char *field, int64_t value, int64_t min, int64_t max)
{
	if (value < min || value > max)
		fault_add(faults, field, "OutOfRange", "%" PRId64 "\t%" PRId64, min, max);
}
