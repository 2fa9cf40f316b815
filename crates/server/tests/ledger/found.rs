//! Payments found by our id and by the bank's own reference.

use crate::{
    desk::Desk,
    stage::{LEDGER, OPERATOR, phone, token},
};
use engine::{
    Ask, Context, Decision, Plan, Row, Source,
    payments::{Payment, PaymentKind, PaymentState},
};
use serde_json::{Value, json};
use store::{Fault, Load, Shelf};
use terms::{BankCode, CustomerId, PaymentId, Span, Yen};
use uuid::Uuid;

/// Payments over two banks that have given them the same reference, and one more.
struct Booked([PaymentId; 3]);

impl Ask for Booked {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "test.booked";

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        for (place, id) in self.0.iter().enumerate() {
            let (customer, amount) = (CustomerId::new(Uuid::from_u128(1)), Yen::of(500));
            let later = at.moment.now.plus(Span::seconds(place as i64));
            let state = PaymentState::Completed;
            let mut payment = Payment::new(*id, PaymentKind::TopUp, state, amount, customer, later);
            payment.bank = BankCode::parse(["0001", "0005", "0001"][place]).ok();
            payment.bank_reference = Some(["20261122-7", "20261122-7", "振込 8"][place].to_owned());
            plan.put(Row::Payment(payment));
        }
        Decision::done((), plan)
    }
}

impl Load for Booked {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

#[tokio::test]
async fn a_payment_is_found_by_our_id_and_by_the_banks_reference() {
    let desk = Desk::new().await;
    let ids = [(); 3].map(|()| PaymentId::new(Uuid::now_v7()));
    desk.stage.teller.ask(Booked(ids), Source::default()).await.unwrap();
    let find = |query: &str| {
        let path = format!("/v1/operator/payments?{query}");
        let stage = &desk.stage;
        async move { stage.get(&path, OPERATOR).await }
    };
    let found = |answer: Value| -> Vec<String> {
        let payments = answer["payments"].as_array().unwrap();
        payments.iter().map(|payment| payment["id"].as_str().unwrap().to_owned()).collect()
    };
    let by_reference = find("bank_reference=20261122-7").await.expect(200);
    assert_eq!(by_reference["payments"][0]["bank"], "0005");
    assert_eq!(found(by_reference), [ids[1].to_string(), ids[0].to_string()], "the newest first");
    let japanese = find("bank_reference=%E6%8C%AF%E8%BE%BC%208").await.expect(200);
    assert_eq!(found(japanese), [ids[2].to_string()]);
    for id in [ids[0].to_string(), ids[0].uuid().to_string()] {
        let one = find(&format!("id={id}")).await.expect(200);
        assert_eq!(one["payments"][0]["bank_reference"], "20261122-7");
        assert_eq!(found(one), [ids[0].to_string()]);
    }
    for nothing in ["bank_reference=20261122".to_owned(), format!("id={}", Uuid::now_v7())] {
        assert!(found(find(&nothing).await.expect(200)).is_empty(), "{nothing}");
    }
    for wrong in ["", "id=x", "bank_reference=", "id=x&bank_reference=y", "holder=x"] {
        find(wrong).await.refused(422, "field_not_allowed");
    }
    desk.stage.get("/v1/operator/payments?id=x", LEDGER).await.refused(401, "not_signed_in");

    // A transfer between customers names the transfers of the book, and nobody by name.
    let sent = json!({ "id": Uuid::now_v7(), "to": { "phone": phone(2) }, "amount": 700 });
    let sent = desk.stage.post("/v1/transfers", &token(1), &sent).await.expect(201);
    let one = find(&format!("id={}", sent["payment"]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        (&one["payments"][0]["kind"], &one["payments"][0]["state"]),
        (&json!("p2p"), &json!("waiting"))
    );
    assert!(!one.to_string().contains("ヤマダ"), "{one}");
}
