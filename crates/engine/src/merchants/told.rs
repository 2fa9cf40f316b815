//! Telling a merchant: an event for its stream and one webhook per endpoint.

use crate::{Context, Errand, Event, NewErrand, Plan, event::Audience, merchants::WebhookEndpoint};
use terms::{ErrandId, MerchantId};

impl Plan {
    /// Tells a merchant what happened. The webhook's body is the convention's `type`, `timestamp`, `data`
    /// (Standard Webhooks); its id stays the same over all tries.
    pub fn tell_merchant(
        &mut self,
        at: &Context<'_>,
        merchant: MerchantId,
        endpoints: &[WebhookEndpoint],
        kind: &str,
        body: serde_json::Value,
    ) {
        let now = at.moment.now;
        for endpoint in endpoints.iter().filter(|endpoint| endpoint.removed_at.is_none()) {
            let id = ErrandId::new(at.moment.uuid());
            let sent = serde_json::json!({ "type": kind, "timestamp": now.to_string(), "data": body });
            self.run(NewErrand {
                id,
                due_at: now,
                errand: Errand::Webhook {
                    endpoint: endpoint.id,
                    event: format!("msg_{id}"),
                    body: sent.to_string(),
                },
            });
        }
        self.tell(Event { audience: Audience::Merchant(merchant), at: now, kind: kind.to_owned(), body });
    }
}
