//! The detectors together: what they say of honest people and of thieves, that findings add up, and the page about them.

mod documented;
mod honest;
mod past;
mod sums;
mod thieves;
