//! Passwords: argon2id, hashed off the async threads, never more at once than leaves a core free.

mod pages;
mod store;
mod weak;

pub use pages::routes;
pub(super) use store::CATALOGUE;
pub(super) use weak::Personal;

pub(super) use store::set_password;

use super::IdentityRefusal;
use crate::app::App;
use crate::error::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

/// A hash of nothing anybody knows, for logins that do not exist: the same work, always refused.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRmb3Jub2JvZHk$MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA";

/// Hashes a new password of 12 to 128 characters that no guesser tries first and that says nothing of the person. Source for the parameters: OWASP Password Storage, argon2id 19 MiB, t=2.
pub(super) async fn hash_fit(app: &App, password: &str, personal: &Personal) -> Result<String> {
    let length = password.chars().count();
    if !(12..=128).contains(&length) {
        return Err(IdentityRefusal::PasswordUnfit.into());
    }
    if weak::is_personal(password, personal) {
        return Err(IdentityRefusal::PasswordPersonal.into());
    }
    if weak::is_weak(password) {
        return Err(IdentityRefusal::PasswordWeak.into());
    }
    let password = password.to_owned();
    blocking(app, move || {
        let hash = Argon2::default()
            .hash_password(password.as_bytes())
            .map_err(|error| Error::internal(format!("argon2: {error}")))?;
        Ok(hash.to_string())
    })
    .await
}

/// Hashes a password of somebody of whom nothing is known yet; see [`hash_fit`].
pub async fn hash_password(app: &App, password: &str) -> Result<String> {
    hash_fit(app, password, &Personal::default()).await
}

/// Checks a password against a stored hash; no hash is refused after the same work.
pub(super) async fn verify(app: &App, hash: Option<String>, password: &str) -> Result<bool> {
    let password: String = password.chars().take(129).collect();
    blocking(app, move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&hash).map_err(|error| Error::internal(format!("argon2: {error}")))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
}

/// A login as it is stored: 3 to 40 small letters, digits and `. _ - @`.
pub(super) fn fit_login(login: &str) -> Result<String> {
    let login = login.trim().to_lowercase();
    let fits = (3..=40).contains(&login.len())
        && login.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte));
    if fits { Ok(login) } else { Err(IdentityRefusal::LoginUnfit.into()) }
}

async fn blocking<T: Send + 'static>(app: &App, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let permit = app.hashing.clone().acquire_owned().await.map_err(Error::internal)?;
    // The permit lasts as long as the hash, also when the visitor has hung up.
    let work = move || {
        let _permit = permit;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
