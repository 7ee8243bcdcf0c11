#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "export.h"
#include "list.h"

#define PER_PAGE_MAX 200
#define PAGE_MAX     1000000
#define AROUND	     2 /* pages shown on each side of the current one */

/* A link being written: the path, and then every parameter that is not at its default. */
struct link {
	struct req *r;
	char *text;
	bool has_query;
};

static struct link
link_begin(struct req *r)
{
	return (struct link){ .r = r, .text = arena_strdup(r->arena, r->path) };
}

static void
link_add(struct link *link, const char *name, const char *value)
{
	link->text = arena_printf(link->r->arena, "%s%c%s=%s", link->text,
	    link->has_query ? '&' : '?', name, param_encode(link->r->arena, value));
	link->has_query = true;
}

static void
link_number(struct link *link, const char *name, int64_t value, int64_t usual)
{
	if (value != usual)
		link_add(link, name, arena_printf(link->r->arena, "%lld", (long long)value));
}

/* What a link says; the list as it is, changed by its caller. */
struct target {
	const char *search, *sort;
	bool is_descending;
	int64_t page, per_page;
	const char *format;
	bool with_filters;
};

/* "-at" -> "at" */
static const char *
bare(const char *sort)
{
	return *sort == '-' ? sort + 1 : sort;
}

static bool
is_usual_sort(const struct list *list, const struct target *target)
{
	return strcmp(bare(list->sorts[0]), target->sort) == 0 &&
	       (list->sorts[0][0] == '-') == target->is_descending;
}

static const char *
href(
    struct req *r, const struct list *list, const struct target *target, const char *const *filters)
{
	struct link link = link_begin(r);
	const char *value;

	for (size_t i = 0; target->with_filters && filters != NULL && filters[i] != NULL; i++)
		for (size_t n = 0; (value = param_nth(&r->query, filters[i], n)) != NULL; n++)
			if (*value != '\0')
				link_add(&link, filters[i], value);
	if (*target->search != '\0')
		link_add(&link, "q", target->search);
	if (!is_usual_sort(list, target))
		link_add(&link, "sort",
		    arena_printf(r->arena, "%s%s", target->is_descending ? "-" : "", target->sort));
	link_number(&link, "n", target->per_page, list->usual_per_page);
	link_number(&link, "p", target->page, 1);
	if (target->format != NULL)
		link_add(&link, "format", target->format);
	return link.text;
}

static struct target
current(struct req *r, const struct list *list)
{
	return (struct target){
		.search = param_get(&r->query, "q"),
		.sort = list->sort,
		.is_descending = list->is_descending,
		.page = list->page,
		.per_page = list->per_page,
		.with_filters = true,
	};
}

/* Reading. */

static void
read_sort(struct list *list, const char *typed)
{
	for (size_t i = 0; list->sorts[i] != NULL; i++)
		if (strcmp(bare(list->sorts[i]), bare(typed)) == 0) {
			list->sort = bare(list->sorts[i]);
			list->is_descending = *typed == '-';
			return;
		}
	list->sort = bare(list->sorts[0]);
	list->is_descending = list->sorts[0][0] == '-';
}

void
list_read(struct req *r, const char *const *sorts, int64_t per_page, struct list *list)
{
	const char *format = param_get(&r->query, "format");

	*list = (struct list){ .sorts = sorts, .usual_per_page = per_page };
	text_fold(param_get(&r->query, "q"), list->search, sizeof(list->search));
	read_sort(list, param_get(&r->query, "sort"));
	if (text_parse_uint(param_get(&r->query, "p"), PAGE_MAX, &list->page) != RC_OK ||
	    list->page == 0)
		list->page = 1;
	if (text_parse_uint(param_get(&r->query, "n"), PER_PAGE_MAX, &list->per_page) != RC_OK ||
	    list->per_page == 0)
		list->per_page = per_page;
	if (strcmp(format, "xlsx") == 0)
		list->format = LIST_XLSX;
	else if (strcmp(format, "csv") == 0)
		list->format = LIST_CSV;
}

static int64_t
page_count(const struct list *list, int64_t total)
{
	return total == 0 ? 1 : (total + list->per_page - 1) / list->per_page;
}

void
list_clamp(struct list *list, int64_t total)
{
	if (list->page > page_count(list, total))
		list->page = page_count(list, total);
}

int64_t
list_limit(const struct list *list)
{
	return list->format == LIST_PAGE ? list->per_page : EXPORT_ROWS_MAX;
}

int64_t
list_offset(const struct list *list)
{
	return list->format == LIST_PAGE ? (list->page - 1) * list->per_page : 0;
}

/* Showing. */

static const char *
number(struct req *r, int64_t value)
{
	return arena_printf(r->arena, "%lld", (long long)value);
}

