//! Who an access token speaks of (OpenID Connect Core §5.3).

use super::subject;
use crate::{AppState, Fault, clock, people};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rusqlite::OptionalExtension;
use serde_json::json;

/// `GET /openid/userinfo`
pub(super) async fn tell(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Fault> {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = shown.strip_prefix("Bearer ").unwrap_or_default().to_owned();
    let person = state
        .db
        .read(move |c| {
            let sql = "SELECT person FROM openid_access WHERE token = ?1 AND expires_at > ?2";
            let id: Option<String> =
                c.query_row(sql, (&token, clock::now_s()), |row| row.get(0)).optional()?;
            id.map_or(Ok(None), |id| people::by_id(c, &id))
        })
        .await?;
    Ok(match person {
        Some(person) => {
            let claims = json!({ "sub": subject(&person), "email": person.mail, "email_verified": true });
            Json(claims).into_response()
        }
        None => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")])
            .into_response(),
    })
}
