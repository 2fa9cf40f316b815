//! A file of rules on disk.

use crate::exit::Ended;
use gate::rules::{FILE_BYTES_MAX, Mistake, RuleBook};
use std::{fs::File, io::Read, path::Path};

/// Reads a file, and not more of it than rules may have.
///
/// # Errors
/// It cannot be read, or is no text.
pub(super) fn text_of(path: &Path) -> Result<String, Ended> {
    let wrong = |why: std::io::Error| Ended::Refused(format!("{}: {why}", path.display()));
    let most = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let file = File::open(path).map_err(wrong)?;
    // One byte too many is enough to be refused as too large, whatever character it is cut from.
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).map_err(wrong)?;
    if bytes.len() > FILE_BYTES_MAX {
        let what = format!("{}: too large; allowed are {FILE_BYTES_MAX} bytes", path.display());
        return Err(Ended::Refused(what));
    }
    String::from_utf8(bytes).map_err(|why| {
        let place = why.utf8_error().valid_up_to();
        Ended::Refused(format!("{}: no UTF-8 text behind byte {place}", path.display()))
    })
}

/// The rules of a file, or the lines that say what is wrong.
///
/// # Errors
/// Everything that is wrong, each on a line with its place.
pub(super) fn book_in(path: &Path, text: &str) -> Result<RuleBook, Ended> {
    RuleBook::read(text).map_err(|mistakes| Ended::Refused(lines(path, &mistakes)))
}

/// `FILE:LINE:COLUMN: what`, one per line.
pub(super) fn lines(path: &Path, mistakes: &[Mistake]) -> String {
    mistakes.iter().map(|one| format!("{}:{one}", path.display())).collect::<Vec<_>>().join("\n")
}
