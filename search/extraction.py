"""The text of a PDF or DOCX file, read in a process of its own: an upload may be broken, huge or made to do harm.

    python -m search.extraction FORMAT < file

Prints the text; ends with 1 and a word on the error stream where there is none to be had.
"""

import io
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("pdf", "docx")
LONGEST_FILE = 30 * 1024 * 1024  # bytes
LONGEST_TEXT = 200_000  # characters
MOST_PAGES = 400
MEMORY = 768 * 1024 * 1024  # bytes of address space
PROCESSOR, PATIENCE = 30, 60  # seconds


class Unreadable(Exception):
    """The file has no text that could be read, and why: `broken`, `locked`, `empty`, `large` or `slow`."""


def text_of(content: bytes, extension: str) -> str:
    """The text of a file. Raises Unreadable."""
    if len(content) > LONGEST_FILE:
        raise Unreadable("large")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "search.extraction", extension],
            input=content,
            capture_output=True,
            cwd=ROOT,
            timeout=PATIENCE,
            env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("slow") from None
    if done.returncode < 0:
        raise Unreadable("slow")  # out of processor time
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise Unreadable(reason if reason in ("locked", "empty", "large") else "broken")
    return done.stdout.decode(errors="replace")[:LONGEST_TEXT]


def _limit() -> None:
    """So much memory and processor time, and no files."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _pdf(file) -> str:
    from pypdf import PdfReader

    reader = PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        sys.exit("locked")
    found, length = [], 0
    for page in reader.pages[:MOST_PAGES]:
        text = page.extract_text()
        found.append(text)
        length += len(text)
        if length > LONGEST_TEXT:
            break
    return "\n".join(found)


def _docx(file) -> str:
    import zipfile

    import mammoth

    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > 10 * LONGEST_FILE:
            sys.exit("large")
    file.seek(0)
    return mammoth.extract_raw_text(file).value


def main(extension: str) -> None:
    _limit()
    read = {"pdf": _pdf, "docx": _docx}[extension]
    try:
        text = " ".join(read(io.BytesIO(sys.stdin.buffer.read())).split())
    except MemoryError:
        sys.exit("large")
    if not text:
        sys.exit("empty")
    sys.stdout.write(text[:LONGEST_TEXT])


if __name__ == "__main__":
    main(sys.argv[1])
