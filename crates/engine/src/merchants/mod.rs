//! Merchants: shops that are paid, their orders and webhooks.

mod add;
mod endpoint;
mod entities;
mod order;
mod told;

pub use add::{AddMerchant, AddMerchantFacts};
pub use endpoint::{AddEndpoint, AddEndpointFacts, RemoveEndpoint, RemoveEndpointFacts};
pub use entities::{Merchant, Order, WebhookEndpoint};
pub use order::{PlaceOrder, PlaceOrderFacts, PlacedOrder, static_payload};
