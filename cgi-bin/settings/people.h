/*
 * people.h - what the pages of operators and roles share.
 */
#ifndef VOLTILL_SETTINGS_PEOPLE_H
#define VOLTILL_SETTINGS_PEOPLE_H

#include "model/operator_people.h"
#include "model/role.h"
#include "settings.h"

/* The word of a role: its own name, or that of the dictionary. */
const char *role_word(struct req *r, const char *code, const char *name);

/* Who asks, without anything chosen. */
struct person_filter person_asker(struct req *r);

/* Form.role.Choice.N; 0: with "all" on top, for a filter. */
enum rc role_choices(struct req *r, int64_t chosen, bool has_all);

/* The person of the path; RC_NOT_FOUND when there is none to be seen. */
enum rc person_of_path(struct req *r, struct person *person);

#endif
