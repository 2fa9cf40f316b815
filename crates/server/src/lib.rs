//! The wallet over HTTP: JSON API, pages, events stream, metrics. The only crate that knows HTTP and HTML.
//!
//! [`router`] is everything. A capability is one file in `api/` and one in `pages/`, each with a `routes()`
//! that stands as one line in the list of its `mod.rs`; what every answer has in common is in `shell/`.

mod api;
mod away;
mod body;
mod credentials;
mod draw;
mod feed;
mod locale;
mod looking;
mod metrics;
mod openapi;
mod page;
mod pages;
mod passkey;
mod problem;
mod router;
mod settings;
mod shell;
mod state;
mod statics;

pub use api::federation::NamedOpenIdProvider;
pub use away::{FEDERATED_RETURN_PATH, IDENTITY_RETURN_PATH};
pub use router::{router, serve};
pub use settings::{DemoHints, Rate, Settings};
pub use state::{AppState, Wired};
