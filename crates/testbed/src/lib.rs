//! Real database servers for tests: started in fresh folders, killed as a crash would, failed over, out of room.
//!
//! It knows nothing of the wallet. Everything that it starts ends with the value that started it, and also when
//! the test's process dies without a word. Every wait has an end. It needs Linux: it reads `/proc`.
//!
//! ```no_run
//! let Some(mut server) = testbed::or_skip(testbed::Postgres::start()) else { return };
//! let url = server.database("books").expect("an empty database");
//! // … a load on `url` …
//! server.kill().expect("killed");
//! server.start_again().expect("recovered");
//! ```
#![forbid(unsafe_code)]

mod cluster;
mod etcd;
mod fake_clock;
mod fault;
mod folder;
mod full_disk;
mod patroni;
mod ports;
mod postgres;
mod processes;
mod programs;
mod rest;
mod skip;
mod template;
mod wait;

pub use cluster::Cluster;
pub use fake_clock::FakeClock;
pub use fault::Fault;
pub use full_disk::{FullDisk, with_file_limit};
pub use patroni::Node;
pub use postgres::Postgres;
pub use skip::or_skip;
