//! Which language an asker reads, and every sentence in it.

use axum::http::{HeaderMap, Uri, header};
use engine::sign_up::Locale;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use jiff::{Timestamp, tz};
use std::sync::LazyLock;
use terms::Time;
use unic_langid::{LanguageIdentifier, subtags::Language as Subtag};

/// The sentences: one file per capability and language, one line here.
const SENTENCES: &[(&str, &str)] = &[
    (include_str!("../locales/ja/banking.ftl"), include_str!("../locales/en/banking.ftl")),
    (include_str!("../locales/ja/ledger.ftl"), include_str!("../locales/en/ledger.ftl")),
    (include_str!("../locales/ja/paying.ftl"), include_str!("../locales/en/paying.ftl")),
    (include_str!("../locales/ja/refusals.ftl"), include_str!("../locales/en/refusals.ftl")),
    (include_str!("../locales/ja/shell.ftl"), include_str!("../locales/en/shell.ftl")),
    (include_str!("../locales/ja/sign_in.ftl"), include_str!("../locales/en/sign_in.ftl")),
];

/// The cookie that remembers a choice.
pub(crate) const COOKIE: &str = "lang";

struct Bundles {
    ja: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

static BUNDLES: LazyLock<Bundles> = LazyLock::new(|| {
    let mut bundles = Bundles {
        ja: FluentBundle::new_concurrent(vec![identifier("ja")]),
        en: FluentBundle::new_concurrent(vec![identifier("en")]),
    };
    for (ja, en) in SENTENCES {
        add(&mut bundles.ja, ja);
        add(&mut bundles.en, en);
    }
    bundles
});

fn identifier(tag: &str) -> LanguageIdentifier {
    let language = Subtag::from_bytes(tag.as_bytes()).unwrap_or_default();
    LanguageIdentifier::from_parts(language, None, None, &[])
}

fn add(bundle: &mut FluentBundle<FluentResource>, text: &str) {
    // Marks of direction around what is filled in would be seen in plain-text answers.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, wrong)| {
        tracing::error!(?wrong, "a sentence cannot be read");
        resource
    });
    if let Err(wrong) = bundle.add_resource(resource) {
        tracing::error!(?wrong, "a sentence stands twice");
    }
}

/// The sentence under a key, with its places filled in; the key itself where there is none.
pub(crate) fn t(locale: Locale, key: &str, places: &[(&str, FluentValue<'_>)]) -> String {
    let bundle = match locale {
        Locale::Ja => &BUNDLES.ja,
        Locale::En => &BUNDLES.en,
    };
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::error!(key, "no such sentence");
        return key.to_owned();
    };
    let args: FluentArgs<'_> = places.iter().map(|(name, value)| (*name, value.clone())).collect();
    bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
}

/// The language tag for `lang` attributes and `Content-Language`.
pub(crate) const fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::Ja => "ja",
        Locale::En => "en",
    }
}

fn parse(text: &str) -> Option<Locale> {
    match text.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "ja" => Some(Locale::Ja),
        "en" => Some(Locale::En),
        _ => None,
    }
}

/// The language of one request, and whether the asker chose it just now or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Language {
    locale: Locale,
    chosen: bool,
    in_query: bool,
}

impl Language {
    /// `?lang`, then the cookie, then the browser's languages, then Japanese.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let query = uri.query().unwrap_or_default();
        let from_query = query.split('&').find_map(|pair| parse(pair.strip_prefix("lang=")?));
        let from_cookie = || crate::credentials::cookie(headers, COOKIE).and_then(parse);
        let chosen = from_query.or_else(from_cookie);
        let locale = chosen.or_else(|| accepted(headers)).unwrap_or_default();
        Self { locale, chosen: chosen.is_some(), in_query: from_query.is_some() }
    }

    /// The language to answer in.
    pub(crate) const fn locale(self) -> Locale {
        self.locale
    }

    /// The same for a signed-in customer: the wallet's language, unless another was chosen here.
    #[must_use]
    pub(crate) const fn for_customer(self, wallet: Locale) -> Self {
        if self.chosen { self } else { Self { locale: wallet, ..self } }
    }

    /// The choice to remember, if it was made by this request.
    pub(crate) fn to_remember(self) -> Option<Locale> {
        self.in_query.then_some(self.locale)
    }
}

