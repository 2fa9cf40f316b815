//! The banks, each with its methods: which can leave a link behind, and why another cannot.

use crate::{AppState, body::Json};
use engine::directory::{Bank, Directory};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_banks))
}

/// How a bank checks who is asking.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MethodView {
    /// Its code.
    pub(crate) method: String,
    /// Its name in Japanese.
    pub(crate) name: String,
    /// Its name in English.
    pub(crate) name_en: String,
    /// What the bank asks for.
    pub(crate) factors: Vec<String>,
    /// Whether a bank account can be linked by it.
    pub(crate) linkable: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// A bank.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BankView {
    /// Four digits.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// Its name in kana.
    pub(crate) name_kana: String,
    /// Its name in English.
    pub(crate) name_en: String,
    /// Its methods.
    pub(crate) methods: Vec<MethodView>,
}

/// All banks.
#[derive(Debug, Serialize, ToSchema)]
struct BankList {
    /// In the order of their codes.
    banks: Vec<BankView>,
}

/// The banks
#[utoipa::path(get, path = "/v1/banks", tag = "linking", responses((status = 200, body = BankList)))]
async fn list_banks() -> Json<BankList> {
    Json(BankList { banks: banks() })
}

/// Every bank of the directory.
pub(crate) fn banks() -> Vec<BankView> {
    Directory::embedded().banks.values().map(bank_view).collect()
}

/// One bank.
pub(crate) fn bank_view(bank: &Bank) -> BankView {
    let directory = Directory::embedded();
    let methods = bank.methods.iter().filter_map(|code| directory.method(bank.code, code));
    BankView {
        code: bank.code.to_string(),
        name: bank.name.clone(),
        name_kana: bank.name_kana.clone(),
        name_en: bank.name_en.clone(),
        methods: methods
            .map(|method| MethodView {
                method: method.code.clone(),
                name: method.name_ja.clone(),
                name_en: method.name_en.clone(),
                factors: method.factors.iter().map(|factor| factor.code.clone()).collect(),
                linkable: method.linkable().is_ok(),
                reason: method.linkable().err().map(|weak| weak.code().to_owned()),
            })
            .collect(),
    }
}
