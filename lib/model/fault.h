/*
 * fault.h - what is wrong with a row that a person typed or a file holds.
 *
 * Validation adds faults, the form shows them at the fields and the import beside the line: both
 * look the words up under T.Error.<key> with the values for {0} {1} ….
 */
#ifndef VOLTILL_FAULT_H
#define VOLTILL_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#define FAULTS_MAX	 16
#define FAULT_VALUES_MAX 4
#define FAULT_VALUE_MAX	 320 /* bytes of all values together */

struct fault {
	char field[32]; /* name of the field of the form, of the column; "": the whole row */
	char key[40];	/* word under T.Error */
	char value[FAULT_VALUE_MAX]; /* values, with tabs between: no name can hold one */
};

/* Begins zeroed. */
struct faults {
	struct fault list[FAULTS_MAX];
	size_t count;
	bool is_cut; /* there were more than FAULTS_MAX */
};

/* Adds one. values is a printf format whose values stand with tabs between, such as "%d\t%s"; ""
 * for none. A field that has a fault already keeps its first. */
void fault_add(struct faults *faults, const char *field, const char *key, const char *values, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for one text, which may hold anything. */
void fault_add_text(struct faults *faults, const char *field, const char *key, const char *value);

/* NULL: the field is right. */
const struct fault *fault_find(const struct faults *faults, const char *field);

/* Parts the values; room has FAULT_VALUE_MAX bytes and holds them. The number of values. */
size_t fault_values(const struct fault *fault, char *room, const char *values[FAULT_VALUES_MAX]);

#endif
