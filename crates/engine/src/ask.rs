//! What is wanted, and everything that surrounds a decision.

use crate::{Decision, Policy};
use gate::Subjects;
use serde::{Serialize, de::DeserializeOwned};
use terms::{AskId, DeviceId, Moment};

/// One use case. Its facts are everything that the decision may know; its answer is what the asker gets.
pub trait Ask: Send + Sync + 'static {
    /// Everything that the decision may know.
    type Facts;
    /// What the asker gets.
    type Answer: Serialize + DeserializeOwned + Clone + Send + 'static;
    /// Its stable name, `capability.action`.
    const NAME: &'static str;

    /// The id that the asker chose, where the ask has one (P3).
    fn once(&self) -> Option<Once> {
        None
    }

    /// Who asks, as text, once the facts are known and show that the asker is still let in; an id chosen by one
    /// asker is no answer for another.
    fn asker(&self, _facts: &Self::Facts, _at: &Context<'_>) -> Option<String> {
        None
    }

    /// Decides. Pure: the same facts, ask and context give the same decision.
    fn decide(&self, facts: &Self::Facts, at: &Context<'_>) -> Decision<Self::Answer>;
}

/// An asker's id for an ask, and what the ask is, so that the same id for something else is noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The asker's id.
    pub id: AskId,
    /// The ask's content as text; the store keeps a digest of it.
    pub content: String,
}

impl Once {
    /// Takes the id and everything that makes the ask what it is.
    pub fn new(id: AskId, content: &impl Serialize) -> Self {
        // Plain structs of numbers and texts always become JSON.
        Self { id, content: serde_json::to_string(content).unwrap_or_default() }
    }
}

/// Where an ask came from.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The device's long-lived cookie or the app's own id.
    pub device: Option<DeviceId>,
    /// The network address: an IPv4 address, or the /64 of an IPv6 address.
    pub address: Option<String>,
    /// The request's id, for the log.
    pub request: Option<String>,
}

impl Source {
    /// The subjects that are known from the source alone.
    pub fn subjects(&self) -> Subjects {
        Subjects::at(self.device, self.address.clone())
    }
}

/// Everything around a decision that is not a fact about its subject.
#[derive(Debug)]
pub struct Context<'c> {
    /// When, and the seed of new ids.
    pub moment: Moment,
    /// Where from.
    pub source: &'c Source,
    /// The operator's settings.
    pub policy: &'c Policy,
}
