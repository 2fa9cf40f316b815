//! Customers with a session and a link each, who will top up.

use super::history::{History, id, tag};
use crate::exit::Ended;
use engine::{
    Aal, Ask, Context, Decision, Ial, Plan, Policy, Row, Source,
    linking::{Link, LinkState},
    sessions::Session,
    sign_up::{Customer, CustomerState, Locale},
};
use gate::{Evidence, Step, judge};
use ledger::{Account, Posting};
use store::{Fault, Load, Shelf, Writer};
use terms::{
    AccountId, Balance, BankCode, ConsentId, CustomerId, DeviceId, Digest, Email, LinkId, Moment, Phone,
    Secret, SessionId, Span, Time, Yen,
};

const PEOPLE: u64 = 2_000;

/// Who they are, as an ask needs it.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) session: Digest,
    pub(crate) link: LinkId,
    pub(crate) customer: CustomerId,
    pub(crate) device: DeviceId,
    pub(crate) bank: BankCode,
    pub(crate) bank_account: Digest,
}

struct Enter(Member, u64);

impl Load for Enter {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

impl Ask for Enter {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "bench.enter";

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let Self(member, number) = self;
        let verdict = judge(Step::Clockwork, &Evidence::new([]));
        let mut plan = Plan::new();
        let (Some(pass), Ok(phone), Ok(email)) = (
            verdict.pass(false),
            Phone::parse(&format!("090{number:08}")),
            Email::parse(&format!("c{number}@example.jp")),
        ) else {
            return Decision::done((), plan);
        };
        let accounts = [11, 12].map(|purpose| AccountId::new(id(*number, purpose)));
        for account in accounts {
            plan.post(&pass, Posting::Open(Account::open(account, Some(Balance::ZERO))));
        }
        let customer = Customer {
            id: member.customer,
            state: CustomerState::Active,
            phone,
            email,
            locale: Locale::Ja,
            handle: None,
            ial: Ial::Proved,
            main: accounts[0],
            young: accounts[1],
            recovery_code: None,
            created_at: at.moment.now,
            closed_at: None,
        };
        plan.open_session(&pass, session(member, *number, at.moment.now));
        plan.open_link(&pass, link(member, *number, at.moment.now));
        plan.put(Row::Customer(customer));
        Decision::done((), plan)
    }
}

fn session(member: &Member, number: u64, now: Time) -> Session {
    Session {
        id: SessionId::new(id(number, 13)),
        token: member.session,
        customer: member.customer,
        device: Some(member.device),
        name: "phone".to_owned(),
        aal: Aal::Passkey,
        authenticator: None,
        created_at: now,
        stepped_up_at: Some(now),
        idle_until: now.plus(Span::days(14)),
        expires_at: now.plus(Span::days(90)),
        ended_at: None,
    }
}

fn link(member: &Member, number: u64, now: Time) -> Link {
    Link {
        id: member.link,
        customer: member.customer,
        consent: ConsentId::new(id(number, 14)),
        bank: member.bank,
        method: "online_banking_otp".to_owned(),
        factors: ["password", "otp_app"].map(str::to_owned).to_vec(),
        account: format!("account-{number}"),
        account_tag: member.bank_account,
        holder_tag: tag(number, 15),
        account_masked: "普通 ***0001".to_owned(),
        branch_name: "本店".to_owned(),
        per_debit_limit: Yen::of(100_000),
        per_day_limit: Yen::of(300_000),
        refresh_token: Secret::new(format!("grant-{number}")),
        state: LinkState::Active,
        lift: None,
        depositor_notified: true,
        created_at: now,
        young_until: now,
        ended_at: None,
    }
}

/// They come, all at the end of the history.
///
/// # Errors
/// The store fails.
pub(crate) fn enter(writer: &mut Writer, history: &History) -> Result<Vec<Member>, Ended> {
    let (source, policy) = (Source::default(), Policy::default());
    let members: Vec<Member> = (0..PEOPLE)
        .filter_map(|number| {
            Some(Member {
                session: tag(number, 21),
                link: LinkId::new(id(number, 22)),
                customer: CustomerId::new(id(number, 23)),
                device: DeviceId::new(id(number, 24)),
                bank: BankCode::parse("0001").ok()?,
                bank_account: tag(number, 25),
            })
        })
        .collect();
    writer.commit(|shelf| {
        for (number, member) in (0_u64..).zip(&members) {
            let moment = Moment::new(history.end, number);
            let at = Context { moment, source: &source, policy: &policy };
            // It refuses nobody.
            let _entered = store::run(&Enter(member.clone(), number), shelf, &at)?;
        }
        Ok(())
    })?;
    Ok(members)
}