static void
show_counts(struct req *r, const struct list *list, int64_t total)
{
	int64_t pages = page_count(list, total);
	int64_t from = total == 0 ? 0 : list_offset(list) + 1;
	int64_t to = from + list->per_page - 1;

	if (from > total)
		from = to = 0;
	else if (to > total)
		to = total;
	const char *const range[] = { number(r, from), number(r, to), number(r, total) };
	const char *const place[] = { number(r, list->page), number(r, pages) };
	view_set(r->view, "List.Total", range[2]);
	view_set(r->view, "List.From", range[0]);
	view_set(r->view, "List.To", range[1]);
	view_set(r->view, "List.Page", place[0]);
	view_set(r->view, "List.Pages", place[1]);
	view_int(r->view, "List.PerPage", list->per_page);
	view_set(r->view, "List.TotalText", view_phrase(r->view, "List.Total", &range[2], 1));
	view_set(r->view, "List.RangeText", view_phrase(r->view, "List.Range", range, 3));
	view_set(r->view, "List.PageText", view_phrase(r->view, "List.PageOf", place, 2));
}

static void
show_page_link(struct req *r, const struct list *list, const char *name, int64_t page,
    const char *const *filters)
{
	struct target target = current(r, list);

	target.page = page;
	view_set(r->view, name, href(r, list, &target, filters));
}

/* First, last, and those around the current page; "…" between them. */
static void
show_pager(struct req *r, const struct list *list, int64_t pages, const char *const *filters)
{
	struct node *pager = view_node(r->view, "List.Pager");
	int64_t shown = 0, at = list->page < pages ? list->page : pages;

	for (int64_t p = 1; p <= pages; p++) {
		if (p != 1 && p != pages && (p < at - AROUND || p > at + AROUND)) {
			p = p < at ? at - AROUND - 1 : pages - 1;
			continue;
		}
		if (p > shown + 1)
			node_bool(r->view, node_add(r->view, pager), "IsGap", true);
		struct target target = current(r, list);
		target.page = shown = p;
		struct node *node = node_add(r->view, pager);
		node_int(r->view, node, "Page", p);
		node_set(r->view, node, "Href", href(r, list, &target, filters));
		node_bool(r->view, node, "Current", p == list->page);
	}
	if (list->page > 1)
		show_page_link(r, list, "List.Previous.Href",
		    list->page > pages ? pages : list->page - 1, filters);
	if (list->page < pages)
		show_page_link(r, list, "List.Next.Href", list->page + 1, filters);
}

static void
show_sorts(struct req *r, const struct list *list, const char *const *filters)
{
	for (size_t i = 0; list->sorts[i] != NULL; i++) {
		struct target target = current(r, list);
		bool is_current = strcmp(bare(list->sorts[i]), list->sort) == 0;
		target.sort = bare(list->sorts[i]);
		target.is_descending = is_current ? !list->is_descending : list->sorts[i][0] == '-';
		target.page = 1;
		struct node *node =
		    view_node(r->view, arena_printf(r->arena, "List.Sort.%s", target.sort));
		node_set(r->view, node, "Href", href(r, list, &target, filters));
		node_set(r->view, node, "Aria",
		    !is_current		  ? "none"
		    : list->is_descending ? "descending"
					  : "ascending");
	}
}

static void
show_exports(struct req *r, const struct list *list, const char *const *filters)
{
	struct target target = current(r, list);

	if (!may(r, PERM_EXPORT))
		return;
	target.page = 1;
	target.per_page = list->usual_per_page;
	target.format = "xlsx";
	view_set(r->view, "List.Export.Xlsx.Href", href(r, list, &target, filters));
	target.format = "csv";
	view_set(r->view, "List.Export.Csv.Href", href(r, list, &target, filters));
}

static void
keep(struct req *r, const char *name, const char *value)
{
	struct node *node = node_add(r->view, view_node(r->view, "List.Keep"));

	node_set(r->view, node, "Name", name);
	node_set(r->view, node, "Value", value);
}

/* Hidden fields of the search form: the filters, the order and the page size, not the page. */
static bool
show_filters(struct req *r, const struct list *list, const char *const *filters)
{
	struct target target = current(r, list);
	bool is_filtered = *list->search != '\0';
	const char *value;

	for (size_t i = 0; filters != NULL && filters[i] != NULL; i++) {
		for (size_t n = 0; (value = param_nth(&r->query, filters[i], n)) != NULL; n++)
			if (*value != '\0') {
				keep(r, filters[i], value);
				is_filtered = true;
			}
		view_set(r->view, arena_printf(r->arena, "List.Filter.%s.Value", filters[i]),
		    param_get(&r->query, filters[i]));
	}
	if (!is_usual_sort(list, &target))
		keep(r, "sort",
		    arena_printf(r->arena, "%s%s", list->is_descending ? "-" : "", list->sort));
	if (list->per_page != list->usual_per_page)
		keep(r, "n", number(r, list->per_page));
	return is_filtered;
}

void
list_view(struct req *r, const struct list *list, int64_t total, const char *const *filters)
{
	struct target reset = current(r, list);

	show_counts(r, list, total);
	show_pager(r, list, page_count(list, total), filters);
	show_sorts(r, list, filters);
	show_exports(r, list, filters);
	view_set(r->view, "List.Search", param_get(&r->query, "q"));
	view_bool(r->view, "List.IsFiltered", show_filters(r, list, filters));
	reset.search = "";
	reset.with_filters = false;
	reset.page = 1;
	view_set(r->view, "List.Reset.Href", href(r, list, &reset, filters));
}
