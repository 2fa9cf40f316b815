//! Which characters may stand in a field, by EMVCo's formats.

/// EMVCo's "ans" (alphanumeric special): printable ASCII, from one to `limit` characters.
pub(crate) fn is_ans(value: &str, limit: usize) -> bool {
    (1..=limit).contains(&value.len()) && value.bytes().all(|byte| (0x20..=0x7E).contains(&byte))
}

/// EMVCo's "S" (string): any script, from one to `limit` characters.
///
/// Control characters are refused, and so are those that turn the direction of writing: the name is shown to
/// a person who decides by it whether to pay, so it must look like what it is.
pub(crate) fn is_string(value: &str, limit: usize) -> bool {
    (1..=limit).contains(&value.chars().count()) && !value.chars().any(|c| c.is_control() || turns(c))
}

fn turns(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
