//! Waiting in tokio's runtime.

mod common;

use common::{no_child_left, sh};
use libclone3::{Child, Command, Error, PidFd, Stdio};
use std::future::Future;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;
use tokio::io::unix::AsyncFd;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

tests![
    wait_async_gives_the_status,
    wait_async_closes_stdin,
    wait_async_of_one_that_has_ended,
    wait_async_does_not_block,
    wait_async_can_be_dropped_and_begun_anew,
    wait_async_after_another_wait,
    many_children_at_once,
    output_async_captures_both_streams,
    output_async_that_is_dropped_kills_if_asked,
    output_async_has_the_errors_of_spawn,
    outside_of_a_runtime_is_an_error,
    a_runtime_without_io_is_an_error,
    a_pidfd_registers_with_the_reactor,
    standard_streams_pass_on_to_tokio,
    futures_are_send,
];

const SOON: Duration = Duration::from_millis(30);
const LATE: Duration = Duration::from_secs(20);

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn run<F: Future>(future: F) -> F::Output {
    runtime().block_on(async { timeout(LATE, future).await.expect("it hangs") })
}

fn sleeper() -> Child {
    let mut command = Command::new("sleep");
    command.arg("60").kill_on_drop(true).spawn().unwrap()
}

fn wait_async_gives_the_status() {
    run(async {
        let mut child = sh("sleep 0.05; exit 5").spawn().unwrap();
        assert_eq!(child.wait_async().await.unwrap().code(), Some(5));
        assert_eq!(child.wait_async().await.unwrap().code(), Some(5));
        assert_eq!(child.wait().unwrap().code(), Some(5));
        let pidfd = sh("kill -TERM $$").spawn().unwrap().into_pidfd();
        assert_eq!(
            pidfd.wait_async().await.unwrap().signal(),
            Some(libc::SIGTERM)
        );
    });
    assert!(no_child_left());
}

fn wait_async_closes_stdin() {
    run(async {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert!(child.wait_async().await.unwrap().success());
    });
}

fn wait_async_of_one_that_has_ended() {
    run(async {
        let mut child = sh("exit 2").spawn().unwrap();
        std::thread::sleep(SOON);
        assert_eq!(child.wait_async().await.unwrap().code(), Some(2));
    });
}

fn wait_async_does_not_block() {
    run(async {
        let mut child = sleeper();
        let mut ticks = 0;
        let wait = timeout(SOON, child.wait_async());
        let tick = async {
            while ticks < 5 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                ticks += 1;
            }
        };
        let (result, ()) = tokio::join!(wait, tick);
        assert!(result.is_err() && ticks == 5);
        child.kill().unwrap();
    });
}

fn wait_async_can_be_dropped_and_begun_anew() {
    run(async {
        let mut child = sleeper();
        for _ in 0..3 {
            assert!(
                timeout(Duration::from_millis(5), child.wait_async())
                    .await
                    .is_err()
            );
        }
        child.kill().unwrap();
        assert_eq!(
            child.wait_async().await.unwrap().signal(),
            Some(libc::SIGKILL)
        );
    });
    assert!(no_child_left());
}

fn wait_async_after_another_wait() {
    run(async {
        let mut child = sh("exit 3").spawn().unwrap();
        // SAFETY: a null status is allowed; the pid is our child's.
        unsafe { libc::waitpid(child.id() as i32, std::ptr::null_mut(), 0) };
        match child.wait_async().await {
            Ok(status) => assert_eq!(status.code(), Some(3)),
            Err(error) => assert_eq!(error.raw_os_error(), Some(libc::ECHILD)),
        }
    });
}

fn many_children_at_once() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..50)
            .map(|n| {
                tokio::spawn(async move {
                    let mut child = sh(&format!("sleep 0.02; exit {n}")).spawn().unwrap();
                    child.wait_async().await.unwrap().code().unwrap()
                })
            })
            .collect();
        for (n, task) in (0..).zip(tasks) {
            assert_eq!(task.await.unwrap(), n);
        }
    });
    drop(runtime);
    assert!(no_child_left());
}

