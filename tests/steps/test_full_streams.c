/*
 * What the caller gives as stdin, stdout and stderr. Before step05 the container can open a file
 * anew, then not. For a terminal see test_full_terminal.c.
 */
#include "full.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Makes a folder with a file. Both belong to the user who runs the programs. */
static const char *files(void)
{
    static char folder[FIXTURE_PATH + 8];

    snprintf(folder, sizeof(folder), "%s/files", fixture.dir);
    if (!exists(folder))
        assert_int_equal(run("sh", "-c",
                             "mkdir -m 700 \"$0\" && echo kept >\"$0/in\" && chmod 600 \"$0/in\"",
                             folder),
                         0);
    return folder;
}

/* Runs a line of shell, where $0 is a step, $1 the image, $2 the folder. Returns its status. */
static int run_with_files(const char *step, const char *line)
{
    const char *folder = files();

    return run("sh", "-c", line, path_in(fixture.programs, step), fixture.image, folder);
}

static void assert_makes(const char *wanted, const char *step, const char *line)
{
    run_with_files(step, line);
    run_with_files(step, "stat -c %a \"$2/in\" && cat \"$2/in\"");
    assert_string_equal(out, wanted);
}

static void input_cannot_be_opened_for_writing(void **state)
{
    static const char line[] =
        "\"$0\" \"$1\" sh -c 'echo changed >/proc/self/fd/0' <\"$2/in\" >/dev/null 2>&1";

    assert_makes("600\nkept\n", "step05", line);
    assert_makes("600\nchanged\n", step_before(), line);
}

static void the_mode_of_output_cannot_be_changed(void **state)
{
    static const char line[] =
        "\"$0\" \"$1\" chmod 666 /proc/self/fd/1 </dev/null >>\"$2/in\" 2>/dev/null";

    assert_makes("600\nkept\n", "step05", line);
    assert_makes("666\nkept\n", step_before(), line);
}

static void what_goes_through_files_is_whole(void **state)
{
    assert_int_equal(run_with_files("step05", "cd \"$2\" && head -c 300000 /dev/urandom >big && "
                                              "\"$0\" \"$1\" sh -c 'cat; echo word >&2; exit 7' "
                                              "<big >copy 2>words"),
                     7);
    assert_int_equal(run_with_files("step05", "cd \"$2\" && cmp big copy && grep -x word words"),
                     0);
}

/* Calls check() for each user inside that this caller can have: $3 is the option. */
static void for_each_user(void (*check)(const char *option))
{
    check("--user=0");
    if (fixture.as_user && (geteuid() != 0 || !exists("/usr/bin/newuidmap")))
        return; /* it has one id */
    if (fixture.as_user) {
        grant_to_user();
        check("--user=0");
    }
    check("--user=1000:1000");
    if (fixture.as_user)
        end_grant();
}

/* Runs a line as run_with_files() does, and checks what it prints. */
static void assert_container_prints(const char *wanted, const char *option, const char *line)
{
    const char *folder = files();

    run("sh", "-c", line, path_in(fixture.programs, "step05"), fixture.image, folder, option);
    if (strcmp(out, wanted) != 0)
        print_error("%s\nwith %s, and on stderr: %s\n", line, option, err);
    assert_string_equal(out, wanted);
}

#define WRITES                                                                                     \
    "\"$0\" $3 \"$1\" sh -c 'echo 1; echo 2 >/dev/stdout; echo 3 >&2; echo 4 >/dev/stderr' "
#define ITS_LINES " grep '^.$' "

