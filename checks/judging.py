"""Great Expectations in a process of its own, which gets ready while the rows are still being read.

Importing it takes longer than reading half a million rows, and it would hold the interpreter
lock meanwhile. The process is ours alone: it listens on nothing, reads judgements from its
standard input and writes findings to its standard output, and ends when its input does, which
is when this process ends, however it ends.
"""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from types import ModuleType, TracebackType
from typing import IO, Self

from checks.errors import GateError
from checks.expectations import Finding, get_ready, judge_here
from checks.suites import Judgement

_COMMAND = (sys.executable, "-m", "checks.judging")
_LAST_WORDS = 2_000
_HARDLY_USED = ("scipy.stats", "altair")


class JudgingProcess:
    """A judge (``checks.expectations.Judge``): call it with a judgement. A context manager.

    Threads may share one: each gets the findings of its own judgement, one after another, because the
    process has one pair of pipes and Great Expectations mixes up what runs at once. Processes may not:
    each makes its own. Raises ``GateError`` where the process ends before it has answered.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: IO[bytes] | None = None
        self._turn = threading.Lock()  # held for a question and its answer
        self._change = threading.RLock()  # held while the process is started or ended

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get_ready(self) -> None:
        """Start the process, if it is not there yet. It needs about two seconds, and is not waited for."""
        self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._change:
            if self._process is None:
                self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
                self._process = subprocess.Popen(  # noqa: S603 - this very module
                    _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._messages
                )
            return self._process

    def __call__(self, judgement: Judgement) -> Mapping[str, Finding]:
        """Findings of a judgement, one for each rule."""
        with self._turn:
            process = self._started()
            try:
                return _answer(process, judgement)
            except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:  # a pipe that was closed
                last_words = self._end(process)
                raise GateError(
                    f"{judgement.name}: the process that runs Great Expectations ended before it had judged: "
                    f"{last_words or error}. Nothing was counted. Run it again, or report it."
                ) from error

    def close(self) -> None:
        """End the process. A thread that waits for its answer gets a ``GateError``."""
        with self._change:
            if self._process is not None:
                self._end(self._process)

    def _end(self, process: subprocess.Popen[bytes]) -> str:
        """End this process, not one that took its place; returns the last that it wrote as an error."""
        with self._change:
            messages = self._messages
            if process is not self._process or messages is None:
                return ""
            self._process = self._messages = None
            process.kill()
            process.communicate()
            messages.seek(0)
            last_words = messages.read()[-_LAST_WORDS:].decode(errors="replace").strip()
            messages.close()
            return last_words


def _answer(process: subprocess.Popen[bytes], judgement: Judgement) -> Mapping[str, Finding]:
    if process.stdin is None or process.stdout is None:
        raise EOFError("there are no pipes")
    pickle.dump(judgement, process.stdin)
    process.stdin.flush()
    answer: Mapping[str, Finding] | GateError = pickle.load(process.stdout)  # noqa: S301 - from our own process
    if isinstance(answer, GateError):
        raise answer
    return answer


class _Later(ModuleType):
    """A module that is imported when something of it is used, and not for being named.

    Great Expectations imports libraries of seconds at its top for expectations and pages that
    are not used here. It still gets them, if it comes to use them.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__spec__ = importlib.util.find_spec(name)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        sys.modules.pop(self.__name__, None)
        self.__dict__.update(vars(importlib.import_module(self.__name__)))
        return getattr(self, name)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Judge until the input ends."""
    for name in _HARDLY_USED:
        sys.modules.setdefault(name, _Later(name))
    sys.modules.setdefault("pyspark", None)  # type: ignore[arg-type] # not to be imported: frames are small
    get_ready()
    while True:
        try:
            judgement = pickle.load(requests)  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        answer: Mapping[str, Finding] | GateError
        try:
            answer = judge_here(judgement)
        except GateError as error:
            answer = error
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    for _number in (signal.SIGINT, signal.SIGTERM):  # sent to the group: who asks still needs it
        signal.signal(_number, signal.SIG_IGN)
    serve(sys.stdin.buffer, sys.stdout.buffer)
