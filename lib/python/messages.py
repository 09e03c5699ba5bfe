"""What messages cost: messages.py HOW NUMBERS EACH CAPACITY"""
import json
import multiprocessing as mp
import queue
import sys
import threading
import time


def send(q, numbers, each, ready, go):
    ready.set()
    go.wait()
    for n in range(0, numbers, each):
        q.put(n if each == 1 else list(range(n, min(n + each, numbers))))


def echo(end, ready):
    ready.set()
    for n in iter(end.recv, None):
        end.send(n)


def receive(q, numbers, each):
    total = 0
    for _ in range(0, numbers, each):
        got = q.get()
        total += got if each == 1 else sum(got)
    return total


def ask(end, numbers):
    total = 0
    for n in range(numbers):
        end.send(n)
        total += end.recv()
    return total


if __name__ == "__main__":
    how, numbers, each, capacity = sys.argv[1], *map(int, sys.argv[2:])
    start, event, make = mp.Process, mp.Event, mp.Queue
    if how == "thread":
        start, event, make = threading.Thread, threading.Event, queue.Queue
    ready, go = event(), event()
    if how == "pipe":
        here, there = mp.Pipe()
        job = start(target=echo, args=(there, ready))
    else:
        q = make(capacity)
        job = start(target=send, args=(q, numbers, each, ready, go))
    job.start()
    ready.wait()
    begin = time.perf_counter()
    go.set()
    total = ask(here, numbers) if how == "pipe" else receive(q, numbers, each)
    seconds = time.perf_counter() - begin
    if how == "pipe":
        here.send(None)
    job.join()
    print(json.dumps({"total": total, "seconds": seconds}))
