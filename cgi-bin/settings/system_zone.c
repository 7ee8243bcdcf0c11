#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define ZONE_TABLE "/usr/share/zoneinfo/zone1970.tab"
#define ZONES_MAX  600 /* the table has about 310 */

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The third column of the table, by name. */
static size_t
read_zones(struct req *r, const char **names)
{
	char line[256], name[64];
	size_t count = 0;
	FILE *file = fopen(ZONE_TABLE, "re");

	if (file == NULL) {
		log_warn("time zone", "%s cannot be read: %m", ZONE_TABLE);
		return 0;
	}
	while (count < ZONES_MAX && fgets(line, sizeof(line), file) != NULL)
		if (line[0] != '#' && sscanf(line, "%*s %*s %63s", name) == 1)
			names[count++] = arena_strdup(r->arena, name);
	(void)fclose(file);
	qsort(names, count, sizeof(*names), compare);
	return count;
}

static void
add(struct req *r, struct node *list, const char *name, bool is_selected)
{
	struct node *node = node_add(r->view, list);

	node_set(r->view, node, "Value", name);
	node_set(r->view, node, "Text", name);
	node_bool(r->view, node, "Selected", is_selected);
}

void
system_zones(struct req *r, struct node *list, const char *selected)
{
	const char *names[ZONES_MAX];
	size_t count = read_zones(r, names);
	bool is_known = false;

	for (size_t i = 0; i < count; i++)
		is_known |= strcmp(names[i], selected) == 0;
	if (!is_known)
		add(r, list, selected, true);
	for (size_t i = 0; i < count; i++)
		add(r, list, names[i], strcmp(names[i], selected) == 0);
}
