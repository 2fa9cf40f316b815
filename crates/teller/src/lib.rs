//! teller
