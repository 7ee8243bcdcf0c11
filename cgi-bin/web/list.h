/*
 * list.h - every list behaves the same: the URL is its state.
 *
 * ?q= search, ?sort=name or -name, ?p= page, ?n= rows per page (≤ 200), ?format=xlsx|csv, and the
 * page's own filters. Defaults are left out of links. One query serves page, Excel and CSV.
 */
#ifndef VOLTILL_LIST_H
#define VOLTILL_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/db.h"
#include "route.h"

enum list_format { LIST_PAGE, LIST_XLSX, LIST_CSV };

struct list {
	char search[200]; /* folded by text_fold */
	const char *sort; /* one of the names the page allows */
	bool is_descending;
	int64_t page, per_page; /* page from 1 */
	enum list_format format;
	const char *const *sorts; /* as list_read got them: what links leave out */
	int64_t usual_per_page;
};

/* Reads the common parameters; unknown sort names and out-of-range numbers fall back to defaults.
 * sorts is NULL-terminated; the first is the default, "-" in front for descending. */
void list_read(struct req *r, const char *const *sorts, int64_t per_page, struct list *list);

/* A page past the end becomes the last one; for handlers that count before they select. */
void list_clamp(struct list *list, int64_t total);

/* LIMIT and OFFSET of the page; for an export everything up to EXPORT_ROWS_MAX. */
int64_t list_limit(const struct list *list);
int64_t list_offset(const struct list *list);

/* List.Total, .From, .To, .Page, .Pages, page links, sort links (List.Sort.<name>.Href, .Aria),
 * export links and the search text for the ui macros. filters: the page's own parameters to keep.
 */
void list_view(struct req *r, const struct list *list, int64_t total, const char *const *filters);

#endif
