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

    Raises ``GateError`` where
    the process ends before it has answered.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: IO[bytes] | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get_ready(self) -> None:
        """Start the process, if it is not there yet. It needs about two seconds, and is not waited for."""
        if self._process is None:
            self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
            self._process = subprocess.Popen(  # noqa: S603 - this very module
                _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._messages
            )

    def __call__(self, judgement: Judgement) -> Mapping[str, Finding]:
        """Findings of a judgement, one for each rule."""
        with self._turn:
            self.get_ready()
            try:
                return self._answer(judgement)
            except (EOFError, OSError, pickle.UnpicklingError) as error:
                last_words = self._last_words()
                self.close()
                raise GateError(
                    f"{judgement.name}: the process that runs Great Expectations ended before it had judged: "
                    f"{last_words or error}. Nothing was counted. Run it again, or report it."
                ) from error

    def _answer(self, judgement: Judgement) -> Mapping[str, Finding]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise EOFError("there is no process")
        pickle.dump(judgement, process.stdin)
        process.stdin.flush()
        answer: Mapping[str, Finding] | GateError = pickle.load(process.stdout)  # noqa: S301 - from our own process
        if isinstance(answer, GateError):
            raise answer
        return answer

    def _last_words(self) -> str:
        if self._messages is None:
            return ""
        self._messages.seek(0)
        return self._messages.read()[-_LAST_WORDS:].decode(errors="replace").strip()

    def close(self) -> None:
        """End the process."""
        process, messages = self._process, self._messages
        self._process = self._messages = None
        if process is not None:
            process.kill()
            process.communicate()
        if messages is not None:
            messages.close()


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
