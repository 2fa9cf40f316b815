//! A merchant says where webhooks go.

use crate::{
    Ask, Code, Context, Decision, Refusal, Row,
    merchants::{Merchant, WebhookEndpoint},
};
use gate::{Evidence, Step, judge};
use terms::{Digest, EndpointId, Secret};

const ENDPOINTS_MAX: usize = 5;
const URL_MAX: usize = 500;

/// The ask for a new endpoint.
#[derive(Debug, Clone)]
pub struct AddEndpoint {
    /// SHA-256 of the merchant's key.
    pub key: Digest,
    /// Where to; the server has checked that it is a URL that webhooks may go to.
    pub url: String,
    /// The signing key that the shell drew, `whsec_…`.
    pub secret: Secret,
}

/// What the decision may know.
#[derive(Debug)]
pub struct AddEndpointFacts {
    /// Whose key it is.
    pub merchant: Option<Merchant>,
    /// The merchant's endpoints.
    pub endpoints: Vec<WebhookEndpoint>,
}

impl Ask for AddEndpoint {
    type Facts = AddEndpointFacts;
    type Answer = EndpointId;
    const NAME: &'static str = "merchants.add_endpoint";

    fn decide(&self, facts: &AddEndpointFacts, at: &Context<'_>) -> Decision<EndpointId> {
        let verdict = judge(Step::MerchantChange, &Evidence::new([]));
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            let merchant = facts.merchant.as_ref().ok_or(Refusal::new(Code::NotSignedIn))?;
            if facts.endpoints.len() >= ENDPOINTS_MAX {
                return Err(Code::TooMany.into());
            }
            if self.url.len() > URL_MAX {
                return Err(Refusal::new(Code::FieldNotAllowed).field("url"));
            }
            let id = EndpointId::new(at.moment.uuid());
            plan.put(Row::WebhookEndpoint(WebhookEndpoint {
                id,
                merchant: merchant.id,
                url: self.url.clone(),
                secret: self.secret.clone(),
                created_at: at.moment.now,
                removed_at: None,
            }));
            Ok(id)
        })
    }
}

/// The ask to remove an endpoint.
#[derive(Debug, Clone)]
pub struct RemoveEndpoint {
    /// SHA-256 of the merchant's key.
    pub key: Digest,
    /// Which endpoint.
    pub endpoint: EndpointId,
}

/// What the decision may know.
#[derive(Debug)]
pub struct RemoveEndpointFacts {
    /// Whose key it is.
    pub merchant: Option<Merchant>,
    /// The endpoint.
    pub endpoint: Option<WebhookEndpoint>,
}

impl Ask for RemoveEndpoint {
    type Facts = RemoveEndpointFacts;
    type Answer = ();
    const NAME: &'static str = "merchants.remove_endpoint";

    fn decide(&self, facts: &RemoveEndpointFacts, at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::MerchantChange, &Evidence::new([]));
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            let merchant = facts.merchant.as_ref().ok_or(Refusal::new(Code::NotSignedIn))?;
            let endpoint = facts
                .endpoint
                .as_ref()
                .filter(|endpoint| endpoint.merchant == merchant.id && endpoint.removed_at.is_none())
                .ok_or(Refusal::new(Code::NotFound))?;
            plan.put(Row::WebhookEndpoint(WebhookEndpoint {
                removed_at: Some(at.moment.now),
                ..endpoint.clone()
            }));
            Ok(())
        })
    }
}
