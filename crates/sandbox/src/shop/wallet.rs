//! The wallet's merchant API, as a merchant's till calls it.

use crate::{AppState, pages::Lang};
use axum::http::header;
use serde_json::Value;

const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Asks the wallet; gives its answer, or a sentence that says why not.
pub(super) async fn ask(state: &AppState, lang: Lang, route: &str, body: &Value) -> Result<Value, String> {
    let url = format!("{}/v1/merchant/{route}", state.settings.shop_wallet_url);
    let asking = state.http.post(url).bearer_auth(&state.settings.shop_key);
    let asked = asking.header(header::ACCEPT_LANGUAGE, lang.code()).json(body).send().await;
    let mut answer = asked.map_err(|why| {
        // The reason may hold addresses; it is for the log.
        tracing::warn!(%why, route, "the shop does not reach the wallet");
        lang.pick("ウォレットから返事がありません。", "The wallet does not answer.").to_owned()
    })?;
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
            break;
        }
        bytes.extend_from_slice(&chunk);
    }
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    if status.is_success() && body.is_object() {
        return Ok(body);
    }
    let said = |name: &str| body[name].as_str().filter(|text| !text.is_empty());
    let sentence = said("detail").or(said("title"));
    let sentence = sentence.unwrap_or(lang.pick("ウォレットが断りました。", "The wallet refused."));
    let code = said("code").unwrap_or(status.as_str());
    Err(format!("{sentence} ({code})"))
}
