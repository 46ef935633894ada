"""Processes, folders and answers, measured. Linux: peaks are read in KiB, resident sizes from /proc.

Every wait has an end, and every process that is started here is stopped here, by its own id.
"""
import http.client
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

# How often an answer is asked for.
POLL_S = 0.002


class Failed(Exception):
    """A program did not do what it had to; a figure of it would mean nothing."""


def finished(argv, cwd, log, limit_s):
    """Runs a program to its end: cpu (user and system) and wall in seconds, its largest resident set in MiB."""
    with open(log, "ab") as told:
        began = time.monotonic()
        process = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
        watchdog = threading.Timer(limit_s, process.kill)
        watchdog.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        watchdog.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{' '.join(map(str, argv))} ended with {process.returncode}; see {log}")
    return {"cpu_s": used.ru_utime + used.ru_stime, "wall_s": wall, "peak_mib": used.ru_maxrss / 1024}


def tree(folder):
    """What a folder holds: files, HTML files and bytes."""
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return {"files": len(files), "pages": sum(path.suffix == ".html" for path in files),
            "bytes": sum(path.stat().st_size for path in files)}


def remove(*paths):
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def resident_mib(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise Failed(f"process {pid} has no resident size")


@contextmanager
def server(argv, cwd, log):
    """A program that runs as long as the block."""
    with open(log, "ab") as told:
        process = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Client:
    """Asks one server over one connection that stays open."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def get(self, path):
        """The body at a path, or nothing when there is none at this moment."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.connection.request("GET", path)
            answer = self.connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
            return body if answer.status == 200 else ""
        except (OSError, http.client.HTTPException):
            self.close()
            return ""

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def wait(self, what, shows, began, limit_s, process):
        """Seconds from `began` until `shows()`."""
        while not shows():
            now = time.monotonic()
            if now - began > limit_s:
                raise Failed(f"{what}: not seen within {limit_s} s")
            if process.poll() is not None:
                raise Failed(f"{what}: the server ended with {process.returncode}")
            time.sleep(POLL_S)
        return time.monotonic() - began
