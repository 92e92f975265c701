//! What it costs to start a program, run it and reap it: by libclone3 and by its peers, from
//! several callers, measured in turn so that what disturbs the machine disturbs all alike.

pub mod caller;
pub mod picture;
pub mod report;
pub mod run;
pub mod statistics;
pub mod subject;
