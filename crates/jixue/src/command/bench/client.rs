//! A small HTTP/1.1 client over one kept connection: what it costs must not hide what the server costs.

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer: status, where it leads, and body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The `Location` header, or nothing.
    pub location: String,
    pub body: Vec<u8>,
}

/// One connection, one request at a time.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| address.to_owned())?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(32 << 10) })
    }

    /// Sends a whole request and reads the whole answer, whose length the server must say.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            ensure!(self.buffer.len() < 64 << 10, "headers without an end");
            self.read().await?;
        };
        let text = std::str::from_utf8(&self.buffer[..head])?;
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).context("a status")?;
        let header = |wanted: &str| {
            text.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
            })
        };
        let location = header("location").unwrap_or_default();
        let length = header("content-length").and_then(|length| length.parse::<usize>().ok());
        let Some(length) = length else { bail!("an answer of unknown length: {text}") };
        while self.buffer.len() < head + length {
            self.read().await?;
        }
        Ok(Answer { status, location, body: self.buffer[head..head + length].to_vec() })
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        let read = self.stream.read_buf(&mut self.buffer).await?;
        ensure!(read > 0, "the server closed the connection");
        Ok(())
    }
}

/// A GET with a session cookie, if there is one.
pub fn get(path: &str, session: Option<&str>) -> Vec<u8> {
    let cookie = session.map(|token| format!("Cookie: jixue_session={token}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{cookie}\r\n").into_bytes()
}

/// A POST of JSON in a session.
pub fn post(path: &str, session: &str, csrf: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: jixue_session={session}\r\nX-CSRF: {csrf}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
