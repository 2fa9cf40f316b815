//! Requests that nobody should send, drawn from a seed.

use crate::document::Operation;
use serde_json::{Map, Value, json};
use terms::{
    AuthenticatorId, CeremonyId, ConsentId, EndpointId, LinkId, OrderId, PaymentId, ProofingId, RecoveryId,
    SessionId, SignUpId,
};
use uuid::Uuid;

/// Stands in every text that is sent; no refusal may repeat it.
pub(crate) const SECRET: &str = "geheim4071";
const BODY_BYTES_LARGE: usize = 1 << 20;
const LEVELS_DEEP: usize = 5_000;

/// Numbers from a seed (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `end`, without `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("a place")
    }

    fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }

    fn one<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.place(list.len())]
    }
}

/// An id of some kind that nobody has.
fn unknown_id(dice: &mut Dice) -> String {
    let uuid = dice.uuid();
    match dice.below(12) {
        0 => AuthenticatorId::new(uuid).to_string(),
        1 => CeremonyId::new(uuid).to_string(),
        2 => ConsentId::new(uuid).to_string(),
        3 => EndpointId::new(uuid).to_string(),
        4 => LinkId::new(uuid).to_string(),
        5 => OrderId::new(uuid).to_string(),
        6 => PaymentId::new(uuid).to_string(),
        7 => ProofingId::new(uuid).to_string(),
        8 => RecoveryId::new(uuid).to_string(),
        9 => SessionId::new(uuid).to_string(),
        10 => SignUpId::new(uuid).to_string(),
        _ => uuid.to_string(),
    }
}

/// A path with something in each of its places.
pub(crate) fn path_for(path: &str, foreign: &[String], dice: &mut Dice) -> String {
    let filled = path.split('/').map(|segment| {
        if !segment.starts_with('{') {
            return segment.to_owned();
        }
        match dice.below(8) {
            0..3 => unknown_id(dice),
            3 | 4 => dice.one(foreign).clone(),
            5 => dice.one(&["0001", "9999", "-1", "0", "null", "pay_", "sup_0", "*", "~"]).to_string(),
            6 => dice.one(&["%ff%fe", "%00", "..", "%2e%2e%2f", "%E6%97%A5", "%0d%0ax:y", "%"]).to_string(),
            _ => format!("{SECRET}{}", "x".repeat(dice.place(4_000))),
        }
    });
    filled.collect::<Vec<_>>().join("/")
}

/// A query, mostly none.
pub(crate) fn query_for(dice: &mut Dice) -> String {
    let queries = [
        "",
        "",
        "",
        "?",
        "?cursor=geheim4071&limit=20",
        "?limit=-1",
        "?limit=99999999999999999999",
        "?limit=1.5",
        "?limit=1&limit=2",
        "?cursor=9223372036854775808.pay_0",
        "?cursor=-9223372036854775808.pay_00000000000000000000000000",
        "?cursor=9223372036854775807.pay_7zzzzzzzzzzzzzzzzzzzzzzzzz",
        "?after=-1",
        "?after=9223372036854775807",
        "?after=18446744073709551616",
        "?%ff=%fe",
        "?lang=%00",
        "?lang=geheim4071",
        "?a[]=1&a[b]=2",
        "?=&&=",
    ];
    dice.one(&queries).to_string()
}

