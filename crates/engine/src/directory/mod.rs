//! The directory: which banks there are, how each checks who is asking, and whether that is enough to link.

mod bank;
mod curve;
mod embedded;
mod entities;
mod factors;
mod strength;
#[cfg(test)]
mod tests;

pub(crate) use bank::is_date;
pub use bank::{Bank, FormerCode, FormerName, In2020, UNKNOWN};
pub use curve::Curve;
pub use entities::{BANKS, CURVES, Directory, METHODS};
pub use factors::{Category, Factor, Holder, LockOut, Method};
pub use strength::WeakMethod;
