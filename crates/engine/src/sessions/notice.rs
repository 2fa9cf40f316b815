//! Notices to a customer about what opens the wallet: what happened, when, and what to do if it was not you.

use crate::{
    Context, Errand, Event, NewErrand, Plan,
    event::Audience,
    sign_up::{Customer, Locale},
};
use terms::{ErrandId, Secret, Span, Time, Yen};

/// What happened.
#[derive(Debug, Clone)]
pub(crate) enum Notice<'n> {
    WalletOpened,
    PhoneTriedAgain,
    SignedInOnNewDevice { name: &'n str },
    PasskeyAdded { name: &'n str },
    PasskeyRemoved { name: &'n str },
    RecoveryCodeMade,
    RecoveryBegun { ready_at: Time },
    RecoveryCancelled,
    Recovered,
    OutsideIdentityBound { issuer: &'n str },
    OutsideIdentityUnbound { issuer: &'n str },
    IdentityProved,
    LinkOpened { account: &'n str },
    LinkEnded { account: &'n str },
    LinkSuspended { account: &'n str },
    LinkLifted { account: &'n str },
    PayoutBegun { amount: Yen, account: &'n str },
    WalletClosed,
}

impl Notice<'_> {
    /// Whether the phone is told too; the mailbox always is.
    const fn is_texted(&self) -> bool {
        !matches!(self, Self::WalletOpened | Self::SignedInOnNewDevice { .. } | Self::RecoveryCodeMade)
    }

    const fn event(&self) -> &'static str {
        match self {
            Self::WalletOpened => "wallet.opened",
            Self::PhoneTriedAgain => "sign_up.tried_again",
            Self::SignedInOnNewDevice { .. } => "session.new_device",
            Self::PasskeyAdded { .. } => "passkey.added",
            Self::PasskeyRemoved { .. } => "passkey.removed",
            Self::RecoveryCodeMade => "recovery_code.made",
            Self::RecoveryBegun { .. } => "recovery.begun",
            Self::RecoveryCancelled => "recovery.cancelled",
            Self::Recovered => "recovery.done",
            Self::OutsideIdentityBound { .. } => "federation.bound",
            Self::OutsideIdentityUnbound { .. } => "federation.unbound",
            Self::IdentityProved => "identity.proved",
            Self::LinkOpened { .. } => "link.opened",
            Self::LinkEnded { .. } => "link.ended",
            Self::LinkSuspended { .. } => "link.suspended",
            Self::LinkLifted { .. } => "link.usable_again",
            Self::PayoutBegun { .. } => "payout.begun",
            Self::WalletClosed => "wallet.closed",
        }
    }

    fn ja(&self) -> String {
        match self {
            Self::WalletOpened => "ウォレットを開設しました。心当たりがなければ、お問い合わせください。".to_owned(),
            Self::PhoneTriedAgain => "この電話番号で新しいウォレットの登録が試みられました。登録は行われていません。ご自身の場合は、登録ではなくパスキーでサインインしてください。".to_owned(),
            Self::SignedInOnNewDevice { name } => format!("新しい端末「{name}」でサインインしました。心当たりがなければ、「すべての端末からサインアウト」を押し、パスキーを確認してください。"),
            Self::PasskeyAdded { name } => format!("パスキー「{name}」を追加しました。心当たりがなければ、すぐに削除し、すべての端末からサインアウトしてください。"),
            Self::PasskeyRemoved { name } => format!("パスキー「{name}」を削除しました。心当たりがなければ、すべての端末からサインアウトし、お問い合わせください。"),
            Self::RecoveryCodeMade => "新しいリカバリーコードを発行しました。以前のコードは使えません。心当たりがなければ、すべての端末からサインアウトし、お問い合わせください。".to_owned(),
            Self::RecoveryBegun { ready_at } => format!("リカバリーコードによる復旧が始まりました。{}から新しいパスキーを作れます。心当たりがなければ、それまでにウォレットの「わたし」の画面で取り消してください。", in_japan(*ready_at)),
            Self::RecoveryCancelled => "復旧を取り消しました。リカバリーコードは無効になりました。必要なら新しいコードを発行してください。".to_owned(),
            Self::Recovered => "リカバリーコードで復旧しました。新しいパスキーが作られ、ほかの端末はすべてサインアウトしました。心当たりがなければ、すぐにお問い合わせください。".to_owned(),
            Self::OutsideIdentityBound { issuer } => format!("外部アカウント（{issuer}）をこのウォレットに結び付けました。残高などを見ることができます（送金はできません）。心当たりがなければ、お問い合わせください。"),
            Self::OutsideIdentityUnbound { issuer } => format!("外部アカウント（{issuer}）とこのウォレットの結び付けを解除しました。外部アカウントでのサインインは、すべて終わりました。心当たりがなければ、すべての端末からサインアウトし、お問い合わせください。"),
            Self::IdentityProved => "本人確認が完了しました。心当たりがなければ、お問い合わせください。".to_owned(),
            Self::LinkOpened { account } => format!("銀行口座（{account}）を登録しました。心当たりがなければ、すぐに登録を解除し、お問い合わせください。"),
            Self::LinkEnded { account } => format!("銀行口座（{account}）の登録を解除しました。心当たりがなければ、お問い合わせください。"),
            Self::LinkSuspended { account } => format!("銀行口座（{account}）の利用を一時停止しました。残高はそのまま使えます。詳しくは、お問い合わせください。"),
            Self::LinkLifted { account } => format!("銀行口座（{account}）を、再びご利用いただけます。"),
            Self::PayoutBegun { amount, account } => format!("{amount} を銀行口座（{account}）へ払い出します。心当たりがなければ、すぐにお問い合わせください。"),
            Self::WalletClosed => "ウォレットを解約しました。残高は返金済みです。心当たりがなければ、お問い合わせください。".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::WalletOpened => "Your wallet is open. If this was not you, contact us.".to_owned(),
            Self::PhoneTriedAgain => "Somebody tried to open a new wallet with this phone number. Nothing was opened. If it was you, sign in with your passkey instead.".to_owned(),
            Self::SignedInOnNewDevice { name } => format!("Signed in on a new device, \"{name}\". If this was not you, sign out everywhere and check your passkeys."),
            Self::PasskeyAdded { name } => format!("The passkey \"{name}\" was added. If this was not you, remove it at once and sign out everywhere."),
            Self::PasskeyRemoved { name } => format!("The passkey \"{name}\" was removed. If this was not you, sign out everywhere and contact us."),
            Self::RecoveryCodeMade => "A new recovery code was made; the one before is void. If this was not you, sign out everywhere and contact us.".to_owned(),
            Self::RecoveryBegun { ready_at } => format!("A recovery with your recovery code has begun. From {} on it can make a new passkey. If this was not you, cancel it before on the page \"Me\" of the wallet.", in_japan(*ready_at)),
            Self::RecoveryCancelled => "The recovery was cancelled and the recovery code is void. Make a new one if you need it.".to_owned(),
            Self::Recovered => "The wallet was recovered: a new passkey was made and all other devices were signed out. If this was not you, contact us at once.".to_owned(),
            Self::OutsideIdentityBound { issuer } => format!("An outside account ({issuer}) was bound to this wallet. It may look, and cannot pay. If this was not you, contact us."),
            Self::OutsideIdentityUnbound { issuer } => format!("The outside account ({issuer}) opens this wallet no more; sessions opened through it have ended. If this was not you, sign out everywhere and contact us."),
            Self::IdentityProved => "Your identity is proved. If this was not you, contact us.".to_owned(),
            Self::LinkOpened { account } => format!("A bank account ({account}) was linked. If this was not you, unlink it at once and contact us."),
            Self::LinkEnded { account } => format!("The bank account ({account}) is no longer linked. If this was not you, contact us."),
            Self::LinkSuspended { account } => format!("The bank account ({account}) cannot be used for now. Your balance is not affected. Contact us to learn more."),
            Self::LinkLifted { account } => format!("The bank account ({account}) can be used again."),
            Self::PayoutBegun { amount, account } => format!("{amount} goes to the bank account ({account}). If this was not you, contact us at once."),
            Self::WalletClosed => "Your wallet is closed and its balance was paid back. If this was not you, contact us.".to_owned(),
        }
    }
}

/// A time for people in Japan, to the minute: UTC+9, no summer time.
fn in_japan(time: Time) -> String {
    let text = time.plus(Span::hours(9)).to_string();
    format!("{} {} JST", &text[..10], &text[11..16])
}

impl Plan {
    /// Tells a customer on the channels known before: mailbox, mostly the phone, and every device at once.
    pub(crate) fn notify(&mut self, at: &Context<'_>, customer: &Customer, notice: &Notice<'_>) {
        let now = at.moment.now;
        let when = in_japan(now);
        let (subject, text) = match customer.locale {
            Locale::Ja => ("継ぎ目: お知らせ", format!("継ぎ目 {when}: {}", notice.ja())),
            Locale::En => ("Tsugime: notice", format!("Tsugime, {when}: {}", notice.en())),
        };
        let mail = Errand::Mail {
            to: customer.email.clone(),
            subject: subject.to_owned(),
            text: Secret::new(text.clone()),
        };
        let texted =
            notice.is_texted().then(|| Errand::Sms { to: customer.phone.clone(), text: Secret::new(text) });
        for errand in std::iter::once(mail).chain(texted) {
            self.run(NewErrand { id: ErrandId::new(at.moment.uuid()), due_at: now, errand });
        }
        self.tell(Event {
            audience: Audience::Customer(customer.id),
            at: now,
            kind: notice.event().to_owned(),
            body: match notice {
                Notice::RecoveryBegun { ready_at } => {
                    serde_json::json!({ "ready_at": ready_at.to_string() })
                }
                Notice::PasskeyAdded { name }
                | Notice::PasskeyRemoved { name }
                | Notice::SignedInOnNewDevice { name } => serde_json::json!({ "name": name }),
                _ => serde_json::json!({}),
            },
        });
    }
}
