#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""A program started from Python, by the shared library and ctypes:

  spawn.py [PROGRAM [ARG ...]]

The program gets no new privileges, no descriptor above 2, and limits: 64 descriptors, no core dump.
It is held by a pidfd and waited for. Then the same with a plan that cannot work: the error tells
the step. Without a program a shell prints its limit.

Needs libclone3.so.0: installed (make install-shared), in LD_LIBRARY_PATH, or in build/ (make shared).
"""

import ctypes
import os
import resource
import sys
from ctypes import c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p

STEP_CLOSE_OTHERS = 0x400000000
STEP_RLIMITS = 0x800000000
STEP_CWD = 0x10000000000
STEP_NO_NEW_PRIVS = 0x80000000000


# The structs of clone3.h. A pointer to what this program does not use is a c_void_p.
class Rlimit(ctypes.Structure):
    _fields_ = [
        ("resource", c_uint32),
        ("reserved", c_uint32),
        ("soft", c_uint64),
        ("hard", c_uint64),
    ]


class Caps(ctypes.Structure):
    _fields_ = [
        ("bounding", c_uint64),
        ("permitted", c_uint64),
        ("effective", c_uint64),
        ("inheritable", c_uint64),
        ("ambient", c_uint64),
        ("securebits", c_uint32),
        ("reserved", c_uint32),
    ]


class Plan(ctypes.Structure):
    _fields_ = [
        ("size", c_uint64),
        ("steps", c_uint64),
        ("optional", c_uint64),
        ("path", c_char_p),
        ("argv", ctypes.POINTER(c_char_p)),
        ("envp", ctypes.POINTER(c_char_p)),
        ("search_path", c_char_p),
        ("namespaces", c_uint64),
        ("set_tid", c_void_p),
        ("set_tid_count", c_size_t),
        ("ignore_signals", c_uint64),
        ("default_signals", c_uint64),
        ("joins", c_void_p),
        ("join_count", c_size_t),
        ("uid_map", c_void_p),
        ("uid_map_count", c_size_t),
        ("gid_map", c_void_p),
        ("gid_map_count", c_size_t),
        ("monotonic_offset_ns", c_int64),
        ("boottime_offset_ns", c_int64),
        ("mounts", c_void_p),
        ("mount_count", c_size_t),
        ("pivot_root", c_char_p),
        ("root", c_char_p),
        ("hostname", c_char_p),
        ("timer_slack_ns", c_uint64),
        ("sched_flags", c_uint64),
        ("sched_runtime_ns", c_uint64),
        ("sched_deadline_ns", c_uint64),
        ("sched_period_ns", c_uint64),
        ("affinity", c_void_p),
        ("affinity_words", c_size_t),
        ("fds", c_void_p),
        ("fd_count", c_size_t),
        ("rlimits", ctypes.POINTER(Rlimit)),
        ("rlimit_count", c_size_t),
        ("caps", Caps),
        ("groups", c_void_p),
        ("group_count", c_size_t),
        ("cwd", c_char_p),
        ("signal_mask", c_uint64),
        ("seccomp", c_void_p),
        ("seccomp_count", c_size_t),
        ("cgroup_fd", c_int32),
        ("process_group", c_int32),
        ("controlling_tty_fd", c_int32),
        ("foreground_fd", c_int32),
        ("oom_score_adj", c_int32),
        ("umask", c_uint32),
        ("personality", c_uint32),
        ("nice", c_int32),
        ("sched_policy", c_int32),
        ("sched_priority", c_int32),
        ("io_priority", c_uint32),
        ("gid", c_uint32),
        ("uid", c_uint32),
        ("cwd_fd", c_int32),
        ("parent_death_signal", c_int32),
        ("landlock_fd", c_int32),
        ("exec_fd", c_int32),
        ("reserved", c_uint32),
    ]


class Child(ctypes.Structure):
    _fields_ = [
        ("size", c_uint64),
        ("pid", c_int32),
        ("pidfd", c_int32),
        ("emulated", c_uint64),
        ("omitted", c_uint64),
        ("failed_step", c_uint64),
        ("failed_index", c_uint32),
        ("error", c_int32),
    ]


class Exit(ctypes.Structure):
    _fields_ = [
        ("pid", c_int32),
        ("code", c_int32),
        ("status", c_int32),
        ("wait_status", c_int32),
        ("user_ns", c_uint64),
        ("system_ns", c_uint64),
        ("max_rss_bytes", c_uint64),
        ("minor_faults", c_uint64),
        ("major_faults", c_uint64),
        ("voluntary_switches", c_uint64),
        ("involuntary_switches", c_uint64),
    ]


def load():
    """The library, as the dynamic linker finds it or from build/; with its functions' types."""
    name = "libclone3.so.0"
    try:
        lib = ctypes.CDLL(name)
    except OSError:
        lib = ctypes.CDLL(os.path.join(os.path.dirname(__file__), "../../build", name))
    lib.clone3_spawn.argtypes = [ctypes.POINTER(Plan), ctypes.POINTER(Child)]
    lib.clone3_pidfd_wait.argtypes = [ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Exit)]
    lib.clone3_step_name.argtypes = [c_uint64]
    lib.clone3_step_name.restype = c_char_p
    return lib


def strings(values):
    """An array of C strings, ended by NULL."""
    values = [os.fsencode(value) for value in values]
    return (c_char_p * (len(values) + 1))(*values, None)


def spawn(lib, plan):
    """Starts the program; returns its pidfd, which is the caller's."""
    child = Child(size=ctypes.sizeof(Child))
    plan.size = ctypes.sizeof(Plan)
    if lib.clone3_spawn(plan, child) < 0:
        step = lib.clone3_step_name(child.failed_step).decode()
        raise OSError(child.error, f"step {step}: {os.strerror(child.error)}")
    return child.pidfd


def wait(lib, pidfd):
    """Waits for the end; returns how it was."""
    end = Exit()
    error = lib.clone3_pidfd_wait(pidfd, 0, end)
    os.close(pidfd)
    if error < 0:
        raise OSError(-error, os.strerror(-error))
    return end


def main():
    lib = load()
    args = sys.argv[1:] or ["sh", "-c", "echo descriptors: $(ulimit -n); exit 3"]
    limits = (Rlimit * 2)(
        Rlimit(resource.RLIMIT_NOFILE, soft=64, hard=64),
        Rlimit(resource.RLIMIT_CORE, soft=0, hard=0),
    )
    plan = Plan(
        steps=STEP_CLOSE_OTHERS | STEP_RLIMITS | STEP_NO_NEW_PRIVS,
        path=os.fsencode(args[0]),
        argv=strings(args),
        search_path=os.fsencode(os.environ.get("PATH", os.defpath)),
        rlimits=limits,
        rlimit_count=len(limits),
    )
    try:
        end = wait(lib, spawn(lib, plan))
    except OSError as error:
        sys.exit(f"spawn.py: {error.strerror}")
    kind = "exit status" if os.WIFEXITED(end.wait_status) else "signal"
    print(f"{kind} {end.status}, {(end.user_ns + end.system_ns) // 1000} us of CPU time")

    plan.steps |= STEP_CWD
    plan.cwd = b"/no/such/directory"
    try:
        wait(lib, spawn(lib, plan))
    except OSError as error:
        print(f"with another directory: {error.strerror}")


if __name__ == "__main__":
    main()
