//! A wallet and its outside id: bound by the owner, signed in with by whoever has it at its provider.

use super::{
    stage::{Asker, Stage},
    wallet::{Wallet, redirect, returned},
};
use engine::{
    Refusal,
    sessions::{BeginFederation, CeremonyKind, FinishFederation, NewSession, OutsideIdentity, Vouched},
};
use terms::{CeremonyId, Digest};

/// The provider that vouches.
const PROVIDER: &str = "https://id.example";

impl Wallet {
    /// Binds an outside id, with a fresh signature.
    ///
    /// # Errors
    /// The wallet's refusal.
    pub fn binds_outside_id(&mut self, stage: &mut Stage, subject: &str) -> Result<(), Refusal> {
        let kind = CeremonyKind::FederatedBind;
        let (begin, finish) = walk(stage, Some(self.session), kind, subject);
        self.asks(stage, &begin)?;
        self.asks(stage, &finish).map(|_| ())
    }

    /// Signs in with an outside id; nothing where the wallet refuses that.
    pub fn signs_in_from_outside(stage: &mut Stage, asker: &Asker, subject: &str) -> Option<Digest> {
        let (begin, finish) = walk(stage, None, CeremonyKind::FederatedSignIn, subject);
        stage.ask(asker, &begin).ok()?;
        let vouched = stage.ask(asker, &finish).ok()?;
        matches!(vouched, Vouched::SignedIn(_)).then_some(finish.new_session.token)
    }
}

/// To the provider and back, with an assertion that holds.
fn walk(
    stage: &mut Stage,
    session: Option<Digest>,
    kind: CeremonyKind,
    subject: &str,
) -> (BeginFederation, FinishFederation) {
    let id = CeremonyId::new(stage.dice.uuid(stage.now));
    let redirect = redirect(PROVIDER, stage);
    let new_session = NewSession { token: stage.dice.digest(), name: "browser".to_owned() };
    let identity = Some(OutsideIdentity { issuer: PROVIDER.to_owned(), subject: subject.to_owned() });
    let returned = returned(&redirect);
    let begin = BeginFederation { session, id, kind, provider: PROVIDER.to_owned(), redirect };
    (begin, FinishFederation { session, id, returned, identity, new_session })
}
