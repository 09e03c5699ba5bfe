# One kind of work with Python's multiprocessing and 2 workers; prints nanoseconds.
import multiprocessing as mp
import sys
import time


def increment(n):
    return n + 1


def add(v, times):
    for _ in range(times):
        with v.get_lock():
            v.value += 1


def start(method):
    begin = time.perf_counter_ns()
    pool = mp.get_context(method).Pool(2)
    pool.map(abs, [1, 2], 1)
    took = time.perf_counter_ns() - begin
    pool.terminate()
    return took


def on_pool(work):
    with mp.get_context("fork").Pool(2) as pool:
        pool.map(increment, range(2))
        begin = time.perf_counter_ns()
        work(pool)
        return time.perf_counter_ns() - begin


def value():
    fork = mp.get_context("fork")
    v = fork.Value("q", 0)
    jobs = [fork.Process(target=add, args=(v, 50_000)) for _ in range(2)]
    begin = time.perf_counter_ns()
    for j in jobs:
        j.start()
    for j in jobs:
        j.join()
    took = time.perf_counter_ns() - begin
    assert v.value == 100_000
    return took * 10  # as if 1,000,000 increments, as in Go


def put_all(q, n):
    for i in range(n):
        q.put(i)


def queue(n):
    fork = mp.get_context("fork")
    q = fork.Queue(64)
    job = fork.Process(target=put_all, args=(q, n))
    begin = time.perf_counter_ns()
    job.start()
    for _ in range(n):
        q.get()
    took = time.perf_counter_ns() - begin
    job.join()
    return took


def get_all(q, n):
    for i in range(n):
        assert q.get() == i


def queue_to(n):
    fork = mp.get_context("fork")
    q = fork.Queue(64)
    job = fork.Process(target=get_all, args=(q, n))
    begin = time.perf_counter_ns()
    job.start()
    for i in range(n):
        q.put(i)
    job.join()
    return time.perf_counter_ns() - begin


def answer_all(end):
    while (v := end.recv()) is not None:
        end.send(v + 1)


def pipe(n):
    fork = mp.get_context("fork")
    here, there = fork.Pipe()
    job = fork.Process(target=answer_all, args=(there,))
    job.start()
    begin = time.perf_counter_ns()
    for i in range(n):
        here.send(i)
        here.recv()
    took = time.perf_counter_ns() - begin
    here.send(None)
    job.join()
    return took


work = sys.argv[1]
if work == "fork start":
    print(start("fork"))
elif work == "spawn start":
    print(start("spawn"))
elif work == "map":
    print(on_pool(lambda pool: pool.map(increment, range(100_000))))
elif work == "apply":
    print(on_pool(lambda pool: [pool.apply(increment, (n,)) for n in range(1000)]))
elif work == "value":
    print(value())
elif work == "queue":
    print(queue(5000))
elif work == "queue to":
    print(queue_to(5000))
elif work == "pipe":
    print(pipe(5000))
