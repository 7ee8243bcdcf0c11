/*
 * doorbell.h - a datagram socket that others on this machine ring when they changed something.
 */
#ifndef VOLTILL_DOORBELL_H
#define VOLTILL_DOORBELL_H

/* Makes the socket at path. -1 when path is empty or it cannot be made (logged): then nobody rings.
 */
int doorbell_open(const char *path);

/* Empties it: one ring or many are the same. */
void doorbell_answer(int fd);

void doorbell_close(int fd, const char *path); /* and removes the socket */

#endif
