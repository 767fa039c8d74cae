//! How a rule says no: a stable code for machines, a kind for the protocol, arguments for the sentence.
//!
//! A rule never knows a status number or a language; the application maps kind to HTTP and code to words.

/// What sort of no it is. The application maps each to one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What was sent cannot be understood or breaks a rule of form.
    Invalid,
    /// We do not know who is asking.
    Unauthenticated,
    /// We know, and they may not.
    Forbidden,
    /// It does not exist, or the asker may not know that it does.
    NotFound,
    /// It does not fit the present state.
    Conflict,
    /// It came too often.
    TooMany,
    /// It is larger than the bound.
    TooLarge,
    /// It is not of a kind we read.
    Unsupported,
    /// It could be done, later.
    Unavailable,
}

/// A refusal with a stable code such as `refund.window_closed`.
pub trait Refusal: std::fmt::Debug {
    /// Stable, dotted, lower case; the key of its sentence in the locale files.
    fn code(&self) -> &'static str;

    fn kind(&self) -> Kind;

    /// Named values for the sentence, already as people read them.
    fn arguments(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}
