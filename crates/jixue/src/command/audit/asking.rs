//! Requests over kept connections, and what an answer comes to.

use super::carried::{Carried, Sent};
use super::policy::Verdict;
use super::world::Session;
use crate::command::bench::client::{Answer, Connection};

/// Codes of refusals that say "not yours" with another status than 403.
const NOT_YOURS: [&str; 2] = ["beat.taken_over", "grant.reach_unfit"];

/// A request to be made.
pub(super) struct Request<'a> {
    pub method: &'a str,
    pub target: String,
    pub session: Option<&'a Session>,
    pub sent: Option<Sent>,
}

impl Request<'_> {
    /// As bytes. `from` makes the address of the visitor, so that limits by address do not count one for all.
    fn bytes(&self, from: u32) -> Vec<u8> {
        let [a, b, c, d] = (0x0a00_0000 | (from & 0x00ff_ffff)).to_be_bytes();
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nX-Forwarded-For: {a}.{b}.{c}.{d}\r\n",
            self.method, self.target
        );
        if let Some(session) = self.session {
            head.push_str(&format!("Cookie: jixue_session={}\r\nX-CSRF: {}\r\n", session.token, session.csrf));
        }
        let Some((kind, body)) = &self.sent else {
            head.push_str("\r\n");
            return head.into_bytes();
        };
        head.push_str(&format!("Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len()));
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }
}

/// A connection, opened again when the server has closed it.
pub(super) struct Asking {
    address: String,
    connection: Option<Connection>,
    from: u32,
}

impl Asking {
    /// `lane` keeps the visitors' addresses of several connections apart.
    pub fn new(address: String, lane: u32) -> Self {
        Self { address, connection: None, from: lane << 16 }
    }

    pub async fn ask(&mut self, request: &Request<'_>) -> anyhow::Result<Answer> {
        self.from += 1;
        let bytes = request.bytes(self.from);
        if let Some(connection) = &mut self.connection
            && let Ok(answer) = connection.ask(&bytes).await
        {
            return Ok(answer);
        }
        let mut connection = Connection::open(&self.address).await?;
        let answer = connection.ask(&bytes).await;
        self.connection = answer.is_ok().then_some(connection);
        answer
    }
}

/// What an answer comes to. `is_real`: the id is that of a thing which a list could show.
pub(super) fn verdict(answer: &Answer, carried: Carried, id: &str, is_real: bool) -> Verdict {
    match answer.status {
        401 | 403 => return Verdict::Deny,
        404 => return Verdict::NotFound,
        500..=502 | 504.. => return Verdict::Failed,
        _ => {}
    }
    let text = String::from_utf8_lossy(&answer.body);
    if answer.status >= 400 && NOT_YOURS.iter().any(|code| text.contains(&format!("\"{code}\""))) {
        return Verdict::Deny;
    }
    match carried {
        Carried::Shown(_) if is_real && !shows(&text, id) => Verdict::NotFound,
        _ => Verdict::Allow,
    }
}

/// Whether a text names an id as addresses and values do, and not a longer one that it is part of, nor the request's own
/// query told again.
fn shows(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + id.len()..].chars().next();
        matches!(before, Some('/' | '"')) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::super::carried::Thing;
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, location: String::new(), body: body.as_bytes().to_vec() }
    }

    /// A verdict that is too mild hides the very hole that the audit looks for.
    #[test]
    fn an_answer_comes_to_what_it_does() {
        let list = Carried::Shown(Thing::Order);
        let order = Carried::Path(Thing::Order);
        for (status, body, carried, expected) in [
            (200, "", order, Verdict::Allow),
            (409, "{\"code\":\"order.paid\"}", order, Verdict::Allow),
            (409, "{\"code\":\"beat.taken_over\"}", order, Verdict::Deny),
            (403, "", order, Verdict::Deny),
            (401, "", order, Verdict::Deny),
            (404, "", order, Verdict::NotFound),
            (500, "", order, Verdict::Failed),
            (200, "/orders/12", list, Verdict::Allow),
            (200, "/orders/123 /orders/412 ?order=12", list, Verdict::NotFound),
        ] {
            assert_eq!(verdict(&answer(status, body), carried, "12", true), expected, "{status} {body}");
        }
    }
}
