//! The directory: which banks there are, how each checks who is asking, and whether that is enough to link.

mod entities;
mod strength;

pub use entities::{Bank, Category, Directory, DirectoryWrong, Factor, Method};
pub use strength::WeakMethod;
