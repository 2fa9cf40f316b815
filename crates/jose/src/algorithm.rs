//! The signature algorithms that exist for this crate: asymmetric ones, each with one kind of key.

/// A signature algorithm of RFC 7518 §3.1 or RFC 8037 that a token may be signed with.
///
/// `none` and the `HS*` family are absent on purpose: what has no name cannot be accepted by mistake (RFC 8725 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256: what we sign with.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PSS with SHA-256, 2048 to 8192 bits.
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 to 8192 bits: outside FAPI 2.0, but OpenID providers sign with it.
    Rs256,
}

impl Algorithm {
    /// Every algorithm, in the order of their names.
    pub const ALL: [Self; 4] = [Self::Es256, Self::EdDsa, Self::Ps256, Self::Rs256];

    /// The value of the `alg` header parameter.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm with this exact `alg` value; names are case-sensitive (RFC 7515 §4.1.1).
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}
