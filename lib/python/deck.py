"""The deck's program (slides 7, 8 and 10), for Python 3.

deck.py MECHANISM START TASKS WORKERS METHOD

finds prime(START) .. prime(START+TASKS-1) by one mechanism, and prints one
line of JSON. METHOD is a start method of multiprocessing, or "default".

The syntax is kept to what every Python parses, so that one that is too old
can say so.
"""
import json
import multiprocessing as mp
import sys
import threading
import time


def isprime(n):
    for i in range(2, int(n ** 0.5) + 1):
        if n % i == 0:
            return False
    return True


def prime(nth):
    """The deck's counting: isprime(1) is True, so 1 counts as the first."""
    found = 0
    i = 0
    while found < nth:
        i += 1
        if isprime(i):
            found += 1
    return i


def put_prime(nth, queue):
    queue.put((nth, prime(nth)))


def serial(numbers, workers):
    return [prime(n) for n in numbers]


def threads(numbers, workers):
    found = {}

    def work(n):
        found[n] = prime(n)

    jobs = [threading.Thread(target=work, args=(n,)) for n in numbers]
    for j in jobs:
        j.start()
    for j in jobs:
        j.join()
    return [found[n] for n in numbers]


def processes(numbers, workers):
    queue = mp.Queue()
    jobs = [mp.Process(target=put_prime, args=(n, queue)) for n in numbers]
    for j in jobs:
        j.start()
    # Emptied before join: a child does not end while the queue holds its data.
    found = dict(queue.get() for _ in jobs)
    for j in jobs:
        j.join()
    return [found[n] for n in numbers]


def pool(numbers, workers):
    # Not closed inside the time taken: the deck's is not closed at all.
    workers = mp.Pool(processes=workers)
    result = workers.map(prime, numbers)
    open_pools.append(workers)
    return result


open_pools = []
mechanisms = {"serial": serial, "threads": threads, "processes": processes, "pool": pool}


def run(mechanism, start, tasks, workers, method):
    if method != "default":
        mp.set_start_method(method)
    numbers = range(start, start + tasks)
    before = time.perf_counter()
    answers = mechanisms[mechanism](numbers, workers)
    seconds = time.perf_counter() - before
    for p in open_pools:
        p.terminate()
        p.join()
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    print(json.dumps({
        "answers": answers,
        "seconds": seconds,
        "version": "%d.%d.%d" % sys.version_info[:3],
        "gil": gil,
        "method": mp.get_start_method(),
    }))


if __name__ == "__main__":
    if sys.version_info < (3, 8):
        sys.exit("Python %d.%d is too old, at least 3.8 is needed" % sys.version_info[:2])
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
