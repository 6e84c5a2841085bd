"""A process of its own for the readers: a file that makes a library crash, hang or swell costs that file alone.

The parsers are native code that is fed with files from anywhere, and PDFium may not even be used from two threads. The
process is started at the first file, and again after each one that it did not survive.
"""

import atexit
import json
import os
import resource
import signal
import subprocess
import sys
from importlib import import_module
from threading import Lock
from typing import IO, Final

from ...errors import Problem, UnreadableFile
from .content import Content

SECONDS: Final = 120  # a PDF of 300 pages takes 20
MEGABYTES: Final = 1024  # a table of 100,000 rows takes 300
LATE: Final = "takes over {seconds} seconds to read, which is the limit; split it, or save it anew"
CRASHED: Final = "makes its reader crash: it is damaged, or far larger than it seems; save it anew"

_running: dict[int, subprocess.Popen[bytes]] = {}  # by the process that started it: a fork needs one of its own
_lock = Lock()


def read(module: str, data: bytes, seconds: int = SECONDS) -> Content:
    """What `read` of a module of this package makes of the bytes. Raises UnreadableFile, without the file's name."""
    request = json.dumps({"module": module, "size": len(data), "seconds": seconds}).encode()
    with _lock:
        process = _process()
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(request + b"\n" + data)
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        except BaseException:
            _stop()  # interrupted between question and answer: the next one would get this answer
            raise
        if not line:
            reason = LATE.format(seconds=seconds) if process.wait() == -signal.SIGALRM else CRASHED
            _stop()
            raise UnreadableFile(reason)
    answer = json.loads(line)
    if "refused" in answer:
        raise UnreadableFile(answer["refused"])
    return Content(answer["text"], tuple(Problem(*each) for each in answer["problems"]))


def _process() -> subprocess.Popen[bytes]:
    process = _running.get(os.getpid())
    if process is not None and process.poll() is not None:
        _stop()
        process = None
    if process is None:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the libraries' own warnings
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,  # ^C is for the command, which then lets go of the pipe
        )
        _running[os.getpid()] = process
    return process


@atexit.register
def _stop() -> None:
    if process := _running.pop(os.getpid(), None):
        process.kill()
        process.communicate()


def serve() -> None:
    """Answers one request after the other from standard input, until it ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        request = json.loads(line)
        data = source.read(request["size"])
        signal.alarm(request["seconds"])  # unhandled, it ends the process even within native code
        _answer(request["module"], data, target)
        signal.alarm(0)


def _answer(module: str, data: bytes, target: IO[bytes]) -> None:
    try:
        content = import_module(f"{__package__}.{module}").read(data)
        answer = {"text": content.text, "problems": [[p.where, p.words, p.reason] for p in content.problems]}
    except UnreadableFile as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": f"takes over {MEGABYTES} MB of memory to read, which is the limit; split it"}
    except Exception as error:  # a parser met what it was not made for
        answer = {"refused": f"is damaged ({type(error).__name__}: {error}); save it anew"}
    target.write(json.dumps(answer).encode() + b"\n")
    target.flush()
