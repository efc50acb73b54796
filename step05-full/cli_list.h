/*
 * cli_list: the texts of an option that may be given several times.
 */
#ifndef CLI_LIST_H
#define CLI_LIST_H

enum { CLI_LIST_SIZE = 1024 };

struct cli_list {
    const char *items[CLI_LIST_SIZE];
    int count;
};

/*
 * Adds `text` to `value`, a struct cli_list. Returns 0, or -1 after a report: E2BIG when the list
 * is full, EINVAL when the text is empty.
 */
int cli_list_append(const char *text, void *value);

#endif
