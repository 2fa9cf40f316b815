//! Growth: the same measurement after 1, 5 and more million transfers, and what a transfer takes of the disk.

use super::{
    Bench, Options, load,
    load::Point,
    point,
    report::LedgerRow,
    traffic::{Skew, Traffic},
};
use crate::exit::Ended;
use std::{path::Path, time::Duration};
use store::Place;

const MILLION: u64 = 1_000_000;

/// Fills the book to each size and measures there.
pub(crate) async fn grow(
    bench: &Bench,
    traffic: &Traffic,
    options: &Options,
    millions: u64,
) -> Result<Vec<LedgerRow>, Ended> {
    let skew = options.skew.first().copied().unwrap_or(Skew::Uniform);
    let marks = [1, 5, 20].into_iter().filter(|&mark| mark < millions).chain([millions]);
    let mut rows = Vec::new();
    let mut filled = 0;
    for mark in marks {
        let mut told = filled;
        while filled < mark * MILLION {
            let filler = Point { skew, clients: 2, batch: 8_190, seconds: 1 };
            filled += load::run(&bench.teller, traffic, &filler, Duration::from_secs(1)).await?.transfers;
            if filled - told >= MILLION {
                told = filled;
                eprintln!("· {filled} transfers of {}", millions * MILLION);
            }
        }
        for (&clients, &batch) in options.clients.iter().zip(options.batch.iter().cycle()) {
            let at = Point { skew, clients, batch, seconds: options.seconds };
            let mut row = point(bench, traffic, at).await?;
            filled += row.transfers;
            row.after = Some(filled);
            row.bytes_per_transfer = bytes(&bench.place).map(|bytes| bytes / filled);
            rows.push(row);
        }
    }
    Ok(rows)
}

fn bytes(place: &Place) -> Option<u64> {
    let Place::File(path) = place else { return None };
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    Some(size(path))
}
