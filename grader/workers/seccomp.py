"""A filter for system calls that a web app has no use for and that a kernel's holes are often reached by.

New namespaces, mounts, other processes' memory, BPF, keys, io_uring: refused with EPERM, as where they are
not allowed. In classic BPF, which bubblewrap loads last of all:
https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import errno
import os
import struct

ALLOW, REFUSE, MISSING = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # places in struct seccomp_data
CLONE_NEWUSER = 0x10000000
OTHER_ABI = 0x40000000  # of x32, whose numbers begin there

# Of each machine: its audit number; clone, which may start threads but no namespace; what is refused:
# unshare, setns, mount, umount2, pivot_root, ptrace, process_vm_readv, process_vm_writev, bpf,
# perf_event_open, add_key, request_key, keyctl, userfaultfd. EVERYWHERE: io_uring and the newer mount calls.
EVERYWHERE = (425, 426, 427, 428, 429, 430, 431, 432, 433, 442)
CLONE3 = 435  # its flags lie in memory, where a filter can't look; libc then takes clone
MACHINES: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, 56, (272, 308, 165, 166, 155, 101, 310, 311, 321, 298, 248, 249, 250, 323)),
    "aarch64": (0xC00000B7, 220, (97, 268, 40, 39, 41, 117, 270, 271, 280, 241, 217, 218, 219, 282)),
}


def program(machine: str) -> bytes:
    """The filter for a machine, as the kernel takes it; empty for a machine that is not known."""
    if machine not in MACHINES:
        return b""
    audit, clone, refused = MACHINES[machine]
    lines = [
        _line(LOAD, ARCHITECTURE),
        _line(EQUAL, audit, 1, 0),
        _line(RETURN, REFUSE),
        _line(LOAD, NUMBER),
        *_answer(AT_LEAST, OTHER_ABI, REFUSE),
        *_answer(EQUAL, CLONE3, MISSING),
        *(line for number in (*refused, *EVERYWHERE) for line in _answer(EQUAL, number, REFUSE)),
        _line(EQUAL, clone, 1, 0),
        _line(RETURN, ALLOW),
        _line(LOAD, FIRST_ARGUMENT),
        *_answer(ANY_BIT, CLONE_NEWUSER, REFUSE),
        _line(RETURN, ALLOW),
    ]
    return b"".join(lines)


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _answer(test: int, value: int, answer: int) -> tuple[bytes, bytes]:
    """Where a test holds, that answer."""
    return _line(test, value, 0, 1), _line(RETURN, answer)


def descriptor() -> int | None:
    """A descriptor to read this machine's filter from, which the caller closes; None where there is none."""
    if not (text := program(os.uname().machine)):
        return None
    made = os.memfd_create("seccomp")
    os.write(made, text)
    os.lseek(made, 0, os.SEEK_SET)
    return made
