/*
 * request.h - one request from its bytes to its answer. app.c fills the one and sends the other.
 */
#ifndef VOLTILL_REQUEST_H
#define VOLTILL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "route.h"

#define REQUEST_PATH_MAX   2048
#define REQUEST_HEADER_MAX 4096 /* Cookie, Accept-Language …: longer ones count as absent */

/* What lives as long as the worker. */
struct site {
	const char *program;
	const struct conf *conf;
	const struct route *routes;
	size_t count;
	struct db *db;	   /* NULL while the database was never reached */
	char name[200];	   /* setting site.name */
	char language[16]; /* setting site.language */
	char currency[8];  /* setting site.currency; "" before it was read */
	char logo[20];	   /* setting site.logo: version of the logo, "" without one */
	int64_t read_at;   /* when the settings were read, monotonic; 0: never */
	bool is_spoiled;   /* something leaked: the worker ends after this request */
};

/* What came in. Strings are never NULL. */
struct request {
	const char *method, *path, *query, *type, *scheme, *address, *failure;
	const char *body;
	size_t body_length;
	bool is_too_long; /* the body is above PARAM_BODY_MAX; it was not kept */
	/* The next bytes of a body that was not read yet (multipart), 0 at its end; else NULL. */
	size_t (*read_body)(void *context, char *bytes, size_t size);
	/* Value of a FastCGI parameter such as "HTTP_COOKIE", "" when absent. */
	const char *(*header)(void *context, const char *name);
	void *context;
};

/* Value of a parameter such as "HTTP_ORIGIN", "" when absent or too long to be honest. */
const char *request_header(const struct req *r, const char *name);

/* Answers; never fails. */
void request_serve(
    struct site *site, struct arena *arena, const struct request *in, struct answer *answer);

#endif
