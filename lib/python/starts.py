"""What processes cost, by start method: starts.py WORKERS TASKS"""
import json
import multiprocessing as mp
import statistics
import sys
import time


def nothing(n):
    return n


def median_seconds(action, times):
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def costs(method, workers, tasks):
    context = mp.get_context(method)

    def start_and_join():
        p = context.Process(target=nothing, args=(1,))
        p.start()
        p.join()

    start_and_join()  # the first by forkserver starts the server
    start = median_seconds(start_and_join, 9)
    with context.Pool(workers) as pool:
        pool.map(nothing, range(100))  # all workers are there
        apply = median_seconds(lambda: pool.apply(nothing, (1,)), 200)
        every = median_seconds(lambda: pool.map(nothing, range(tasks)), 5)
    return {"method": method, "start": start, "apply": apply, "task": every / tasks}


if __name__ == "__main__":
    default = mp.get_start_method()
    rows = [costs(method, int(sys.argv[1]), int(sys.argv[2])) for method in mp.get_all_start_methods()]
    for row in rows:
        row["default"] = row["method"] == default
    print(json.dumps(rows))
