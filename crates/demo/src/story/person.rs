//! What everybody does: sign in with the phone, and look at the phone.

use super::browser::Browser;
use super::forms;
use crate::world::World;
use anyhow::{Context, bail};
use std::time::Duration;

/// How long somebody looks at a phone or a page before giving up.
const LOOKS: u32 = 400;
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// Signs in at the application's own pages, with the code that arrives on the simulated phone.
///
/// # Errors
/// When a page or the message is missing.
pub async fn sign_in(world: &World, phone: &str) -> anyhow::Result<Browser> {
    let browser = Browser::new(&world.base_url)?;
    let before = messages(world, phone).await?.len();
    let mut asking = browser.get("/sign-in").await?.form_to("/sign-in/codes")?;
    asking.fill("phone", phone)?;
    let mut typing = browser.submit(&asking).await?.form_to("/session")?;
    let message = patiently("the message with the code", async || {
        let messages = messages(world, phone).await?;
        Ok((messages.len() > before).then(|| messages.into_iter().next()).flatten())
    })
    .await?;
    typing.fill("code", code_in(&message).with_context(|| format!("no code in {message:?}"))?)?;
    browser.submit(&typing).await?;
    Ok(browser)
}

/// The messages on the simulated phone, newest first.
async fn messages(world: &World, phone: &str) -> anyhow::Result<Vec<String>> {
    let page = Browser::new(&world.simulator.base_url)?.get(&format!("/phone?phone={phone}")).await?;
    let items = page.html().split("<li class=\"sheet\">").skip(1);
    Ok(items.map(|item| forms::words(item.split("</li>").next().unwrap_or_default())).collect())
}

/// The first run of exactly six digits.
fn code_in(message: &str) -> Option<String> {
    let runs = message.split(|mark: char| !mark.is_ascii_digit());
    runs.into_iter().find(|run| run.len() == 6).map(str::to_owned)
}

/// Looks until there is something to see.
///
/// # Errors
/// When looking fails, or nothing is seen for ten seconds.
pub async fn patiently<T>(what: &str, look: impl AsyncFn() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    for _ in 0..LOOKS {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    bail!("{what}: waited in vain")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_among_other_numbers() {
        let message = "发给 16000000001 2026-11-23 20:14 【继学】您的登录验证码是 012345，5 分钟内有效。";
        assert_eq!(code_in(message).as_deref(), Some("012345"));
        assert_eq!(code_in("16000000001"), None);
    }
}