/* Both together, so that their order is seen, and each alone. */
static void check_outputs(const char *option)
{
    static const char *const lines[] = {
        "{ " WRITES " 2>&1; } | " ITS_LINES,
        "{ " WRITES " 2>\"$2/e\"; } | cat >\"$2/o\";" ITS_LINES "-h \"$2/o\" \"$2/e\"",
        WRITES ">\"$2/o\" 2>&1;" ITS_LINES "\"$2/o\"",
        "echo 1 >\"$2/o\";" WRITES ">>\"$2/o\" 2>&1;" ITS_LINES "\"$2/o\" | tail -n 4",
        "rm -f \"$2/f\"; mkfifo \"$2/f\"; cat \"$2/f\" >\"$2/o\" & " WRITES
        ">\"$2/f\" 2>&1; wait;" ITS_LINES "\"$2/o\"",
        WRITES ">/dev/null 2>&1 && printf '1\\n2\\n3\\n4\\n'",
        WRITES ">&- 2>&- && printf '1\\n2\\n3\\n4\\n'",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        assert_container_prints("1\n2\n3\n4\n", option, lines[i]);
}

static void output_can_be_opened_again(void **state)
{
    for_each_user(check_outputs);
}

#define READS "\"$0\" $3 \"$1\" sh -c 'read a; read b </dev/stdin; echo $a $b' 2>/dev/null "
#define THREE "printf '1\\n2\\n3\\n' "

/* The next reader goes on where the container has stopped. */
static void check_inputs(const char *option)
{
    static const char *const lines[] = {
        THREE "| { " READS "; cat; }",
        THREE ">\"$2/i\"; { " READS "; cat; } <\"$2/i\"",
        "rm -f \"$2/f\"; mkfifo \"$2/f\"; " THREE ">\"$2/f\" & { " READS "; cat; } <\"$2/f\"; wait",
        READS "</dev/null | grep -qx '' && printf '1 2\\n3\\n'",
        READS "<&- | grep -qx '' && printf '1 2\\n3\\n'",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        assert_container_prints("1 2\n3\n", option, lines[i]);
}

static void input_can_be_opened_again_and_is_left_to_the_next(void **state)
{
    for_each_user(check_inputs);
}

static void check_loop(const char *option)
{
    assert_container_prints("got 1\ngot 2\ngot 3\n", option,
                            THREE
                            ">\"$2/i\"; while read l; do \"$0\" $3 \"$1\" echo got $l 2>/dev/null; "
                            "done <\"$2/i\"");
}

static void a_loop_over_a_file_gets_all_of_its_lines(void **state)
{
    for_each_user(check_loop);
}

static void check_others_output(const char *option)
{
    assert_container_prints(
        "kept\n", option,
        "echo kept >\"$2/o\"; \"$0\" $3 \"$1\" sh -c ': >/dev/stdout' >>\"$2/o\"; "
        "cat \"$2/o\"");
    assert_container_prints(
        "", option,
        "{ echo secret; \"$0\" $3 \"$1\" timeout 1 head -n 1 /proc/self/fd/1 "
        "2>\"$2/e\" >&1; } | { sleep 3; cat >/dev/null; }; grep secret \"$2/e\"");
}

/* It could shorten a log, and read from a pipe what others have written. */
static void what_others_wrote_is_out_of_reach(void **state)
{
    for_each_user(check_others_output);
}

static void a_reader_that_is_gone_ends_the_writer(void **state)
{
    assert_container_prints(
        "y\n141\n", "--user=0",
        "{ \"$0\" $3 \"$1\" yes 2>/dev/null; echo $? >&3; } 3>\"$2/o\" | head -n 1; "
        "cat \"$2/o\"");
}

/* Its reader takes nothing. After a signal that asks to stop, this program does not wait for it. */
static void a_reader_that_sleeps_does_not_hold_it_for_ever(void **state)
{
    struct program *outer =
        start("sh", "-c",
              "{ \"$0\" \"$1\" yes & echo $! >&2; wait $!; echo ended >&2; } 2>\"$2/said\" | "
              "until grep -q ended \"$2/said\"; do sleep 0.1; done",
              path_in(fixture.programs, "step05"), fixture.image, files());
    pid_t program = 0;

    wait_for_descendant(outer->pid, "yes");
    sscanf(read_file(path_in(files(), "said")), "%d", &program);
    usleep(500000);
    assert_in_range(program, 2, 1 << 30);
    assert_int_equal(kill(program, SIGTERM), 0);
    assert_int_equal(finish(outer), 0);
}

static const char *socket_path;

static int open_socket(struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof(address->sun_path), "%s", socket_path);
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

static void connect_all(void)
{
    struct sockaddr_un address;
    int fd = open_socket(&address);

    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        _exit(98);
    for (int i = 0; i < 3; i++)
        dup2(fd, i);
}

/* As inetd(8) starts a service. */
static void check_socket(const char *option)
{
    struct sockaddr_un address;
    char text[1024] = "";

    socket_path = in_fixture("socket");
    unlink(socket_path);
    int listener = open_socket(&address);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 1), 0);
    fixture.prepare = connect_all;
    struct program *container = start(
        "step05", option, SHELL("read a; echo got $a; echo 2 >/dev/stdout; echo 3 >/dev/stderr"));
    fixture.prepare = NULL;
    int peer = accept(listener, NULL, NULL);
    assert_int_equal(write(peer, "1\n", 2), 2);
    /* A user's program may say there first that it has no cgroup. */
    for (size_t length = 0; !strstr(text, "3\n");) {
        ssize_t more = read(peer, text + length, sizeof(text) - 1 - length);
        assert_true(more > 0);
        length += (size_t)more;
    }
    assert_contains(text, "got 1\n2\n3\n");
    assert_int_equal(finish(container), 0);
    close(peer);
    close(listener);
}

