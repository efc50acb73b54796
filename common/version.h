/*
 * version: which release this is. The newest heading of CHANGELOG.md has the same number: `make
 * docs-check` compares them.
 */
#ifndef VERSION_H
#define VERSION_H

#define VERSION "1.0"

#endif
