//! Something of the sandbox itself broke.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Why the sandbox could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database failed.
    #[error("sandbox database: {0}")]
    Database(#[from] rusqlite::Error),
    /// Something else failed.
    #[error("sandbox: {0}")]
    Outside(String),
}

impl Fault {
    pub(crate) fn outside(why: impl std::fmt::Display) -> Self {
        Self::Outside(why.to_string())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        tracing::error!(fault = %self, "sandbox");
        (StatusCode::INTERNAL_SERVER_ERROR, "the sandbox failed; its log says why\n").into_response()
    }
}
