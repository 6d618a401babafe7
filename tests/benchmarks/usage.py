"""What processes used of the machine: CPU seconds of a process with all it started, ended or not, and the most memory it held."""

from pathlib import Path

import psutil


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of everything below it: those that run, and those that ended and were waited for."""
    try:
        top = psutil.Process(pid)
        return sum(_own(process) for process in [top, *top.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0.0


def named(name: str) -> list[int]:
    """The processes of this name: those of a server that others use too."""
    return [process.pid for process in psutil.process_iter(["name"]) if process.info["name"] == name]


def peak_mb(pid: int) -> float:
    """The most memory a process ever held, in MB; without what its starter held, which getrusage would count."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _own(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except psutil.NoSuchProcess:  # it ended as we looked: whoever waited for it has its time
        return 0.0
    return float(used.user + used.system + used.children_user + used.children_system)
