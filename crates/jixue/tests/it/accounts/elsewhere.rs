//! The way to another side and back, as a browser walks it.

use super::{Answer, Office, answer};

/// The address on the other side that stands behind a person's name on its page.
fn behind(page: &str, name: &str) -> String {
    let (before, _) = page.split_once(name).unwrap_or_else(|| panic!("{name} in {page}"));
    let (_, address) = before.rsplit_once("href=\"").expect("a link");
    let address = address.split('"').next().unwrap_or_default();
    address.replace("&#38;", "&").replace("&amp;", "&")
}

/// Where the page goes on to, which a button that binds leads to.
fn departure(page: &Answer) -> String {
    assert_eq!(page.status, 200, "{}", page.text);
    let (_, address) = page.text.split_once("<a class=\"button block\" href=\"").expect("a way on");
    let address = address.split('"').next().unwrap_or_default();
    address.replace("&#38;", "&").replace("&amp;", "&")
}

/// Begins at one of our addresses, says yes as somebody there, and returns the address that leads back here.
pub async fn walk_there(office: &Office, client: &reqwest::Client, from: &str, name: &str) -> String {
    let there = match from.contains("/authorization") {
        true => departure(&office.post(client, from, &[]).await),
        false => {
            let begun = office.get(client, from).await;
            assert_eq!(begun.status, 303, "{from}: {}", begun.text);
            begun.location
        }
    };
    let page = answer(client.get(&there)).await;
    assert_eq!(page.status, 200, "{there}");
    let said_yes = answer(client.get(format!("{}{}", office.simulator.base_url, behind(&page.text, name)))).await;
    assert_eq!(said_yes.status, 303);
    said_yes.location
}

/// The same, and back.
pub async fn walk(office: &Office, client: &reqwest::Client, from: &str, name: &str) -> Answer {
    let back = walk_there(office, client, from, name).await;
    answer(client.get(back)).await
}
