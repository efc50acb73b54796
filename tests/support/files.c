#include "files.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

const char *path_in(const char *dir, const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, PATH_MAX, "%s/%s", dir, name);
    return path;
}

bool exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        fail_msg("cannot write %s: %s", path, strerror(errno));
}

const char *read_file(const char *path)
{
    static char text[1 << 16];
    FILE *file = fopen(path, "re");

    if (!file)
        return NULL;
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

const char *new_folder(void)
{
    static char path[64];

    strcpy(path, "/tmp/container-unit.XXXXXX");
    if (!mkdtemp(path))
        fail_msg("cannot make %s: %s", path, strerror(errno));
    return path;
}

void shell(const char *format, ...)
{
    char line[4 * PATH_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (system(line) != 0)
        fail_msg("the test's own command failed: %s", line);
}

/* The hash FNV-1a, but it takes eight bytes at once. */
static unsigned long long mix(unsigned long long hash, const void *bytes, size_t length)
{
    for (size_t done = 0; done < length; done += sizeof(hash)) {
        unsigned long long word = 0;
        size_t left = length - done;

        memcpy(&word, (const char *)bytes + done, left < sizeof(word) ? left : sizeof(word));
        hash = (hash ^ word) * 0x100000001b3ULL;
    }
    return hash;
}

static unsigned long long hash_sum;

static int hash_entry(const char *path, const struct stat *s, int type, struct FTW *ftw)
{
    unsigned long long hash = mix(0xcbf29ce484222325ULL, path, strlen(path));
    static char buffer[1 << 16];
    ssize_t length;

    hash = mix(hash, &s->st_mode, sizeof(s->st_mode));
    hash = mix(hash, &s->st_uid, sizeof(s->st_uid));
    hash = mix(hash, &s->st_gid, sizeof(s->st_gid));
    hash = mix(hash, &s->st_mtim, sizeof(s->st_mtim));
    if (type == FTW_SL && (length = readlink(path, buffer, sizeof(buffer))) > 0)
        hash = mix(hash, buffer, (size_t)length);
    if (type == FTW_F && S_ISREG(s->st_mode)) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        while (fd >= 0 && (length = read(fd, buffer, sizeof(buffer))) > 0)
            hash = mix(hash, buffer, (size_t)length);
        if (fd >= 0)
            close(fd);
    }
    hash_sum += hash; /* a sum: the order does not matter */
    return 0;
}

unsigned long long hash_of(const char *folder)
{
    hash_sum = 0;
    assert_int_equal(nftw(folder, hash_entry, 16, FTW_PHYS), 0);
    return hash_sum;
}
