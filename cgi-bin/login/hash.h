/*
 * hash.h - at most two password hashes at once.
 *
 * One hash takes 19 MiB and all of a processor for some 40 ms. With more workers than two, a burst
 * of sign-ins must neither fill the memory nor starve the pages of those who are in.
 */
#ifndef VOLTILL_LOGIN_HASH_H
#define VOLTILL_LOGIN_HASH_H

#include "route.h"

/* As secret_verify and secret_hash; wait for a free place first. */
enum rc hash_verify(const struct req *r, const char *hash, const char *password);
enum rc hash_make(const struct req *r, const char *password, char *hash);

#endif
