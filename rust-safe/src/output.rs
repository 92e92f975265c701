//! Reading two pipes at once, so that neither fills up while the other is waited for.

use crate::ffi;
use std::io::{self, Read};
use std::os::fd::AsFd;

/// As much as a pipe holds.
const CHUNK: usize = 65536;

/// Reads both to their ends.
pub(crate) fn read_both<A, B>(first: &mut A, second: &mut B) -> io::Result<(Vec<u8>, Vec<u8>)>
where
    A: Read + AsFd,
    B: Read + AsFd,
{
    let (mut from_first, mut from_second) = (Vec::new(), Vec::new());
    loop {
        // A read of a pipe that is readable does not block, though it gives less than was asked
        // for.
        let [first_is_ready, second_is_ready] =
            ffi::wait_readable([first.as_fd(), second.as_fd()])?;
        if first_is_ready && read_some(first, &mut from_first)? == 0 {
            second.read_to_end(&mut from_second)?;
            break;
        }
        if second_is_ready && read_some(second, &mut from_second)? == 0 {
            first.read_to_end(&mut from_first)?;
            break;
        }
    }
    Ok((from_first, from_second))
}

fn read_some(from: &mut impl Read, to: &mut Vec<u8>) -> io::Result<usize> {
    let length = to.len();
    to.resize(length + CHUNK, 0);
    let result = loop {
        match from.read(&mut to[length..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => break result,
        }
    };
    to.truncate(length + *result.as_ref().unwrap_or(&0));
    result
}