static void a_socket_is_carried(void **state)
{
    for_each_user(check_socket);
}

static void take_packets(void)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0 || dup2(ends[0], STDIN_FILENO) < 0)
        _exit(98);
}

/* A packet may be longer than what the carrier takes at once. */
static void a_socket_of_packets_is_no_input(void **state)
{
    fixture.prepare = take_packets;
    assert_int_equal(run("step05", fixture.image, "true"), 125);
    assert_contains(err, "step05: take a socket of packets as stdin (give a file or a pipe): "
                         "EOPNOTSUPP (Operation not supported)\n");
}

/* The shell of the image says which number it cannot use. The command's status is its own. */
static void check_wrong_way(const char *option)
{
    static const char *const lines[] = {
        "0>\"$2/i\"",
        "0>>\"$2/i\"",
        "0>&1 | \"cat\"",
        "0>/dev/null",
    };
    static const char *const outputs[] = {"1<\"$2/i\"", "1<&0", "1</dev/null"};
    char line[256];

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        snprintf(line, sizeof(line),
                 "echo kept >\"$2/i\"; \"$0\" $3 \"$1\" sh -c 'cat; echo $?' 2>/dev/null %s",
                 lines[i]);
        assert_container_prints("1\n", option, line);
    }
    for (size_t i = 0; i < sizeof(outputs) / sizeof(*outputs); i++) {
        snprintf(line, sizeof(line),
                 "echo kept >\"$2/i\"; { echo x | \"$0\" $3 \"$1\" sh -c 'echo lost; exit $?' "
                 "2>/dev/null %s; }; echo $?; cat \"$2/i\"",
                 outputs[i]);
        assert_container_prints("1\nkept\n", option, line);
    }
}

/* As in a shell: the container is made, and the command's own read or write fails. */
static void what_is_open_the_wrong_way_fails_in_the_command(void **state)
{
    for_each_user(check_wrong_way);
}

static const char *refused;
static int number;

static void open_refused(void)
{
    int fd = open(refused, O_RDONLY);

    if (fd < 0 || dup2(fd, number) < 0)
        _exit(98);
}

static const char *find_disk(void)
{
    static const char *const disks[] = {"/dev/loop0", "/dev/vda", "/dev/sda", "/dev/nvme0n1"};

    for (size_t i = 0; i < sizeof(disks) / sizeof(*disks); i++) {
        int fd = geteuid() == 0 ? open(disks[i], O_RDONLY | O_CLOEXEC) : -1;
        if (fd >= 0) {
            close(fd);
            return disks[i];
        }
    }
    check_skip("needs a disk that can be opened");
    return NULL;
}

static void a_disk_is_refused(void **state)
{
    char wanted[128];

    refused = find_disk();
    fixture.prepare = open_refused;
    for (number = 0; number < 3; number++) {
        assert_int_equal(run("step05", fixture.image, "true"), 125);
        snprintf(wanted, sizeof(wanted),
                 "step05: take a disk as %s (give a file or a pipe): EOPNOTSUPP (Operation not "
                 "supported)\n",
                 number == 0 ? "stdin" : "stdout");
        if (number < 2)
            assert_string_equal(complaints(), wanted);
    }
    fixture.prepare = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_EACH(input_cannot_be_opened_for_writing),
        AS_EACH(the_mode_of_output_cannot_be_changed),
        AS_EACH(what_goes_through_files_is_whole),
        AS_EACH(output_can_be_opened_again),
        AS_EACH(input_can_be_opened_again_and_is_left_to_the_next),
        AS_EACH(a_loop_over_a_file_gets_all_of_its_lines),
        AS_EACH(what_others_wrote_is_out_of_reach),
        AS_EACH(a_reader_that_is_gone_ends_the_writer),
        AS_EACH(a_reader_that_sleeps_does_not_hold_it_for_ever),
        AS_EACH(a_socket_is_carried),
        AS_EACH(a_socket_of_packets_is_no_input),
        AS_EACH(what_is_open_the_wrong_way_fails_in_the_command),
        AS_EACH(a_disk_is_refused),
    };
    return check_run(tests);
}
