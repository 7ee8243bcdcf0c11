#include "model/request_key.h"

#include <string.h>

#include "base/secret.h"

#define PURPOSE_MAX 32

void
request_key_derive(const unsigned char key[REQUEST_KEY_SIZE], const char *purpose,
    unsigned char derived[REQUEST_KEY_SIZE])
{
	unsigned char digest[SECRET_DIGEST], bytes[REQUEST_KEY_SIZE + PURPOSE_MAX] = { 0 };
	size_t length = strlen(purpose);

	memcpy(bytes, key, REQUEST_KEY_SIZE);
	memcpy(bytes + REQUEST_KEY_SIZE, purpose, length < PURPOSE_MAX ? length : PURPOSE_MAX);
	secret_digest(bytes, sizeof(bytes), digest);
	memcpy(derived, digest, REQUEST_KEY_SIZE);
}
