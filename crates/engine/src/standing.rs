//! Who asks, and what that allows: session, customer, assurance.

use crate::{
    Code, Context, Control, Refusal,
    sessions::Session,
    sign_up::{Customer, CustomerState},
};
use gate::Subjects;
use serde::{Deserialize, Serialize};

/// How well it is known that the same person is back (after NIST SP 800-63B).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aal {
    /// An outside provider vouched for the person: enough to look, never to link or move money (H9).
    Federated,
    /// A passkey with user verification.
    Passkey,
}

/// How well it is known who the person is (after NIST SP 800-63A).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ial {
    /// A phone and an e-mail address answered.
    Phone,
    /// A verifier signed for name and birth date.
    Proved,
}

/// What a route asks of the asker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// At least this session.
    pub aal: Aal,
    /// At least this identity.
    pub ial: Ial,
    /// A fresh passkey signature.
    pub step_up: bool,
}

impl Need {
    /// To look.
    pub const LOOK: Self = Self { aal: Aal::Federated, ial: Ial::Phone, step_up: false };
    /// To act on the wallet, short of money and links.
    pub const ACT: Self = Self { aal: Aal::Passkey, ial: Ial::Phone, step_up: false };
    /// To change what opens the wallet.
    pub const CHANGE: Self = Self { aal: Aal::Passkey, ial: Ial::Phone, step_up: true };
    /// To link a bank account, or to move money.
    pub const MONEY: Self = Self { aal: Aal::Passkey, ial: Ial::Proved, step_up: false };
    /// To pay out.
    pub const PAYOUT: Self = Self { aal: Aal::Passkey, ial: Ial::Proved, step_up: true };
    /// To close the wallet: also one that never got as far as a proved identity.
    pub const CLOSE: Self = Self::CHANGE;
}

/// The session that was shown, with its customer.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The session.
    pub session: Session,
    /// Its customer.
    pub customer: Customer,
}

impl Standing {
    /// The standing that a need asks for, or the refusal: session, wallet, passkey, identity, step-up, in this order.
    ///
    /// # Errors
    /// The first of these that is missing.
    pub fn meet<'s>(standing: &'s Option<Self>, need: Need, at: &Context<'_>) -> Result<&'s Self, Refusal> {
        let now = at.moment.now;
        let standing = standing
            .as_ref()
            .filter(|standing| standing.session.is_open(now))
            .ok_or(Refusal::new(Code::NotSignedIn))?;
        let over = match standing.customer.state {
            CustomerState::Active => false,
            CustomerState::Closing => need != Need::LOOK,
            CustomerState::Closed => true,
        };
        if over {
            return Err(Code::WalletClosed.into());
        }
        if standing.session.aal < need.aal {
            return Err(Code::PasskeyNeeded.into());
        }
        if standing.customer.ial < need.ial && at.policy.controls.has(Control::Identity) {
            return Err(Code::IdentityNeeded.into());
        }
        if need.step_up && !standing.stepped_up(at) {
            return Err(Code::StepUpNeeded.into());
        }
        Ok(standing)
    }

    /// The customer as an asker of ids: only while the session is open.
    pub fn asker(standing: &Option<Self>, at: &Context<'_>) -> Option<String> {
        let standing = standing.as_ref().filter(|standing| standing.session.is_open(at.moment.now))?;
        Some(standing.customer.id.to_string())
    }

    /// Whether a passkey signed for this session just now.
    pub fn stepped_up(&self, at: &Context<'_>) -> bool {
        self.session
            .stepped_up_at
            .is_some_and(|signed_at| at.moment.now < signed_at.plus(at.policy.step_up_life_ms))
    }

    /// The subjects of whatever this customer attempts from here.
    pub fn subjects(&self, at: &Context<'_>) -> Subjects {
        Subjects { customer: Some(self.customer.id), ..at.source.subjects() }
    }
}
