#include "snapshot.h"

#include "check.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct snapshot_entry {
    char *path;
    struct stat status;
    bool seen;
};

enum { MOST = 4096, DESCRIPTORS = 16 };

/* For the functions that nftw(3) calls: it cannot hand them an argument. */
static struct snapshot *current;
static const char *left_out;
static bool same;

static bool is_left_out(const char *path)
{
    return strncmp(path, left_out, strlen(left_out)) == 0;
}

static int note(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    if (is_left_out(path))
        return 0;
    assert_true(current->count < MOST);
    current->entries[current->count++] = (struct snapshot_entry){strdup(path), *status, false};
    return 0;
}

static int by_path(const void *a, const void *b)
{
    const struct snapshot_entry *one = a, *other = b;
    return strcmp(one->path, other->path);
}

void snapshot_take(struct snapshot *s, const char *folder, const char *except)
{
    *s = (struct snapshot){.entries = calloc(MOST, sizeof(*s->entries))};
    assert_non_null(s->entries);
    current = s;
    left_out = except;
    nftw(folder, note, DESCRIPTORS, FTW_PHYS);
    qsort(s->entries, (size_t)s->count, sizeof(*s->entries), by_path);
}

/* The times of a folder change when something in it is added and removed again. */
static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_mode == b->st_mode && a->st_uid == b->st_uid &&
           a->st_gid == b->st_gid &&
           (S_ISDIR(a->st_mode) ||
            (a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec));
}

static int compare(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    struct snapshot_entry wanted = {.path = (char *)path}, *entry;

    if (is_left_out(path))
        return 0;
    entry = bsearch(&wanted, current->entries, (size_t)current->count, sizeof(wanted), by_path);
    if (!entry) {
        same &= remove(path) == 0;
        return 0;
    }
    entry->seen = true;
    same &= is_same(&entry->status, status);
    return 0;
}

bool snapshot_restore(struct snapshot *s, const char *folder, const char *except)
{
    current = s;
    left_out = except;
    same = true;
    for (int i = 0; i < s->count; i++)
        s->entries[i].seen = false;
    nftw(folder, compare, DESCRIPTORS, FTW_PHYS | FTW_DEPTH); /* a folder comes after its files */
    for (int i = 0; i < s->count; i++)
        same &= s->entries[i].seen;
    return same;
}

void snapshot_free(struct snapshot *s)
{
    for (int i = 0; i < s->count; i++)
        free(s->entries[i].path);
    free(s->entries);
    *s = (struct snapshot){0};
}
