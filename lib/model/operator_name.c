#include <string.h>

#include "model/operator.h"

bool
operator_is_username(const char *typed)
{
	size_t length = strlen(typed);
	return length >= OPERATOR_USERNAME_MIN && length <= OPERATOR_USERNAME_MAX &&
	       strspn(typed, "abcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}
