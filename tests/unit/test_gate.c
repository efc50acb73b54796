/* Both ends of a real gate, in this process and a child of it. */
#include "check.h"
#include "gate.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int send_error, receive_error;

ssize_t __real_sendmsg(int socket, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int socket, const struct msghdr *message, int flags)
{
    return send_error ? refuse(send_error) : __real_sendmsg(socket, message, flags);
}

/* The first time it is interrupted. */
ssize_t __real_recvmsg(int socket, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int socket, struct msghdr *message, int flags)
{
    int error = receive_error;

    receive_error = 0;
    return error ? refuse(error) : __real_recvmsg(socket, message, flags);
}

/* The child ends with what `wait` returns. */
static pid_t start(int (*wait)(void))
{
    assert_int_equal(gate_make(), 0);
    pid_t child = fork();
    if (child == 0) {
        gate_take_childs_end();
        _exit(wait());
    }
    gate_take_launchers_end();
    return child;
}

static int end_of(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int wait_alone(void)
{
    return gate_wait() == 0 && gate_given() == -1 ? 7 : 8;
}

static void the_child_goes_on_when_it_is_admitted(void **state)
{
    pid_t child = start(wait_alone);

    assert_int_equal(gate_admit(), 0);
    assert_int_equal(end_of(child), 7);
}

static int read_what_is_given(void)
{
    char text[4] = "";

    receive_error = EINTR;
    return gate_wait() == 0 && fcntl(gate_given(), F_GETFD) == FD_CLOEXEC &&
                   read(gate_given(), text, sizeof(text)) == 3 && text[2] == 'b'
               ? 7
               : 8;
}

static void a_descriptor_goes_through_and_is_closed_here(void **state)
{
    int ends[2];
    pid_t child = start(read_what_is_given);

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "web", 3), 3);
    gate_give(ends[0]);
    assert_int_equal(gate_admit(), 0);
    assert_int_equal(end_of(child), 7);
    assert_int_equal(fcntl(ends[0], F_GETFD), -1);
    close(ends[1]);
    child = start(wait_alone); /* it is given once */
    assert_int_equal(gate_admit(), 0);
    assert_int_equal(end_of(child), 7);
}

/* The launcher's descriptor would be one too many. It is a guard's: without it nothing goes on. */
static int wait_without_room(void)
{
    struct rlimit few = {.rlim_cur = 3, .rlim_max = 3};

    return setrlimit(RLIMIT_NOFILE, &few) == 0 && gate_wait() == -1 && errno == EMFILE ? 7 : 8;
}

static void a_descriptor_that_finds_no_room_is_an_error(void **state)
{
    catch_begin();
    pid_t child = start(wait_without_room);
    gate_give(open("/dev/null", O_RDONLY | O_CLOEXEC));
    assert_int_equal(gate_admit(), 0);
    assert_int_equal(end_of(child), 7);
    catch_end(0);
    assert_contains(caught, "container: wait at the gate: EMFILE");
}

static int wait_in_vain(void)
{
    return gate_wait() == -1 ? 7 : 8;
}

static void without_its_launcher_the_child_does_not_go_on(void **state)
{
    pid_t child = start(wait_in_vain);

    assert_true(gate_descriptor() < 0);
    /* The launcher's end is the newest descriptor of a socket here. */
    for (int fd = 3; fd < 64; fd++) {
        int type;
        socklen_t size = sizeof(type);

        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0)
            close(fd);
    }
    assert_int_equal(end_of(child), 7);
}

static int fail_to_wait(void)
{
    receive_error = ENOMEM;
    return gate_wait() == -1 && errno == ENOMEM ? 7 : 8;
}

static void what_fails_is_reported(void **state)
{
    catch_begin();
    pid_t child = start(fail_to_wait);
    assert_int_equal(end_of(child), 7);
    catch_end(0);
    assert_string_equal(caught, "container: wait at the gate: ENOMEM (Cannot allocate memory)\n");
    child = start(wait_in_vain);
    send_error = ENOBUFS;
    assert_int_equal(CATCH(gate_admit()), -1);
    assert_int_equal(errno, ENOBUFS);
    assert_string_equal(caught, "container: let the child go on: ENOBUFS (No buffer space "
                                "available)\n");
    send_error = EPIPE; /* the child has said why it is dead */
    assert_int_equal(CATCH(gate_admit()), 0);
    assert_string_equal(caught, "");
    send_error = 0;
    assert_int_equal(gate_admit(), 0);
    assert_int_equal(end_of(child), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_child_goes_on_when_it_is_admitted),
        cmocka_unit_test(a_descriptor_goes_through_and_is_closed_here),
        cmocka_unit_test(a_descriptor_that_finds_no_room_is_an_error),
        cmocka_unit_test(without_its_launcher_the_child_does_not_go_on),
        cmocka_unit_test(what_fails_is_reported),
    };
    return check_run(tests);
}
