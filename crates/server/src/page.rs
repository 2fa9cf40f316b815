//! What every page has: its language, title, tab and the way to its sentences.

use crate::{
    AppState,
    credentials::Caller,
    locale::{self, Language},
    problem::Problem,
    shell::Asking,
    statics,
};
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use engine::sign_up::Locale;
use terms::Time;

/// The tabs at the bottom, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Home,
    Pay,
    Send,
    Bank,
    Me,
}

impl Tab {
    const ALL: [Self; 5] = [Self::Home, Self::Pay, Self::Send, Self::Bank, Self::Me];

    /// The key of its name.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Home => "tab-home",
            Self::Pay => "tab-pay",
            Self::Send => "tab-send",
            Self::Bank => "tab-bank",
            Self::Me => "tab-me",
        }
    }

    /// Where it leads.
    pub(crate) const fn href(self) -> &'static str {
        match self {
            Self::Home => "/home",
            Self::Pay => "/pay",
            Self::Send => "/send",
            Self::Bank => "/bank",
            Self::Me => "/me",
        }
    }
}

/// How a page changes over to the other language.
#[derive(Debug, Clone)]
enum Switch {
    /// By the page's own address.
    ByAddress,
    /// By sending again, to this path, what was typed so far: the page has no address of its own.
    ByForm(&'static str, Vec<(&'static str, String)>),
    /// Not at all: what the page shows cannot be shown again.
    Absent,
}

/// What every page has. A template takes it as `page` and extends `layout.html`.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    locale: Locale,
    title: String,
    tab: Option<Tab>,
    path: String,
    tabs: bool,
    sandbox_url: Option<String>,
    switch: Switch,
}

impl Page {
    /// A page whose title is the sentence under `title_key`.
    pub(crate) fn new(state: &AppState, caller: &Caller, title_key: &str) -> Self {
        let hints = state.settings.demo.as_ref();
        Self {
            sandbox_url: hints.map(|hints| hints.sandbox_url.to_string()),
            ..Self::bare(caller.language, &caller.path, title_key)
        }
    }

    /// The page of a problem, without the state.
    pub(crate) fn of_problem(asking: &Asking) -> Self {
        let bare = Self::bare(asking.language, &asking.path, "problem-title");
        Self { sandbox_url: asking.sandbox_url.clone(), ..bare }
    }

    fn bare(language: Language, path: &str, title_key: &str) -> Self {
        let locale = language.locale();
        Self {
            locale,
            title: locale::t(locale, title_key, &[]),
            tab: None,
            path: path.to_owned(),
            tabs: false,
            sandbox_url: None,
            switch: Switch::ByAddress,
        }
    }

    /// A page of the signed-in wallet, with the tab bar; in the wallet's own language unless another was chosen.
    #[must_use]
    pub(crate) fn tab(mut self, tab: Tab) -> Self {
        (self.tab, self.tabs) = (Some(tab), true);
        self
    }

    /// A title that is no fixed sentence, such as a payee's name.
    #[must_use]
    pub(crate) fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// A page that answers a form: in the other language it is asked for by `fields` again, at `path`.
    #[must_use]
    pub(crate) fn keeps(mut self, path: &'static str, fields: &[(&'static str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
        self.switch = Switch::ByForm(path, fields.collect());
        self
    }

    /// A page that is shown once.
    #[must_use]
    pub(crate) fn shown_once(mut self) -> Self {
        self.switch = Switch::Absent;
        self
    }

    /// Where to send what was typed so far, and that, to see the page in the other language.
    pub(crate) fn typed_again(&self) -> Option<(&str, &[(&'static str, String)])> {
        match &self.switch {
            Switch::ByForm(path, fields) => Some((path, fields)),
            Switch::ByAddress | Switch::Absent => None,
        }
    }

    /// Whether the page's own address shows it in the other language.
    pub(crate) const fn has_address(&self) -> bool {
        matches!(self.switch, Switch::ByAddress)
    }

    pub(crate) const fn locale(&self) -> Locale {
        self.locale
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// The path of the page, without its query.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn lang(&self) -> &'static str {
        locale::tag(self.locale)
    }

    /// The tabs to show, and whether each is the one we are in.
    pub(crate) fn tabs(&self) -> Vec<(Tab, bool)> {
        if !self.tabs {
            return Vec::new();
        }
        Tab::ALL.into_iter().map(|tab| (tab, self.tab == Some(tab))).collect()
    }

    /// The other language: its tag, its own name, and this page in it.
    pub(crate) fn other_language(&self) -> (&'static str, &'static str, String) {
        let (tag, name) = match self.locale {
            Locale::Ja => ("en", "English"),
            Locale::En => ("ja", "日本語"),
        };
        (tag, name, format!("{}?lang={tag}", self.path))
    }

    /// The demo's pretend world, in a demo.
    pub(crate) fn sandbox_url(&self) -> Option<&str> {
        self.sandbox_url.as_deref()
    }

    /// A sentence.
    pub(crate) fn t(&self, key: &str) -> String {
        locale::t(self.locale, key, &[])
    }

    /// A sentence with one place filled in.
    pub(crate) fn t1(&self, key: &str, place: &str, value: impl std::fmt::Display) -> String {
        locale::t(self.locale, key, &[(place, value.to_string().into())])
    }

    /// A day in Japan.
    pub(crate) fn day(&self, time: &Time) -> String {
        locale::day(self.locale, *time)
    }

    /// A minute in Japan.
    pub(crate) fn minute(&self, time: &Time) -> String {
        locale::minute(self.locale, *time)
    }

    /// The address of an embedded file.
    pub(crate) fn file(&self, name: &str) -> String {
        statics::href(name)
    }
}

/// A template as an answer.
pub(crate) fn html(template: &impl askama::Template) -> Response {
    const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
    match template.render() {
        Ok(text) => ([(header::CONTENT_TYPE, HTML)], text).into_response(),
        Err(wrong) => Problem::fault(wrong).into_response(),
    }
}
