//! A merchant places an order and gets the dynamic QR code for it.

use crate::{
    Ask, Code, Context, Decision, Once, Refusal, Row,
    merchants::{Merchant, Order},
};
use gate::{Evidence, Step, judge};
use jpqr::{MerchantCode, Method, StoreCode};
use serde::{Deserialize, Serialize};
use terms::{AskId, Digest, OrderId, Time, Yen};

const MEMO_MAX: usize = 100;

/// The ask.
#[derive(Debug, Clone)]
pub struct PlaceOrder {
    /// SHA-256 of the merchant's key.
    pub key: Digest,
    /// The id that the merchant chose.
    pub id: OrderId,
    /// How much.
    pub amount: Yen,
    /// The merchant's words, at most 100 characters.
    pub memo: Option<String>,
}

/// What the decision may know.
#[derive(Debug)]
pub struct PlaceOrderFacts {
    /// Whose key it is.
    pub merchant: Option<Merchant>,
}

/// The order's QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedOrder {
    /// Which order.
    pub order: OrderId,
    /// What the QR code says.
    pub payload: String,
    /// When it can no longer be paid.
    pub expires_at: Time,
}

impl Ask for PlaceOrder {
    type Facts = PlaceOrderFacts;
    type Answer = PlacedOrder;
    const NAME: &'static str = "merchants.place_order";

    fn once(&self) -> Option<Once> {
        Some(Once::new(AskId::new(self.id.uuid()), &(Self::NAME, self.amount, &self.memo)))
    }

    fn asker(&self, facts: &PlaceOrderFacts, _: &Context<'_>) -> Option<String> {
        facts.merchant.as_ref().map(|merchant| merchant.id.to_string())
    }

    fn decide(&self, facts: &PlaceOrderFacts, at: &Context<'_>) -> Decision<PlacedOrder> {
        let verdict = judge(Step::MerchantChange, &Evidence::new([]));
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            let merchant = facts.merchant.as_ref().ok_or(Refusal::new(Code::NotSignedIn))?;
            if self.amount.is_zero() || self.amount > at.policy.payment_max {
                return Err(Refusal::new(Code::AmountNotAllowed).field("amount"));
            }
            if self.memo.as_ref().is_some_and(|memo| memo.chars().count() > MEMO_MAX) {
                return Err(Refusal::new(Code::FieldNotAllowed).field("memo"));
            }
            let order = Order {
                id: self.id,
                merchant: merchant.id,
                amount: self.amount,
                memo: self.memo.clone(),
                reference: reference(self.id),
                expires_at: at.moment.now.plus(at.policy.order_life_ms),
                paid_by: None,
            };
            let payload = payload(merchant, Some(&order))?;
            plan.put(Row::Order(order.clone()));
            Ok(PlacedOrder { order: order.id, payload, expires_at: order.expires_at })
        })
    }
}

/// The order's reference label: its whole id in base 36, so that no two orders share one; EMVCo allows 25 characters,
/// and 36²⁵ is just above 2¹²⁸.
fn reference(id: OrderId) -> String {
    const LENGTH: usize = 25;
    let mut rest = id.uuid().as_u128();
    let mut digits = ['0'; LENGTH];
    for digit in digits.iter_mut().rev() {
        let value = u32::try_from(rest % 36).unwrap_or_default();
        *digit = char::from_digit(value, 36).unwrap_or('0').to_ascii_uppercase();
        rest /= 36;
    }
    digits.iter().collect()
}

/// What a merchant's printed QR code says.
///
/// # Errors
/// `field_not_allowed` where the merchant's texts do not fit into a QR code.
pub fn static_payload(merchant: &Merchant) -> Result<String, Refusal> {
    payload(merchant, None)
}

fn payload(merchant: &Merchant, order: Option<&Order>) -> Result<String, Refusal> {
    let unfit = |field: &'static str| Refusal::new(Code::FieldNotAllowed).field(field);
    let store = StoreCode {
        level_1: merchant.number.parse().map_err(|_| unfit("number"))?,
        level_2: "0001".parse().map_err(|_| unfit("number"))?,
        level_3: "000001".parse().map_err(|_| unfit("number"))?,
        level_4: "000001".parse().map_err(|_| unfit("number"))?,
    };
    let code = MerchantCode {
        method: if order.is_some() { Method::Dynamic } else { Method::Static },
        store,
        mcc: merchant.category.parse().map_err(|_| unfit("category"))?,
        amount: order.and_then(|order| u64::try_from(order.amount.get()).ok()),
        name: merchant.name_en.clone(),
        city: merchant.city.clone(),
        postal: None,
        reference: order.map(|order| order.reference.clone()),
        local_name: Some(merchant.name.clone()),
    };
    code.write().map_err(|_| unfit("name"))
}
