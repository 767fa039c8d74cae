//! WebDriver's HTTP, as much of it as chromedriver speaks: one request per connection, the answer read by its length.
//!
//! Source: W3C WebDriver, "Protocol" (commands are JSON over HTTP/1.1; an error carries `error` and `message`).

use serde_json::Value;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No command may take longer than this: page loads and scripts have shorter limits of their own.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(120);

/// Why a command was not carried out: WebDriver's own word (`no such element`, …) and its explanation.
#[derive(Debug)]
pub struct Refused {
    /// One of the error codes of the W3C list, or `broken connection` when there was no answer at all.
    pub error: String,
    /// For people.
    pub message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first_line = self.message.lines().next().unwrap_or_default();
        write!(f, "{}: {first_line}", self.error)
    }
}

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Self {
        broken(&error.to_string())
    }
}

fn broken(message: &str) -> Refused {
    Refused { error: "broken connection".to_owned(), message: message.to_owned() }
}

/// Sends one command and returns its `value`.
pub fn command(driver: SocketAddr, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
    let stream = TcpStream::connect_timeout(&driver, Duration::from_secs(10))?;
    stream.set_read_timeout(Some(ANSWER_WAIT_MAX))?;
    let body = if method == "POST" { body.to_string() } else { String::new() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {driver}\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    (&stream).write_all(request.as_bytes())?;
    let mut reader = BufReader::new(&stream);
    let (status, length) = read_head(&mut reader)?;
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes)?;
    let mut answer: Value =
        serde_json::from_slice(&bytes).map_err(|error| broken(&format!("HTTP {status}, not JSON: {error}")))?;
    let value = answer["value"].take();
    if status == 200 {
        return Ok(value);
    }
    let word = |name: &str| value[name].as_str().unwrap_or("(none given)").to_owned();
    Err(Refused { error: word("error"), message: word("message") })
}

/// Reads up to the empty line; gives the status and the length of the body.
fn read_head(reader: &mut impl BufRead) -> Result<(u16, usize), Refused> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(|| broken(&format!("no HTTP status in {line:?}")))?;
    let mut length = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            return Ok((status, length));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(|_| broken(&format!("a bad length in {line:?}")))?;
        }
    }
}