fn output_async_captures_both_streams() {
    run(async {
        let script = "head -c 300000 /dev/zero; head -c 300001 /dev/zero >&2; exit 4";
        let output = sh(script).output_async().await.unwrap();
        assert_eq!(
            (output.stdout.len(), output.stderr.len()),
            (300_000, 300_001)
        );
        assert_eq!(output.status.code(), Some(4));
        let output = sh("echo x")
            .stdout(Stdio::null())
            .output_async()
            .await
            .unwrap();
        assert!(output.stdout.is_empty() && output.status.success());
    });
    assert!(no_child_left());
}

fn output_async_that_is_dropped_kills_if_asked() {
    run(async {
        let mut command = sh("exec sleep 60");
        command.kill_on_drop(true);
        assert!(timeout(SOON, command.output_async()).await.is_err());
    });
    assert!(no_child_left());
}

fn output_async_has_the_errors_of_spawn() {
    run(async {
        let error = Command::new("/nonexistent")
            .output_async()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.step(), Some(libclone3::Step::Exec));
    });
}

/// Polls once, outside of any runtime.
fn poll_once<T>(future: impl Future<Output = Result<T, Error>>) -> Error {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(result) => result.map(drop).unwrap_err(),
        std::task::Poll::Pending => panic!("it waits"),
    }
}

fn outside_of_a_runtime_is_an_error() {
    let mut child = sleeper();
    let error = poll_once(child.wait_async());
    assert_eq!(error.raw_os_error(), None);
    assert!(error.to_string().contains("no reactor running"), "{error}");
    poll_once(child.pidfd().wait_async());
    child.kill().unwrap();
    child.wait().unwrap();
    // Nothing was started.
    poll_once(sh("exit 1").output_async());
    assert!(no_child_left());
}

fn a_runtime_without_io_is_an_error() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let mut child = sleeper();
    runtime.block_on(async {
        // tokio panics behind the error.
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let output = sh("exit 1").output_async().await;
        let began = children();
        let waits = [
            child.pidfd().wait_async().await,
            child.wait_async().await,
            output.map(|output| output.status),
        ];
        std::panic::set_hook(hook);
        assert_eq!(began, format!("{} ", child.id()));
        for error in waits.map(Result::unwrap_err) {
            assert_eq!(error.raw_os_error(), None);
            assert!(error.to_string().contains("without I/O"), "{error}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // One that has ended needs no reactor.
        assert!(!child.wait_async().await.unwrap().success());
    });
    assert!(no_child_left());
}

fn children() -> String {
    std::fs::read_to_string("/proc/thread-self/children").unwrap()
}

fn a_pidfd_registers_with_the_reactor() {
    run(async {
        let child = sleeper();
        let pidfd = child.pidfd().try_clone().unwrap();
        // A newer tokio has an unsafe function in its place.
        #[allow(deprecated)]
        let registered = AsyncFd::new(pidfd).unwrap();
        assert!(timeout(SOON, registered.readable()).await.is_err());
        child.signal(libclone3::Signal::TERM).unwrap();
        let _ = registered.readable().await.unwrap();
        let status = registered.get_ref().wait().unwrap();
        assert_eq!(status.signal(), Some(libc::SIGTERM));
        // Two waits by one descriptor at a time are one too many.
        let child = sleeper();
        let mut first = std::pin::pin!(child.pidfd().wait_async());
        assert!(timeout(SOON, &mut first).await.is_err());
        let error = child.pidfd().wait_async().await.unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EEXIST));
    });
}

fn standard_streams_pass_on_to_tokio() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::unix::pipe::{Receiver, Sender};
    run(async {
        let mut command = Command::new("cat");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut sender = Sender::from_owned_fd(child.stdin.take().unwrap().into()).unwrap();
        let mut receiver = Receiver::from_owned_fd(child.stdout.take().unwrap().into()).unwrap();
        sender.write_all(b"through tokio").await.unwrap();
        drop(sender);
        let mut text = String::new();
        receiver.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "through tokio");
        assert!(child.wait_async().await.unwrap().success());
    });
}

fn futures_are_send() {
    fn check<T: Send>(_: &T) {}
    fn all(child: &mut Child, command: &mut Command, pidfd: &PidFd) {
        check(&child.wait_async());
        check(&command.output_async());
        check(&pidfd.wait_async());
    }
    let _ = all;
}
