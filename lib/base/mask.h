/*
 * mask.h - personal data where it need not stand in full: lists, receipts that are verified.
 */
#ifndef VOLTILL_MASK_H
#define VOLTILL_MASK_H

#include <stddef.h>

/* First and last character of a name: "京东西北" is 京**北, "张三" is 张*, "Li Wei" is L**i. */
void mask_name(const char *name, char *text, size_t size);

/* The last four of a number and, if it is long enough, the first three: 138****0001. */
void mask_number(const char *number, char *text, size_t size);

#endif
