//! What a demo begins with: a shop, a few people with wallets, and one screen that says where to go.

use crate::{exit::Ended, folder::Folder, paper::say, wallet::digest_of};
use couriers::new_webhook_secret;
use engine::{
    Source,
    merchants::{AddEndpoint, AddMerchant},
};
use player::{Customer, Sandbox, Wallet};
use std::path::Path;
use store::look;
use teller::Teller;
use terms::{Digest, Secret};
use uuid::Uuid;

/// The people who have a wallet from the start; their handle is their name in the sandbox.
const PEOPLE: [&str; 2] = ["taro", "yuki"];
const BEGINS_WITH: i64 = 30_000;
const SETTLE_LIMIT_S: u64 = 30;
/// The people who were begun, one a line.
const BEGUN: &str = "people.begun";

/// The shop's secrets.
pub(crate) struct Shop {
    /// Its API key.
    pub(crate) key: Secret,
    /// The key that signs its webhooks.
    pub(crate) webhook_secret: Secret,
}

/// Makes the shop a merchant, once.
///
/// # Errors
/// The folder or the store cannot be used.
pub(crate) async fn shop(folder: &Folder, teller: &Teller, sandbox_url: &str) -> Result<Shop, Ended> {
    let fault = |why: teller::No| Ended::Fault(format!("the shop cannot be added: {why}"));
    let key = folder.secret("shop.key", |bytes| format!("mk_{}", Digest::new(bytes)))?;
    let webhook_secret =
        folder.secret("shop.webhook", |bytes| new_webhook_secret(bytes).expose().to_owned())?;
    let digest = digest_of(key.expose());
    let known = teller.look(move |shelf| look::merchant_by_key(shelf, &digest)).await.map_err(fault)?;
    if known.is_none() {
        let add = AddMerchant {
            name: "継ぎ目堂".to_owned(),
            name_en: "TSUGIME-DO".to_owned(),
            category: "5411".to_owned(),
            city: "TOKYO".to_owned(),
            key: digest,
        };
        teller.ask(add, Source::default()).await.map_err(fault)?;
        let hooks = AddEndpoint {
            key: digest,
            url: format!("{sandbox_url}/shop/hooks"),
            secret: webhook_secret.clone(),
        };
        teller.ask(hooks, Source::default()).await.map_err(fault)?;
    }
    Ok(Shop { key, webhook_secret })
}

/// Seeds the people once, as clients would, then prints the guide. Runs on a thread of its own.
pub(crate) fn people_and_guide(wallet_url: &str, sandbox_url: &str, people: Option<&Path>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        eprintln!("tsugime: no thread for the demo's people");
        return;
    };
    if let Some(data) = people {
        // Begun once, a person is not begun again: the phone has a wallet then.
        let begun_path = data.join(BEGUN);
        let mut begun = std::fs::read_to_string(&begun_path).unwrap_or_default();
        for id in PEOPLE {
            if begun.lines().any(|line| line == id) {
                continue;
            }
            eprintln!("· {id} opens a wallet, as a client would");
            begun.push_str(id);
            begun.push('\n');
            let noted = std::fs::write(&begun_path, &begun).map_err(|why| why.to_string());
            let seeded =
                runtime.block_on(seed_person(wallet_url, sandbox_url, id)).map_err(|why| why.to_string());
            if let Err(why) = noted.and(seeded) {
                eprintln!("tsugime: {id} has no complete wallet: {why}");
            }
        }
    }
    if say(guide(wallet_url, sandbox_url)).is_err() {
        eprintln!("tsugime: the guide cannot be printed; the demo goes on at {wallet_url}");
    }
}

async fn seed_person(wallet_url: &str, sandbox_url: &str, id: &str) -> Result<(), player::Trouble> {
    let wallet = Wallet::at(wallet_url)?;
    let sandbox = Sandbox::at(sandbox_url)?;
    let Some(person) = sandbox.people().await?.into_iter().find(|person| person.id == id) else {
        return Ok(());
    };
    let Some(bank) = person.bank_accounts.first().map(|account| account.bank.clone()) else { return Ok(()) };
    let customer = Customer::sign_up(&wallet, &sandbox, person, wallet_url).await?;
    customer.prove_identity().await?;
    customer.take_handle(id).await?;
    let link = customer.link(&bank, "online_banking_otp").await?;
    let payment = customer.top_up(Uuid::now_v7(), &link, BEGINS_WITH).await?;
    customer.settled(payment, SETTLE_LIMIT_S).await.map(|_| ())
}

fn guide(wallet_url: &str, sandbox_url: &str) -> String {
    format!(
        "
  継ぎ目 Tsugime is running.                                      Ctrl-C stops it.

    wallet            {wallet_url}
    API, readable     {wallet_url}/docs
    the world outside {sandbox_url}   (35 banks, phones, mailboxes, a shop; all pretended)

  Be 山田 花子 (Yamada Hanako):
    1  sign up at {wallet_url} with phone 09000000001, mail hanako@example.jp
       codes arrive at {sandbox_url}/phones/09000000001
                  and  {sandbox_url}/mailboxes/hanako@example.jp
    2  prove your identity: card of hanako, PIN 8642
    3  link a bank by online banking; logins are at {sandbox_url}/control/people
       (みずほ by number, name and PIN only, as in 2020: see it refused)
    4  top up, send to @taro or @yuki, pay at {sandbox_url}/shop

  Or let a program do it:  tsugime smoke --url {wallet_url} --sandbox {sandbox_url}
"
    )
}
