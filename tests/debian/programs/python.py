# A pool of processes, with locks and memory that they share through /dev/shm.
import multiprocessing
import os
import socket
import subprocess
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import shared_memory


def square(number):
    return number * number


def count(counter, times):
    for _ in range(times):
        with counter.get_lock():
            counter.value += 1


def write(name, place):
    memory = shared_memory.SharedMemory(name)
    memory.buf[place] = place + 1
    memory.close()


if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(4) as pool:
            print(method, sum(pool.map(square, range(1000))))
    with ProcessPoolExecutor(4) as executor:
        print("executor", sum(executor.map(square, range(100))))

    counter = multiprocessing.Value("i", 0)
    processes = [multiprocessing.Process(target=count, args=(counter, 500)) for _ in range(4)]
    memory = shared_memory.SharedMemory(create=True, size=4)
    processes += [multiprocessing.Process(target=write, args=(memory.name, n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("counter", counter.value)
    print("memory", list(memory.buf[:4]))
    memory.close()
    memory.unlink()

    print("address", socket.gethostbyname(socket.gethostname()).startswith("127."))
    print("child", subprocess.run(["id", "-u"], capture_output=True, text=True).stdout.strip())
    with tempfile.NamedTemporaryFile() as file:
        os.posix_fallocate(file.fileno(), 0, 1 << 20)
        print("file", os.stat(file.name).st_size)
