//! Reading two pipes at once, so that neither fills up while the other is waited for.

use crate::ffi;
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;

/// As much as a pipe holds.
const CHUNK: usize = 65536;

/// Reads both, where there are two, to their ends.
pub(crate) fn read_both<A, B>(
    mut first: Option<A>,
    mut second: Option<B>,
) -> io::Result<(Vec<u8>, Vec<u8>)>
where
    A: Read + AsFd,
    B: Read + AsFd,
{
    let mut buffer = vec![0; CHUNK];
    let (mut from_first, mut from_second) = (Vec::new(), Vec::new());
    while first.is_some() || second.is_some() {
        let fds = [first.as_ref().map(A::as_fd), second.as_ref().map(B::as_fd)];
        let [first_is_ready, second_is_ready] = ffi::wait_readable(fds)?;
        if first_is_ready {
            read_some(&mut first, &mut buffer, &mut from_first)?;
        }
        if second_is_ready {
            read_some(&mut second, &mut buffer, &mut from_second)?;
        }
    }
    Ok((from_first, from_second))
}

/// Reads once from a pipe that is readable, which does not block; at its end closes it.
fn read_some(from: &mut Option<impl Read>, buffer: &mut [u8], to: &mut Vec<u8>) -> io::Result<()> {
    match from.as_mut().map_or(Ok(0), |from| from.read(buffer)) {
        Ok(0) => *from = None,
        Ok(length) => to.extend_from_slice(&buffer[..length]),
        // A pipe may be non-blocking, and someone else may have emptied it.
        Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}