/// The best language of `Accept-Language` (RFC 9110 §12.5.4) that we have.
fn accepted(headers: &HeaderMap) -> Option<Locale> {
    const RANGES_MAX: usize = 16;
    let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Locale)> = None;
    for range in text.split(',').take(RANGES_MAX) {
        let (name, weight) = range.split_once(";q=").unwrap_or((range, "1"));
        let weight: f32 = weight.trim().parse().unwrap_or(0.0);
        if let Some(locale) = parse(name.trim())
            && weight > 0.0
            && best.is_none_or(|(other, _)| weight > other)
        {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

fn in_japan(time: Time) -> Option<jiff::Zoned> {
    let japan = tz::TimeZone::fixed(tz::offset(9));
    Timestamp::from_millisecond(time.millis()).ok().map(|stamp| stamp.to_zoned(japan))
}

/// A day in Japan: `2026年11月22日`, `22 Nov 2026`.
pub(crate) fn day(locale: Locale, time: Time) -> String {
    let format = match locale {
        Locale::Ja => "%Y年%-m月%-d日",
        Locale::En => "%-d %b %Y",
    };
    in_japan(time).map(|zoned| zoned.strftime(format).to_string()).unwrap_or_default()
}

/// A minute in Japan: `2026年11月22日 14:05`, `22 Nov 2026, 14:05 JST`.
pub(crate) fn minute(locale: Locale, time: Time) -> String {
    let format = match locale {
        Locale::Ja => "%Y年%-m月%-d日 %H:%M",
        Locale::En => "%-d %b %Y, %H:%M JST",
    };
    in_japan(time).map(|zoned| zoned.strftime(format).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(text: &str) -> BTreeSet<&str> {
        let heads = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
        heads.filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim()).collect()
    }

    #[test]
    fn both_languages_say_the_same_things_once() {
        let mut seen = BTreeSet::new();
        for (ja, en) in SENTENCES {
            for text in [ja, en] {
                let read = FluentResource::try_new((*text).to_owned());
                assert!(read.is_ok(), "{:?}", read.err().map(|(_, wrong)| wrong));
            }
            assert_eq!(keys(ja), keys(en));
            assert!(!ja.contains("ログイン") && !ja.contains("ログアウト"), "the glossary says サインイン");
            for key in keys(ja) {
                assert!(seen.insert(key), "{key} stands twice");
            }
        }
        assert!(seen.len() > 90);
    }

    #[test]
    fn times_are_shown_as_in_japan() {
        let time = Time::from_millis(1_795_323_900_000);
        assert_eq!(day(Locale::Ja, time), "2026年11月22日");
        assert_eq!(minute(Locale::Ja, time), "2026年11月22日 14:05");
        assert_eq!(minute(Locale::En, time), "22 Nov 2026, 14:05 JST");
    }

    #[test]
    fn the_language_is_chosen_in_order() {
        for (uri, cookie, accept, wallet, expected) in [
            ("/", "", "", Locale::Ja, Locale::Ja),
            ("/", "", "fr, en;q=0.5, ja;q=0.4", Locale::Ja, Locale::Ja),
            ("/", "", "fr, en;q=0.5, ja;q=0.4", Locale::En, Locale::En),
            ("/", "a=b; lang=en", "ja", Locale::Ja, Locale::En),
            ("/?x=1&lang=ja", "lang=en", "en", Locale::En, Locale::Ja),
            ("/?lang=fr", "lang=en", "ja", Locale::Ja, Locale::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().expect("a header"));
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().expect("a header"));
            let language = Language::of(&uri.parse().expect("a URI"), &headers);
            assert_eq!(language.for_customer(wallet).locale(), expected, "{uri} {cookie} {accept}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "en-GB;q=0.9, ja;q=0.8".parse().expect("a header"));
        assert_eq!(Language::of(&Uri::from_static("/"), &headers).locale(), Locale::En);
    }
}
