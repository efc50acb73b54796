/*
 * harness: all that a step test needs.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include "cgroups.h"
#include "check.h"
#include "children.h"
#include "files.h"
#include "fixture.h"
#include "program.h"

#endif
