/*
 * control.h - the control socket: one command a line, answers end with "ok" or "error …".
 */
#ifndef METERSIM_CONTROL_H
#define METERSIM_CONTROL_H

void control_open(const char *path, const char *state_path);
void control_close(void);

#endif
