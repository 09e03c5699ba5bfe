"""When Python's threads ran: threads.py THREADS STEPS_SECONDS INTERVAL_SECONDS

Each thread computes in small steps and looks at the clock after each. A step
that took much longer than steps do is one in which the thread had to wait.
"""
import json
import sys
import threading
import time

clock = time.perf_counter


def step():
    n = 1000003  # a prime: the deck's isprime tries a hundred divisors
    for i in range(2, 102):
        if n % i == 0:
            return False
    return True


def seconds_a_step():
    before = clock()
    for _ in range(2000):
        step()
    return (clock() - before) / 2000


def work(me, steps, gap, spans):
    begin = last = clock()
    for _ in range(steps):
        step()
        now = clock()
        if now - last > gap:
            spans.append((me, begin, last))
            begin = now
        last = now
    spans.append((me, begin, last))


def main(threads, seconds, interval):
    sys.setswitchinterval(interval)
    a_step = seconds_a_step()
    steps = max(1, int(seconds / a_step))
    spans = []
    jobs = [threading.Thread(target=work, args=(i + 1, steps, max(interval / 2, 5 * a_step), spans))
            for i in range(threads)]
    zero = clock()
    for j in jobs:
        j.start()
    for j in jobs:
        j.join()
    print(json.dumps([{"thread": i, "begin": b - zero, "end": e - zero} for i, b, e in spans]))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
