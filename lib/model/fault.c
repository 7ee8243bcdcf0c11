#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/fault.h"

static struct fault *
add(struct faults *faults, const char *field, const char *key)
{
	if (fault_find(faults, field) != NULL && *field != '\0')
		return NULL;
	if (faults->count == FAULTS_MAX) {
		faults->is_cut = true;
		return NULL;
	}
	struct fault *fault = &faults->list[faults->count++];
	(void)text_copy(fault->field, sizeof(fault->field), field);
	(void)text_copy(fault->key, sizeof(fault->key), key);
	fault->value[0] = '\0';
	return fault;
}

void
fault_add(struct faults *faults, const char *field, const char *key, const char *values, ...)
{
	char text[FAULT_VALUE_MAX * 4];
	struct fault *fault = add(faults, field, key);
	va_list list;

	if (fault == NULL)
		return;
	va_start(list, values);
	(void)vsnprintf(text, sizeof(text), values, list);
	va_end(list);
	(void)text_copy(fault->value, sizeof(fault->value), text);
}

void
fault_add_text(struct faults *faults, const char *field, const char *key, const char *value)
{
	struct fault *fault = add(faults, field, key);

	if (fault != NULL)
		(void)text_copy(fault->value, sizeof(fault->value), value);
}

const struct fault *
fault_find(const struct faults *faults, const char *field)
{
	for (size_t i = 0; i < faults->count; i++)
		if (strcmp(faults->list[i].field, field) == 0)
			return &faults->list[i];
	return NULL;
}

size_t
fault_values(const struct fault *fault, char *room, const char *values[FAULT_VALUES_MAX])
{
	size_t count = 0;

	(void)text_copy(room, FAULT_VALUE_MAX, fault->value);
	for (char *at = room; at != NULL && count < FAULT_VALUES_MAX; count++) {
		char *tab = strchr(at, '\t');
		if (tab != NULL)
			*tab++ = '\0';
		values[count] = at;
		at = tab;
	}
	return count;
}
