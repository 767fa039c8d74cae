//! Recovery codes: ten of fifty bits each, shown once, good once.

use super::store;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::random;
use jixue_core::id::AccountId;
use jixue_standards::totp::base32;

const COUNT: usize = 10;
/// Letters of a code; a hyphen stands in the middle.
const LETTERS: usize = 10;

/// Makes a set; made before the transaction that keeps it.
pub(in super::super) fn make() -> Vec<String> {
    let one = || {
        let letters = base32(&random::<7>());
        format!("{}-{}", &letters[..LETTERS / 2], &letters[LETTERS / 2..LETTERS])
    };
    std::iter::repeat_with(one).take(COUNT).collect()
}

/// How a code is compared: capitals, without what people put between, and with 0 and 1 read as the letters they look like.
fn plain(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase());
    letters
        .map(|letter| match letter {
            '0' => 'O',
            '1' => 'I',
            letter => letter,
        })
        .collect()
}

/// Under a key that is never turned: codes on paper stay good.
fn digest(at: &At, account: AccountId, typed: &str) -> Vec<u8> {
    at.keys.lasting_digest("recovery code", &format!("{account}/{}", plain(typed)))
}

/// Keeps a set in the place of any earlier one.
pub(in super::super) async fn keep(tx: &Tx<'_>, at: &At, account: AccountId, codes: &[String]) -> Result<()> {
    let digests: Vec<Vec<u8>> = codes.iter().map(|code| digest(at, account, code)).collect();
    store::put_codes(tx, account, &digests).await
}

/// Uses a code up; false when it is none, or was used before.
pub(super) async fn take(tx: &Tx<'_>, at: &At, account: AccountId, typed: &str) -> Result<bool> {
    if plain(typed).len() != LETTERS {
        return Ok(false);
    }
    store::use_code(tx, account, &digest(at, account, typed), at.now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes are copied by hand, in a hurry.
    #[test]
    fn a_code_is_read_as_people_write_it() {
        assert_eq!(plain("ab1o0-c2 d3e"), "ABIOOC2D3E");
        let made = make();
        assert_eq!(made.len(), COUNT);
        for code in &made {
            assert_eq!(plain(code).len(), LETTERS, "{code}");
            assert_eq!(plain(&code.to_lowercase()), plain(code));
        }
        assert!(made.iter().collect::<std::collections::BTreeSet<_>>().len() == COUNT, "no two are alike");
    }
}
