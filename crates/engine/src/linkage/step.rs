//! One thing that an attacker must bring about, and the AND/OR tree that is made of such things.

use super::sections::Level;
use std::collections::BTreeSet;

/// One thing that an attacker must bring about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A wallet in somebody's name, at a level of identity.
    Open(Level),
    /// A wallet in the depositor's own name, by papers that only look real.
    Forge,
    /// Everything of one leak group.
    Take(String),
    /// A false page of the bank that passes on what is typed, at once.
    Page,
    /// A false page of the wallet that does the same.
    WalletPage,
    /// What the bank holds.
    Records,
    /// A factor or an authenticator is guessed.
    Guess(String),
    /// It need not be guessed: it is looked up.
    LookUp(String),
    /// An assertion of an outside provider that nobody made.
    ForgedAssertion,
    /// The new secret is sent to wherever the asker says.
    SentElsewhere,
    /// Nobody answers a notice for as long as recovery waits.
    Silence(u64),
}

impl Step {
    /// A stable code.
    pub fn code(&self) -> String {
        match self {
            Self::Open(Level::Mail) => "open_mail".to_owned(),
            Self::Open(Level::Phone) => "open_phone".to_owned(),
            Self::Open(Level::Proved) => "open_proved".to_owned(),
            Self::Forge => "forge".to_owned(),
            Self::Take(group) => format!("take:{group}"),
            Self::Page => "page".to_owned(),
            Self::WalletPage => "wallet_page".to_owned(),
            Self::Records => "bank_records".to_owned(),
            Self::Guess(what) => format!("guess:{what}"),
            Self::LookUp(what) => format!("look_up:{what}"),
            Self::ForgedAssertion => "forged_assertion".to_owned(),
            Self::SentElsewhere => "sent_elsewhere".to_owned(),
            Self::Silence(_) => "silence".to_owned(),
        }
    }

    /// A few words for people.
    pub fn words(&self) -> String {
        let words = |code: &str| match code {
            "pin" => "PIN".to_owned(),
            code if code.starts_with("otp_") => "one-time code".to_owned(),
            code => code.replace('_', " "),
        };
        match self {
            Self::Open(Level::Mail) => "opens a wallet with a mail address".to_owned(),
            Self::Open(Level::Phone) => "opens a wallet with a phone".to_owned(),
            Self::Open(Level::Proved) => "opens a wallet in a mule's proved name".to_owned(),
            Self::Forge => "opens a wallet in the depositor's name with forged papers".to_owned(),
            Self::Take(group) => match group.as_str() {
                "typed" => "has a phished list: all that the depositor typed".to_owned(),
                "typed_at_wallet" => "has a phished list: the wallet's passwords".to_owned(),
                "registered_phone" => "takes over the registered phone number".to_owned(),
                "bank_app" => "holds the depositor's device with the bank's app".to_owned(),
                "mailbox" => "reads the mailbox".to_owned(),
                "passkey_device" => "holds the customer's unlocked device".to_owned(),
                "recovery_paper" => "holds the paper with the recovery code".to_owned(),
                "identity_card" => "holds the depositor's identity card and its PIN".to_owned(),
                other => format!("has all of {}", words(other)),
            },
            Self::Page => "false page of the bank, in real time".to_owned(),
            Self::WalletPage => "false page of the wallet, in real time".to_owned(),
            Self::Records => "reads the bank's records".to_owned(),
            Self::Guess(what) => format!("guesses the {}", words(what)),
            Self::LookUp(what) => format!("looks up the {}", words(what)),
            Self::ForgedAssertion => "shows an assertion that no provider made".to_owned(),
            Self::SentElsewhere => "has the new secret sent elsewhere".to_owned(),
            Self::Silence(hours) => format!("nobody answers the notice for {hours} h"),
        }
    }
}

/// What must be brought about, as branches of AND and OR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// Every part.
    All(String, Vec<Tree>),
    /// One of the parts.
    Any(String, Vec<Tree>),
    /// One step.
    Leaf(Step),
}

/// Steps that together are enough.
pub type Steps = BTreeSet<Step>;

/// The most sets that are kept at one place of the tree; the smallest stay.
const SETS_MAX: usize = 512;

impl Tree {
    /// Every set of steps that is enough and holds nothing superfluous, the smallest first.
    pub fn sets(&self) -> Vec<Steps> {
        let sets = match self {
            Self::Leaf(step) => vec![Steps::from([step.clone()])],
            Self::Any(_, parts) => parts.iter().flat_map(Self::sets).collect(),
            Self::All(_, parts) => parts.iter().fold(vec![Steps::new()], |sets, part| {
                let more = part.sets();
                let both = |set: &Steps| {
                    more.iter().map(|more| set.union(more).cloned().collect()).collect::<Vec<_>>()
                };
                minimal(sets.iter().flat_map(both).collect())
            }),
        };
        minimal(sets)
    }
}

fn minimal(mut sets: Vec<Steps>) -> Vec<Steps> {
    sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    let mut kept: Vec<Steps> = Vec::new();
    for set in sets {
        if kept.len() < SETS_MAX && !kept.iter().any(|smaller| smaller.is_subset(&set)) {
            kept.push(set);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_nothing_superfluous() {
        let leaf = |name: &str| Tree::Leaf(Step::Guess(name.to_owned()));
        let any = |parts: &[&str]| Tree::Any(String::new(), parts.iter().map(|name| leaf(name)).collect());
        let words = |tree: &Tree| {
            let name = |step: &Step| step.code().trim_start_matches("guess:").to_owned();
            tree.sets()
                .iter()
                .map(|set| set.iter().map(name).collect::<Vec<_>>().join(""))
                .collect::<Vec<_>>()
        };
        let all = Tree::All(String::new(), vec![any(&["a", "b"]), any(&["a", "c"]), any(&["a", "d"])]);
        assert_eq!(words(&all), ["a", "bcd"]);
        assert!(
            words(&Tree::All(String::new(), vec![leaf("a"), Tree::Any(String::new(), vec![])])).is_empty()
        );
        assert_eq!(words(&Tree::Any(String::new(), vec![all, leaf("a")])), ["a", "bcd"]);
    }
}
