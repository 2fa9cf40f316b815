//! jpqr
