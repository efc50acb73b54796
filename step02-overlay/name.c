#include "name.h"

#include "report.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static const char letters_and_digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

int name_choose(char *name)
{
    enum { LENGTH = 12, LETTERS = 26 };
    unsigned char bytes[LENGTH];

    if (*name)
        return 0;
    if (getrandom(bytes, sizeof(bytes), 0) != LENGTH)
        return report_errno("getrandom");
    name[0] = letters_and_digits[bytes[0] % LETTERS];
    for (int i = 1; i < LENGTH; i++)
        name[i] = letters_and_digits[bytes[i] % (sizeof(letters_and_digits) - 1)];
    name[LENGTH] = '\0';
    return 0;
}

int name_parse(const char *text, void *value)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "_.-";
    size_t length = strlen(text);

    if (length > 0 && length < NAME_SIZE && strspn(text, allowed) == length &&
        !strchr("_.-", text[0])) {
        memcpy(value, text, length + 1);
        return 0;
    }
    errno = EINVAL;
    return report_error(
        "the name '%.80s' is not valid: use up to %d letters, digits, '_', '.' and '-', "
        "and begin with a letter or a digit",
        text, NAME_SIZE - 1);
}
