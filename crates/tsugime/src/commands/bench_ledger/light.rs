//! The speed of light: the same transfers appended to a file, one fdatasync for each commit, and nothing else.

use crate::exit::Ended;
use std::{
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

/// What was measured.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) transfers: u64,
    pub(crate) elapsed: Duration,
}

impl Measured {
    pub(crate) fn merge(&mut self, other: Self) {
        self.transfers += other.transfers;
        self.elapsed += other.elapsed;
    }
}

/// Appends records of so many bytes as the journal hashes for a transfer, `at_once` for each fdatasync.
pub(crate) fn run(path: &Path, at_once: usize, time: Duration) -> Result<Measured, Ended> {
    let failed = |why: std::io::Error| Ended::fault(path.display(), why);
    let mut file = File::create(path).map_err(failed)?;
    let records = vec![0x5a; at_once * store::yardstick::TRANSFER_BYTES];
    let begun = Instant::now();
    let mut transfers = 0;
    while begun.elapsed() < time {
        file.write_all(&records).map_err(failed)?;
        file.sync_data().map_err(failed)?;
        transfers += at_once as u64;
    }
    let elapsed = begun.elapsed();
    drop(file);
    std::fs::remove_file(path).map_err(failed)?;
    Ok(Measured { transfers, elapsed })
}
