//! The header and the bindings agree, by the word of the C compiler: sizes, offsets, values and
//! signatures as Rust has them become static assertions of a C program. Independent of bindgen's
//! own assertions, which libclang answers.

use core::ffi::{c_char, c_int, c_uint, c_void};
use core::mem::{offset_of, size_of};
use libclone3_sys::*;
use std::fmt::Write;

const HEADER: &str = include_str!("../include/clone3.h");
const BINDINGS: &str = include_str!("../src/bindings.rs");

/// Compiles assertions behind an include of the header.
fn compile(name: &str, assertions: &str) {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = directory.join(format!("{name}.c"));
    let program = format!("#include \"clone3.h\"\n{assertions}");
    std::fs::write(&file, program).unwrap();
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let output = std::process::Command::new(&compiler)
        .args([
            "-std=gnu11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-fsyntax-only",
            "-I",
        ])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/include"))
        .arg(&file)
        .output()
        .unwrap_or_else(|error| panic!("{compiler}: {error}"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

macro_rules! layout {
    ($($name:ident { $($field:ident: $type:ty => $c:literal),* $(,)? })*) => {{
        let mut text = String::new();
        $(
            // A literal without a field missing or added, so that none is left unchecked.
            let _ = |value: $name| { let $name { $($field),* } = value; $(let _: $type = $field;)* };
            let name = stringify!($name);
            writeln!(text, "_Static_assert(sizeof(struct {name}) == {}, \"\");", size_of::<$name>())
                .unwrap();
            $(writeln!(
                text,
                "_Static_assert(offsetof(struct {name}, {field}) == {}, \"{field}\");\n\
                 _Static_assert(__builtin_types_compatible_p(\
                 __typeof__(((struct {name} *)0)->{field}), {}), \"{field}\");",
                offset_of!($name, $field), $c, field = stringify!($field)
            ).unwrap();)*
        )*
        text
    }};
}

#[test]
fn structs_have_the_same_layout() {
    let text = layout! {
        clone3_args {
            flags: u64 => "uint64_t", pidfd: u64 => "uint64_t", child_tid: u64 => "uint64_t",
            parent_tid: u64 => "uint64_t", exit_signal: u64 => "uint64_t", stack: u64 => "uint64_t",
            stack_size: u64 => "uint64_t", tls: u64 => "uint64_t", set_tid: u64 => "uint64_t",
            set_tid_size: u64 => "uint64_t", cgroup: u64 => "uint64_t",
        }
        clone3_stack { base: *mut c_void => "void *", size: usize => "size_t" }
        clone3_support {
            size: u64 => "uint64_t", clone3_error: i32 => "int32_t", args_size: u32 => "uint32_t",
            flags: u64 => "uint64_t", steps: u64 => "uint64_t",
        }
        clone3_exit {
            pid: i32 => "int32_t", code: i32 => "int32_t", status: i32 => "int32_t",
            wait_status: i32 => "int32_t", user_ns: u64 => "uint64_t", system_ns: u64 => "uint64_t",
            max_rss_bytes: u64 => "uint64_t", minor_faults: u64 => "uint64_t",
            major_faults: u64 => "uint64_t", voluntary_switches: u64 => "uint64_t",
            involuntary_switches: u64 => "uint64_t",
        }
        clone3_pidfd_info {
            size: u64 => "uint64_t", mask: u64 => "uint64_t", cgroup_id: u64 => "uint64_t",
            pid: u32 => "uint32_t", tgid: u32 => "uint32_t", ppid: u32 => "uint32_t",
            ruid: u32 => "uint32_t", rgid: u32 => "uint32_t", euid: u32 => "uint32_t",
            egid: u32 => "uint32_t", suid: u32 => "uint32_t", sgid: u32 => "uint32_t",
            fsuid: u32 => "uint32_t", fsgid: u32 => "uint32_t", wait_status: i32 => "int32_t",
            coredump_mask: u32 => "uint32_t", coredump_signal: u32 => "uint32_t",
            coredump_code: u32 => "uint32_t", reserved: u32 => "uint32_t",
            supported: u64 => "uint64_t",
        }
        clone3_join {
            fd: i32 => "int32_t", reserved: u32 => "uint32_t", namespaces: u64 => "uint64_t",
        }
        clone3_id_range {
            inside: u32 => "uint32_t", outside: u32 => "uint32_t", count: u32 => "uint32_t",
        }
        clone3_mount {
            mount_fd: i32 => "int32_t", reserved: u32 => "uint32_t",
            target: *const c_char => "const char *",
        }
        clone3_fd { source: i32 => "int32_t", target: i32 => "int32_t" }
        clone3_rlimit {
            resource: u32 => "uint32_t", reserved: u32 => "uint32_t", soft: u64 => "uint64_t",
            hard: u64 => "uint64_t",
        }
        clone3_caps {
            bounding: u64 => "uint64_t", permitted: u64 => "uint64_t",
            effective: u64 => "uint64_t", inheritable: u64 => "uint64_t",
            ambient: u64 => "uint64_t", securebits: u32 => "uint32_t",
            reserved: u32 => "uint32_t",
        }
        clone3_filter {
            code: u16 => "uint16_t", jt: u8 => "uint8_t", jf: u8 => "uint8_t",
            k: u32 => "uint32_t",
        }
        clone3_plan {
            size: u64 => "uint64_t", steps: u64 => "uint64_t", optional: u64 => "uint64_t",
            path: *const c_char => "const char *",
            argv: *const *const c_char => "const char *const *",
            envp: *const *const c_char => "const char *const *",
            search_path: *const c_char => "const char *", namespaces: u64 => "uint64_t",
            set_tid: *const i32 => "const int32_t *", set_tid_count: usize => "size_t",
            ignore_signals: u64 => "uint64_t", default_signals: u64 => "uint64_t",
            joins: *const clone3_join => "const struct clone3_join *",
            join_count: usize => "size_t",
            uid_map: *const clone3_id_range => "const struct clone3_id_range *",
            uid_map_count: usize => "size_t",
            gid_map: *const clone3_id_range => "const struct clone3_id_range *",
            gid_map_count: usize => "size_t", monotonic_offset_ns: i64 => "int64_t",
            boottime_offset_ns: i64 => "int64_t",
            mounts: *const clone3_mount => "const struct clone3_mount *",
            mount_count: usize => "size_t", pivot_root: *const c_char => "const char *",
            root: *const c_char => "const char *", hostname: *const c_char => "const char *",
            timer_slack_ns: u64 => "uint64_t", sched_flags: u64 => "uint64_t",
            sched_runtime_ns: u64 => "uint64_t", sched_deadline_ns: u64 => "uint64_t",
            sched_period_ns: u64 => "uint64_t", affinity: *const u64 => "const uint64_t *",
            affinity_words: usize => "size_t",
            fds: *const clone3_fd => "const struct clone3_fd *", fd_count: usize => "size_t",
            rlimits: *const clone3_rlimit => "const struct clone3_rlimit *",
            rlimit_count: usize => "size_t", caps: clone3_caps => "struct clone3_caps",
            groups: *const u32 => "const uint32_t *", group_count: usize => "size_t",
            cwd: *const c_char => "const char *", signal_mask: u64 => "uint64_t",
            seccomp: *const clone3_filter => "const struct clone3_filter *",
            seccomp_count: usize => "size_t", cgroup_fd: i32 => "int32_t",
            process_group: i32 => "int32_t", controlling_tty_fd: i32 => "int32_t",
            foreground_fd: i32 => "int32_t", oom_score_adj: i32 => "int32_t",
            umask: u32 => "uint32_t", personality: u32 => "uint32_t", nice: i32 => "int32_t",
            sched_policy: i32 => "int32_t", sched_priority: i32 => "int32_t",
            io_priority: u32 => "uint32_t", gid: u32 => "uint32_t", uid: u32 => "uint32_t",
            cwd_fd: i32 => "int32_t", parent_death_signal: i32 => "int32_t",
            landlock_fd: i32 => "int32_t", exec_fd: i32 => "int32_t", reserved: u32 => "uint32_t",
        }
        clone3_child {
            size: u64 => "uint64_t", pid: i32 => "int32_t", pidfd: i32 => "int32_t",
            emulated: u64 => "uint64_t", omitted: u64 => "uint64_t",
            failed_step: u64 => "uint64_t", failed_index: u32 => "uint32_t",
            error: i32 => "int32_t",
        }
    };
    compile("structs", &text);
}

macro_rules! functions {
    ($($name:ident: $rust:ty, $c:literal;)*) => {{
        let mut text = String::new();
        let mut names = Vec::new();
        $(
            let _: $rust = $name;
            names.push(stringify!($name));
            writeln!(
                text,
                "_Static_assert(__builtin_types_compatible_p(__typeof__(&{name}), {}), \"{name}\");",
                $c, name = stringify!($name)
            ).unwrap();
        )*
        (text, names)
    }};
}

type Function = Option<unsafe extern "C" fn(*mut c_void) -> c_int>;

#[test]
fn functions_have_the_same_signature() {
    let (text, names) = functions! {
        clone3_args_init: unsafe extern "C" fn(*mut clone3_args),
            "void (*)(struct clone3_args *)";
        clone3_fork: unsafe extern "C" fn(*const clone3_args, usize) -> c_int,
            "int (*)(const struct clone3_args *, size_t)";
        clone3_call:
            unsafe extern "C" fn(*const clone3_args, usize, Function, *mut c_void) -> c_int,
            "int (*)(const struct clone3_args *, size_t, int (*)(void *), void *)";
        clone3_check: unsafe extern "C" fn(*const clone3_args, usize, *mut *const c_char) -> c_int,
            "int (*)(const struct clone3_args *, size_t, const char **)";
        clone3_explain: unsafe extern "C" fn(*const clone3_args, usize, c_int) -> *const c_char,
            "const char *(*)(const struct clone3_args *, size_t, int)";
        clone3_flag_name: unsafe extern "C" fn(u64) -> *const c_char,
            "const char *(*)(uint64_t)";
        clone3_stack_map: unsafe extern "C" fn(usize, *mut clone3_stack) -> c_int,
            "int (*)(size_t, struct clone3_stack *)";
        clone3_stack_unmap: unsafe extern "C" fn(*mut clone3_stack) -> c_int,
            "int (*)(struct clone3_stack *)";
        clone3_probe: unsafe extern "C" fn(*mut clone3_support) -> c_int,
            "int (*)(struct clone3_support *)";
        clone3_pidfd_open: unsafe extern "C" fn(c_int, c_uint) -> c_int,
            "int (*)(int, unsigned int)";
        clone3_pidfd_send_signal: unsafe extern "C" fn(c_int, c_int, c_uint) -> c_int,
            "int (*)(int, int, unsigned int)";
        clone3_pidfd_getfd: unsafe extern "C" fn(c_int, c_int) -> c_int,
            "int (*)(int, int)";
        clone3_pidfd_wait: unsafe extern "C" fn(c_int, c_uint, *mut clone3_exit) -> c_int,
            "int (*)(int, unsigned int, struct clone3_exit *)";
        clone3_pidfd_wait_timeout:
            unsafe extern "C" fn(c_int, c_uint, i64, *mut clone3_exit) -> c_int,
            "int (*)(int, unsigned int, int64_t, struct clone3_exit *)";
        clone3_pidfd_namespace: unsafe extern "C" fn(c_int, u64) -> c_int,
            "int (*)(int, uint64_t)";
        clone3_pidfd_setns: unsafe extern "C" fn(c_int, u64) -> c_int,
            "int (*)(int, uint64_t)";
        clone3_pidfd_get_info: unsafe extern "C" fn(c_int, *mut clone3_pidfd_info) -> c_int,
            "int (*)(int, struct clone3_pidfd_info *)";
        clone3_cgroup_kill: unsafe extern "C" fn(c_int) -> c_int,
            "int (*)(int)";
        clone3_cgroup_wait_empty: unsafe extern "C" fn(c_int, i64) -> c_int,
            "int (*)(int, int64_t)";
        clone3_spawn: unsafe extern "C" fn(*const clone3_plan, *mut clone3_child) -> c_int,
            "int (*)(const struct clone3_plan *, struct clone3_child *)";
        clone3_step_name: unsafe extern "C" fn(u64) -> *const c_char,
            "const char *(*)(uint64_t)";
        clone3_version: unsafe extern "C" fn() -> *const c_char,
            "const char *(*)(void)";
    };
    compile("functions", &text);

    // Every function that the header declares is in the list above.
    let code = without_comments(HEADER);
    let declared = code.split("CLONE3_API").filter_map(|declaration| {
        let (head, _) = declaration.split_once('(')?;
        head.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next()
    });
    let mut declared: Vec<_> = declared
        .filter(|name| name.starts_with("clone3_"))
        .collect();
    declared.sort_unstable();
    let mut listed = names;
    listed.sort_unstable();
    assert_eq!(declared, listed);
}

#[test]
fn constants_have_the_same_value() {
    let mut text = String::new();
    let mut bound = Vec::new();
    for line in BINDINGS.lines() {
        let Some(rest) = line.strip_prefix("pub const CLONE3_") else {
            continue;
        };
        let (name, value) = rest.split_once(": u64 = ").expect("every constant is u64");
        let value = value.trim_end_matches(';');
        writeln!(
            text,
            "_Static_assert(CLONE3_{name} == {value}ULL, \"{name}\");"
        )
        .unwrap();
        bound.push(name);
    }
    compile("constants", &text);

    let defined: Vec<_> = HEADER
        .lines()
        .filter_map(|line| {
            line.strip_prefix("#define CLONE3_")?
                .split_whitespace()
                .next()
        })
        .filter(|name| !name.contains('(') && !["H", "API"].contains(name))
        .collect();
    assert_eq!(defined, bound);
}

fn without_comments(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some((code, comment)) = rest.split_once("/*") {
        text.push_str(code);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    text + rest
}
