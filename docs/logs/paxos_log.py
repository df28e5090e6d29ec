"""Writes what a process does as a log for `paxos-playground check`: docs/logs.md has the words and keys."""
import json
import threading
import time


class PaxosLog:
    """The log of one process. Any thread may call it."""

    def __init__(self, node, file):
        self.node, self.file, self.lock = node, file, threading.Lock()

    def __call__(self, what, **keys):
        """log("voted", ballot="1.A", value="red")"""
        with self.lock:
            line = {"us": time.time_ns() // 1000, "node": self.node, "what": what, **keys}
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()
