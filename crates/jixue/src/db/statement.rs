//! Statements are declared once, with a name, and every one is prepared on both engines by a test.

/// Declares statements and the catalogue of this file.
///
/// ```text
/// db::statements! {
///     /// One learner, within the asker's scope.
///     pub(super) LEARNER_BY_ID = "SELECT name FROM learner WHERE learner_id = $1";
/// }
/// ```
/// gives `pub(super) const LEARNER_BY_ID: &str` and `pub const CATALOGUE: &[(&str, &str)]`, each name with its module.
#[macro_export]
#[doc(hidden)]
macro_rules! db_statements {
    ($($(#[$meta:meta])* $visibility:vis $name:ident = $sql:expr;)+) => {
        $($(#[$meta])* $visibility const $name: &str = $sql;)+

        /// Every statement of this file: name with module, text.
        pub const CATALOGUE: &[(&str, &str)] = &[
            $((concat!(module_path!(), "::", stringify!($name)), $name)),+
        ];
    };
}
