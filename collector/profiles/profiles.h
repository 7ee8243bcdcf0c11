/*
 * profiles.h - the list of meter models: one file each in this folder.
 */
#ifndef VOLTILL_PROFILES_H
#define VOLTILL_PROFILES_H

#include "profile.h"

extern const struct profile profile_adf300, profile_ddsy1352, profile_dtsy1352, profile_dtsy1946;

#define PROFILES &profile_adf300, &profile_ddsy1352, &profile_dtsy1352, &profile_dtsy1946

#endif
