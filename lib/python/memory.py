"""How much memory a parent and its children have: memory.py MIB

The parent fills so much before it starts them. Linux only.
"""
import json
import multiprocessing as mp
import sys


def memory(name):
    kb = {}
    with open("/proc/self/smaps_rollup") as f:
        for line in f:
            words = line.split()
            if len(words) == 3 and words[2] == "kB":
                kb[words[0]] = int(words[1])
    return {"process": name, "resident": kb["Rss:"] / 1024, "own": (kb["Private_Clean:"] + kb["Private_Dirty:"]) / 1024}


def child(pipe, name, change):
    if change:
        for page in range(0, len(ballast), 4096):
            ballast[page] = 1
    pipe.send(memory(name))


if __name__ == "__main__":
    ballast = bytearray(b"x") * (int(sys.argv[1]) << 20)
    rows = [memory("Python parent")]
    for method, name, change in (
        ("spawn", "child, spawned", False),
        ("fork", "child, forked", False),
        ("fork", "child, forked, then wrote to all", True),
    ):
        context = mp.get_context(method)
        here, there = context.Pipe()
        p = context.Process(target=child, args=(there, name, change))
        p.start()
        rows.append(here.recv())
        p.join()
    print(json.dumps(rows))
