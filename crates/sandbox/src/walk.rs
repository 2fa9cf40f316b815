//! stub
pub(crate) fn router() -> axum::Router<crate::AppState> {
    axum::Router::new()
}
