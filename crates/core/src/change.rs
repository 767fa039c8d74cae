//! What a transition leaves behind.

use crate::fact::Fact;

/// The new value of a state machine, and the facts to append beside it.
///
/// A transition consumes the old value and returns one of these; the caller stores both in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<T> {
    pub value: T,
    pub facts: Vec<Fact>,
}

impl<T> Change<T> {
    /// Nothing changed: the same value, no facts.
    pub fn none(value: T) -> Self {
        Self { value, facts: Vec::new() }
    }

    /// The value changed and one fact tells why.
    pub fn of(value: T, fact: Fact) -> Self {
        Self { value, facts: vec![fact] }
    }

    /// The value changed and several facts tell why.
    pub fn with(value: T, facts: Vec<Fact>) -> Self {
        Self { value, facts }
    }

    /// True when nothing is to be stored.
    pub fn is_none(&self) -> bool {
        self.facts.is_empty()
    }
}
