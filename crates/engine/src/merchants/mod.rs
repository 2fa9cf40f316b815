//! Merchants: shops that are paid, their orders and webhooks.

mod entities;

pub use entities::{Merchant, Order, WebhookEndpoint};
