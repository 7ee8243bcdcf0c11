/*
 * text.h - strings that people type and read. All text is UTF-8, NFC.
 */
#ifndef VOLTILL_TEXT_H
#define VOLTILL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

/* True when the bytes are well-formed UTF-8 without NUL. */
bool text_is_utf8(const char *bytes, size_t length);
size_t text_length(const char *text); /* characters, not bytes */

/* A name as stored: NFC, outer white space removed, inner runs folded to one space. RC_INVALID when
 * it is not UTF-8, holds control, zero-width or direction characters, or has more than max_chars
 * characters; an empty result is RC_OK with "". out has size bytes (4 × max_chars + 1 suffices). */
enum rc text_clean_name(const char *typed, size_t max_chars, char *out, size_t size);

/* For searching: NFKC (full-width digits become ASCII), lower case, outer white space removed.
 * Cut at size. Bytes that are not UTF-8 give "". */
void text_fold(const char *typed, char *out, size_t size);

/* Copies and cuts at a character boundary; always terminated. Returns false when it was cut. */
bool text_copy(char *out, size_t size, const char *text);

/* Whole decimal number without sign, spaces or leading zeros ("0" is allowed), 0…max. */
enum rc text_parse_uint(const char *text, int64_t max, int64_t *value);

/* A pattern for SQL LIKE that finds text anywhere: % _ and \ are escaped. */
void text_like(const char *text, char *out, size_t size);

/* Hex, lower case. out has 2 × length + 1 bytes. */
void text_hex(const void *bytes, size_t length, char *out);
/* 0 … 15, -1 for what is no hex digit. */
int text_hex_value(char digit);
/* RC_INVALID unless text is exactly 2 × length hex digits. */
enum rc text_unhex(const char *text, void *bytes, size_t length);

#endif
