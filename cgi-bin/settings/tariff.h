/*
 * tariff.h - what the pages of tariffs share.
 */
#ifndef VOLTILL_SETTINGS_TARIFF_H
#define VOLTILL_SETTINGS_TARIFF_H

#include "edit.h"
#include "model/tariff.h"
#include "model/tariff_edit.h"
#include "model/tariff_list.h"

/* A tariff or version of r->id for its page, with the steps of the way back. */
enum rc tariff_open(struct req *r, struct tariff_row *tariff);
struct tariff_page {
	struct tariff_row tariff;
	struct tariff_version_row row;
	struct tariff_version version;
	enum version_status status;
};
enum rc version_open(struct req *r, struct tariff_page *opened);
const char *version_link(struct req *r, int64_t version_id, const char *verb); /* "/edit" */
const char *version_title(struct req *r, const struct tariff_page *opened);

/* tariff_show.c: a version in words. Version.*, Seasons.N, Periods.N, Components.N, Tiers.N. */
void version_show(struct req *r, const struct tariff_page *opened);
/* Prices of the periods in use below node: N.Key, .Price. */
void totals_show(struct req *r, struct node *list, const struct tariff_version *version);
/* Bar.N.{X, Width, Period}, Slots.N.{From, To, Period} below node. */
void table_show(struct req *r, struct node *node, const struct tariff_table *table);
/* Warnings.N.Text: what meters cannot hold by themselves. */
void warnings_show(struct req *r, const struct tariff_version *version);
void limits_show(struct req *r);
const char *price_words(struct req *r, int64_t price_uyuan);
const char *day_words(struct req *r, struct day day);
const char *amount_words(struct req *r, int64_t amount_fen);

/* tariff_form.c: the editor's form, as typed and as a version. */
struct typed_tariff;
struct typed_tariff *typed_of_version(
    struct req *r, const struct tariff_version *version, const char *note);
struct typed_tariff *typed_of_body(struct req *r);
/* Faults of what cannot be read and of what is not whole. note has TARIFF_NOTE_MAX × 4 + 1 bytes.
 */
void typed_parse(const struct typed_tariff *typed, struct tariff_version *version, char *note,
    struct faults *faults);
void typed_show(struct req *r, const struct typed_tariff *typed);

#endif
