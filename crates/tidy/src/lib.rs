//! The house rules are tests: `cargo test -p tidy` reads the tree and prints each breach with a better way.
//!
//! The rules live in `tests/tidy/`, one file per kind, each a list that can be read at a glance. To change a
//! rule, change its list; to make an exception, add a line with its reason.
