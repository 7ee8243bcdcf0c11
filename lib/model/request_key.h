/*
 * request_key.h - keys that follow from the key of a form: one press makes several things, each of
 * which must be made once.
 */
#ifndef VOLTILL_REQUEST_KEY_H
#define VOLTILL_REQUEST_KEY_H

#define REQUEST_KEY_SIZE 16

/* The same key and purpose ("sale") give the same; other ones do not. */
void request_key_derive(const unsigned char key[REQUEST_KEY_SIZE], const char *purpose,
    unsigned char derived[REQUEST_KEY_SIZE]);

#endif
