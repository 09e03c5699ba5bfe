"""Measures Jupyter kernels, side by side and in turns, and prints one line of JSON for each sample.

Its argument is a JSON object: the kernels (name, kernelspec, cells by group), the groups and the number of rounds.
"""

import itertools
import json
import pathlib
import random
import re
import sys
import tempfile
import time

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

LIMIT = 120  # seconds that a cell may take
OPEN = 10  # notebooks whose memory is measured
SETTLE = 3  # seconds until a kernel has done what it does after a cell

plan = json.loads(sys.argv[1])
numbers = itertools.count(random.randrange(10**6) * 1000)
specs = KernelSpecManager(kernel_dirs=[plan["specs"]])


def start(name):
    manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
    manager.start_kernel(cwd=tempfile.gettempdir())
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=LIMIT)
    return manager, client


def stop(kernel):
    kernel[1].stop_channels()
    kernel[0].shutdown_kernel(now=False)


def execute(kernel, code):
    """Executes code and returns what it printed, and the seconds until both the reply and idle are there."""
    printed, ended = [], []
    begin = time.perf_counter()
    reply = kernel[1].execute_interactive(
        code, store_history=True, timeout=LIMIT, allow_stdin=False,
        output_hook=lambda message: printed.append(message["content"].get("text", "")),
    )
    took = time.perf_counter() - begin
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"{code}\n{reply['content']}\n{''.join(printed)}")
    return "".join(printed), took


def fill(code):
    return code.replace("K", str(next(numbers)))


def cell(kernel, cells):
    return execute(kernel, fill(cells["code"]))[1]


def unchanged(kernel, cells):
    """Returns how long after the request the same cell began to run: it prints the time."""
    execute(kernel, cells["code"])
    begin = time.time_ns()
    return (int(execute(kernel, cells["code"])[0]) - begin) / 1e9


def fresh(name, cells):
    """Returns how long the first cell of a new kernel takes."""
    kernel = start(name)
    try:
        return cell(kernel, cells)
    finally:
        stop(kernel)


def imports(kernel, cells):
    """Returns how long a cell takes that imports what no cell before did."""
    code = cells["each"].pop()
    return execute(kernel, fill(code))[1]


def completion(kernel, code):
    begin = time.perf_counter()
    kernel[1].complete(code, len(code), reply=True, timeout=LIMIT)
    return time.perf_counter() - begin


def early(name, cells):
    """Returns how long a cell takes when a completion was asked for just before it, in a new kernel."""
    kernel = start(name)
    try:
        kernel[1].complete(cells["complete"], len(cells["complete"]))
        return cell(kernel, cells)
    finally:
        stop(kernel)


def late(kernel, cells):
    return completion(kernel, cells["complete"])


def memory(name, cells):
    """Returns the megabytes that each further open notebook takes, with a cell and a completion in each."""
    running = []
    try:
        for i in range(OPEN):
            running.append(start(name))
            cell(running[-1], cells)
            begin = time.monotonic()
            while not running[-1][1].complete(cells["complete"], reply=True, timeout=LIMIT)["content"]["matches"]:
                if time.monotonic() - begin > LIMIT:
                    raise RuntimeError(f"{name} completes nothing")
            if i == 0:
                time.sleep(SETTLE)
                first = megabytes(running)
        time.sleep(SETTLE)
        return (megabytes(running) - first) / (OPEN - 1)
    finally:
        for kernel in running:
            stop(kernel)


def measure(group, kernels, running):
    kind = group["kind"]
    chosen = [k for k in kernels if group["name"] in k["cells"]]
    for kernel in chosen:
        cells = kernel["cells"][group["name"]]
        if "before" in cells:
            execute(running[kernel["name"]], cells["before"])
        if kind in ("cell", "late"):  # the first is slower in all of them, and measured by itself
            globals()[kind](running[kernel["name"]], cells)
    for _ in range(1 if kind == "memory" else plan["rounds"]):
        for kernel in random.sample(chosen, len(chosen)):
            on = kernel["spec"] if kind in ("fresh", "early", "memory") else running[kernel["name"]]
            took = globals()[kind](on, kernel["cells"][group["name"]])
            print(json.dumps({"group": group["name"], "kernel": kernel["name"], "value": took}), flush=True)


def below(pid):
    """Returns pid and the ids of all processes below it."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass  # it has just ended
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def megabytes(kernels):
    """Returns the memory of the kernels: the proportional set size of all their processes."""
    total = 0
    for manager, _ in kernels:
        for pid in below(manager.provisioner.pid):
            try:
                rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            total += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)[1]) * 1024
    return total / 1e6


def main():
    running = {}
    begin = time.monotonic()
    try:
        for kernel in plan["kernels"]:
            running[kernel["name"]] = start(kernel["spec"])
        for group in plan["groups"]:
            if group["kind"] == "late":  # GoNB connects to gopls when it is 12 s old
                time.sleep(max(0, 15 - (time.monotonic() - begin)))
            measure(group, plan["kernels"], running)
    finally:
        for kernel in running.values():
            stop(kernel)


main()
