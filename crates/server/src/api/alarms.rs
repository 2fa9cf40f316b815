//! What the watch has to say: alarms, and how much stands behind them at each bank.

use crate::{AppState, body::Json, credentials::Operator, problem::Problem};
use axum::extract::State;
use engine::watch::RaisedAlarm;
use gate::alarms::{Code, Scope};
use serde::Serialize;
use store::look;
use terms::{BankCode, Time};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const LISTED_MAX: u32 = 100;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_alarms))
}

/// A sentence in both languages.
#[derive(Debug, Serialize, ToSchema)]
struct Sentence {
    /// In Japanese.
    ja: String,
    /// In English.
    en: String,
}

/// An alarm that was raised.
#[derive(Debug, Serialize, ToSchema)]
struct AlarmView {
    /// Its id.
    id: String,
    /// Which statistic.
    #[schema(value_type = String, example = "orphans")]
    code: Code,
    /// `all`, `bank:0001` or `method:0001:METHOD`.
    scope: String,
    /// When.
    raised_at: String,
    /// The number of the last try at a bank's check that it had seen.
    sighting: u64,
    /// The number that crossed its threshold.
    evidence: f64,
    /// The threshold: at most one false alarm in five years.
    threshold: f64,
    /// Expected compromised accounts beyond the honest ones, when it rang.
    excess: f64,
    /// What it means.
    says: Sentence,
}

/// What stands behind one bank.
#[derive(Debug, Serialize, ToSchema)]
struct ExcessView {
    /// The bank: four digits.
    bank: String,
    /// Expected compromised accounts beyond the honest ones, decayed over 30 days. A breaker opens at 1.
    excess: f64,
}

/// What the watch has to say.
#[derive(Debug, Serialize, ToSchema)]
struct AlarmList {
    /// The newest first, at most 100.
    alarms: Vec<AlarmView>,
    /// The number of the last try at a bank's check that the watch has seen.
    seen: u64,
    /// Over all banks together, as at each bank.
    excess: f64,
    /// In the order of the banks' codes.
    banks: Vec<ExcessView>,
}

fn view(raised: &RaisedAlarm) -> AlarmView {
    let alarm = &raised.alarm;
    AlarmView {
        id: raised.id.to_string(),
        code: alarm.code,
        scope: match &alarm.scope {
            Scope::All => "all".to_owned(),
            Scope::Bank(bank) => format!("bank:{bank}"),
            Scope::Method(bank, method) => format!("method:{bank}:{method}"),
        },
        raised_at: raised.raised_at.to_string(),
        sighting: alarm.number,
        evidence: alarm.evidence,
        threshold: alarm.threshold,
        excess: alarm.excess,
        says: Sentence { ja: alarm.says.ja.clone(), en: alarm.says.en.clone() },
    }
}

/// Alarms
///
/// The watch folds over every try at a bank's check, on all nodes together. As saved: at most an hour or 200 tries old.
#[utoipa::path(
    get, path = "/v1/operator/alarms", tag = "operator", security(("operator_token" = [])),
    responses((status = 200, body = AlarmList))
)]
async fn list_alarms(State(state): State<AppState>, _: Operator) -> Result<Json<AlarmList>, Problem> {
    let looked = state.teller.look(|shelf| {
        let alarms = look::alarms_since(shelf, Time::from_millis(0), LISTED_MAX)?;
        Ok((alarms, look::watch_state(shelf)?.unwrap_or_default().watch))
    });
    let (alarms, watch) = looked.await?;
    let bank = |(bank, excess): (BankCode, f64)| ExcessView { bank: bank.to_string(), excess };
    Ok(Json(AlarmList {
        alarms: alarms.iter().map(view).collect(),
        seen: watch.number(),
        excess: watch.excess_of_all(),
        banks: watch.excesses().into_iter().map(bank).collect(),
    }))
}