/// The content type as asked for, and other headers, some twice and some that no client sends.
pub(crate) fn headers_for(kind: Option<&str>, dice: &mut Dice) -> Vec<(&'static str, Vec<u8>)> {
    let mut headers: Vec<(&'static str, Vec<u8>)> = Vec::new();
    if let Some(kind) = kind {
        headers.push(("content-type", kind.as_bytes().to_vec()));
        if dice.below(8) == 0 {
            headers.push(("content-type", b"text/html".to_vec()));
        }
    }
    let odd: [(&'static str, &[u8]); 14] = [
        ("accept", b"text/html"),
        ("accept", b"image/png;q=-1"),
        ("authorization", b"Bearer geheim4071"),
        ("authorization", b"Bearer \xff\xfe"),
        ("authorization", b"Basic Z2VoZWltNDA3MQ=="),
        ("cookie", b"tsugime=geheim4071; device=geheim4071; =; ;;"),
        ("cookie", b"device=dev_\xff"),
        ("origin", b"https://evil.example"),
        ("sec-fetch-site", b"cross-site"),
        ("accept-language", b"geheim4071;q=2,,,*"),
        ("x-request-id", b"\xff\xff"),
        ("x-forwarded-for", b"geheim4071, 1.1.1.1, ::"),
        ("last-event-id", b"-99999999999999999999"),
        ("content-encoding", b"gzip"),
    ];
    for _ in 0..dice.below(3) {
        let (name, value) = *dice.one(&odd);
        headers.push((name, value.to_vec()));
    }
    headers
}

/// A value that is right for a field, as far as its name and schema tell.
fn plausible(operation: &Operation, name: &str, schema: &Value, dice: &mut Dice) -> Value {
    let schema = operation.resolved(schema);
    match name {
        "id" => return json!(dice.uuid()),
        "email" => return json!("nobody@example.jp"),
        "phone" => return json!("09099990000"),
        "locale" => return json!("ja"),
        "handle" => return json!("nobody_has_it"),
        "amount" => return json!(1 + dice.below(500)),
        "ceremony" => return json!(CeremonyId::new(dice.uuid()).to_string()),
        "link" => return json!(LinkId::new(dice.uuid()).to_string()),
        "payment" => return json!(PaymentId::new(dice.uuid()).to_string()),
        "bank" => return json!("0001"),
        "scope" => return json!(dice.one(&["all", "bank:0002", "operation:payout"])),
        "level" => return json!("links"),
        "to" if schema["type"] == "string" => return json!("probing_1"),
        "version" => return json!(1),
        "purpose" => return json!("sign_in"),
        "provider" => return json!("sandbox"),
        "recovery_code" => return json!(format!("0000{}", "-0000".repeat(7))),
        "credential" => {
            let response = json!({
                "clientDataJSON": SECRET, "authenticatorData": "AAAA", "signature": "AAAA",
                "attestationObject": "oA", "userHandle": null,
            });
            return json!({ "id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": response });
        }
        _ => {}
    }
    if let Some(fields) = schema["properties"].as_object() {
        let fields =
            fields.iter().map(|(name, field)| (name.clone(), plausible(operation, name, field, dice)));
        return Value::Object(fields.collect());
    }
    match schema["type"].as_str() {
        Some("integer") => json!(dice.below(10_000)),
        Some("boolean") => json!(true),
        _ => json!(format!("{SECRET}{}", dice.below(100))),
    }
}

fn odd_number(dice: &mut Dice) -> Value {
    let texts = ["-1", "0", "-0.0", "1.5", "1e3", "1e400", "9223372036854775807", "-9223372036854775808"];
    let more = ["18446744073709551616", "1000001", "0.1e1", "99999999999999999999999999999999999999"];
    let text = if dice.below(2) == 0 { *dice.one(&texts) } else { *dice.one(&more) };
    // What serde_json itself cannot hold is sent as text further below.
    serde_json::from_str(text).unwrap_or_else(|_| json!(f64::MAX))
}

fn odd_text(dice: &mut Dice) -> String {
    let texts = [
        "",
        " ",
        "\u{0}",
        "\u{202e}\u{feff}",
        "'; DROP TABLE customers; --",
        "<script>alert(1)</script>",
        "💴",
        "e\u{301}",
        "ﾔﾏﾀﾞ",
        "../../etc/passwd",
        "%s%n",
        "\r\nSet-Cookie: a=b",
        "{{7*7}}",
    ];
    let shapes = [
        SECRET.to_owned(),
        format!("x\"{SECRET}\"x"),
        format!("x`{SECRET}`x"),
        format!("x, expected {SECRET}"),
        format!("x at line {SECRET}"),
        format!("{}{SECRET}", dice.one(&texts)),
    ];
    dice.one(&shapes).clone()
}

fn odd_value(dice: &mut Dice) -> Value {
    match dice.below(9) {
        0 => Value::Null,
        1 => json!(true),
        2 => odd_number(dice),
        3 | 4 => json!(odd_text(dice)),
        5 => json!([]),
        6 => json!({ "x": SECRET }),
        7 => json!([[SECRET], null, {}]),
        _ => json!("x".repeat(20_000) + SECRET),
    }
}

/// A field of the body, or of an object in it.
fn spoil(fields: &mut Map<String, Value>, dice: &mut Dice, how: impl Fn(&mut Dice) -> Option<Value>) {
    let names: Vec<String> = fields.keys().cloned().collect();
    if names.is_empty() {
        fields.insert("more".to_owned(), json!(SECRET));
        return;
    }
    let name = dice.one(&names).clone();
    if let Some(Value::Object(inner)) = fields.get_mut(&name).filter(|_| dice.below(3) > 0) {
        return spoil(inner, dice, how);
    }
    match how(dice) {
        Some(value) => drop(fields.insert(name, value)),
        None => drop(fields.remove(&name)),
    }
}

/// A body with all documented fields, each right as far as its name and schema tell.
pub(crate) fn documented_body(operation: &Operation, dice: &mut Dice) -> Option<Value> {
    let schema =
        operation.takes.as_ref().filter(|_| operation.content_type.as_deref() == Some("application/json"))?;
    Some(plausible(operation, "", schema, dice))
}

/// What is wrong with a body, the content type to say, and its bytes.
pub(crate) fn body_for(
    operation: &Operation,
    number: u64,
    dice: &mut Dice,
) -> (&'static str, Option<&'static str>, Vec<u8>) {
    const JSON: Option<&str> = Some("application/json");
    let schema = operation.takes.clone().unwrap_or_default();
    let right = plausible(operation, "", &schema, dice);
    let mut fields = right.as_object().cloned().unwrap_or_default();
    let text = Value::Object(fields.clone()).to_string().into_bytes();
    let bytes = |fields: &Map<String, Value>| serde_json::to_vec(fields).expect("JSON");
    let kind = match operation.content_type.as_deref() {
        Some("application/jwt") => Some("application/jwt"),
        _ => JSON,
    };
    if kind != JSON && dice.below(2) == 0 {
        return ("no token", kind, token_like(dice));
    }
    if number % 40 == 39 {
        return ("large", kind, vec![b' '; BODY_BYTES_LARGE]);
    }
    match dice.below(17) {
        0 | 1 => {
            spoil(&mut fields, dice, |dice| Some(odd_value(dice)));
            ("a wrong field", kind, bytes(&fields))
        }
        2 => {
            spoil(&mut fields, dice, |_| None);
            ("a field less", kind, bytes(&fields))
        }
        3 => {
            fields.insert(odd_text(dice).replace(SECRET, "more"), json!(SECRET));
            ("a field more", kind, bytes(&fields))
        }
        4 => {
            spoil(&mut fields, dice, |dice| Some(json!(odd_text(dice).repeat(500))));
            ("an over-long text", kind, bytes(&fields))
        }
        5 => {
            spoil(&mut fields, dice, |dice| Some(odd_number(dice)));
            ("an odd number", kind, bytes(&fields))
        }
        6 => {
            spoil(&mut fields, dice, |_| Some(Value::Null));
            ("null", kind, bytes(&fields))
        }
        7 => ("a list", kind, serde_json::to_vec(&[right]).expect("JSON")),
        8 => {
            let field = fields.keys().next().cloned().unwrap_or_default();
            let (open, close) = *dice.one(&[("[", "]"), ("{\"a\":", "}")]);
            let deep = format!("{{\"{field}\":{}1{}}}", open.repeat(LEVELS_DEEP), close.repeat(LEVELS_DEEP));
            ("deep", kind, deep.into_bytes())
        }
        9 => ("cut off", kind, text[..dice.place(text.len())].to_vec()),
        10 => {
            let mut text = text;
            let place = dice.place(text.len());
            text[place] = 0xff;
            ("not UTF-8", kind, text)
        }
        11 => ("nothing", kind, Vec::new()),
        12 => {
            let kinds = [
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/xml",
                "geheim4071",
                "a/b; c",
            ];
            ("another content type", Some(*dice.one(&kinds)), text)
        }
        13 => ("no content type", None, text),
        14 => {
            let twice = fields.iter().next().map_or("{\"a\":1,\"a\":2}".to_owned(), |(name, value)| {
                format!("{{\"{name}\":{value},\"{name}\":{value}}}")
            });
            ("a field twice", kind, twice.into_bytes())
        }
        15 => ("no object", kind, odd_value(dice).to_string().into_bytes()),
        _ => {
            let field = fields.keys().next_back().cloned().unwrap_or_default();
            let raw = dice.one(&["1e400", "\"\\ud800\"", "NaN", "0x10", "01", "\"\\u0000\"", "-", "1_000"]);
            ("a raw value", kind, format!("{{\"{field}\":{raw}}}").into_bytes())
        }
    }
}

fn token_like(dice: &mut Dice) -> Vec<u8> {
    let tokens: [&[u8]; 8] = [
        b"geheim4071.geheim4071.geheim4071",
        b"eyJhbGciOiJub25lIn0.e30.",
        b"eyJhbGciOiJFUzI1NiIsInR5cCI6InBheW1lbnQtcmVzdWx0K2p3dCJ9.e30.AAAA",
        b"..",
        b"\xff\xfe.\x00.",
        b"{\"payload\":\"e30\",\"signatures\":[]}",
        b"a.b.c.d.e",
        b" ",
    ];
    dice.one(&tokens).to_vec()
}
