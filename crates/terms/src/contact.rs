//! How a customer is reached: a mobile number in Japan and an e-mail address.

use crate::{Invalid, invalid::text_type};

/// A Japanese mobile number: 11 digits that begin with 060, 070, 080 or 090.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number; hyphens, spaces and +81 are understood and left out.
    ///
    /// # Errors
    /// Not a Japanese mobile number.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong =
            Invalid::new("phone", "a Japanese mobile number of 11 digits: 060, 070, 080 or 090 first");
        if text.len() > 32 {
            return Err(wrong);
        }
        let bare: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        let digits = match bare.strip_prefix("+81") {
            Some(rest) => format!("0{rest}"),
            None => bare,
        };
        let mobile = ["060", "070", "080", "090"].iter().any(|prefix| digits.starts_with(prefix));
        if digits.len() == 11 && mobile && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(wrong)
        }
    }

    /// The eleven digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Shown to its owner: `090****0001`.
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.0[..3], &self.0[7..])
    }
}

/// An e-mail address in lower case, at most 254 characters (RFC 5321).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address: one `@`, something before it, a domain with a dot behind it, ASCII only.
    ///
    /// # Errors
    /// Anything that cannot be an address.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = Invalid::new("email", "an address such as name@example.jp, at most 254 characters");
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or_else(|| wrong.clone())?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
        let labels_fine = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            });
        if text.len() <= 254
            && !local.is_empty()
            && local.len() <= 64
            && local.chars().all(allowed)
            && labels_fine
        {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(wrong)
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Shown to its owner: `h****@example.jp`.
    pub fn masked(&self) -> String {
        match self.0.split_once('@') {
            Some((local, domain)) => format!("{}****@{domain}", &local[..1]),
            None => String::new(),
        }
    }
}

text_type!(Phone);
text_type!(Email);

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones() {
        for (text, read) in [
            ("09012345678", Some("09012345678")),
            ("090-1234-5678", Some("09012345678")),
            ("+81 90-1234-5678", Some("09012345678")),
            ("0312345678", None),
            ("090123456789", None),
            ("０９０１２３４５６７８", None),
            ("", None),
        ] {
            assert_eq!(Phone::parse(text).ok().as_ref().map(Phone::as_str), read, "{text}");
        }
    }

    #[test]
    fn addresses() {
        for (text, fine) in [
            ("Hanako@Example.jp", true),
            ("a@b", false),
            ("a@b..jp", false),
            ("@example.jp", false),
            ("a b@example.jp", false),
            ("a@-x.jp", false),
            ("a@b@example.jp", false),
        ] {
            assert_eq!(Email::parse(text).is_ok(), fine, "{text}");
        }
    }
}
