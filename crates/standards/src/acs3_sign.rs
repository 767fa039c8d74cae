//! Signature version 3 of Alibaba Cloud's HTTP APIs, `ACS3-HMAC-SHA256`, for both sides of the wire.
//!
//! The canonical request is method, path, sorted query, signed headers and the body's hash; its SHA-256 is signed
//! with the access key's secret.
//!
//! Source: Alibaba Cloud documentation, "V3 请求结构和签名" (its worked example is a test here).

use ring::{digest, hmac};
use std::fmt::{self, Write};

/// The scheme named at the front of the `Authorization` header and of the string to sign.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// How old `x-acs-date` may be, in seconds.
pub const DATE_AGE_SECONDS_MAX: i64 = 900;

/// A request as far as it is signed.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// `/` for the RPC style.
    pub path: &'a str,
    /// Decoded names and values, in any order.
    pub query: &'a [(String, String)],
    /// Lower-case names of the headers that are signed, with their values, in any order.
    pub headers: &'a [(String, String)],
    /// Lower-case hex SHA-256 of the body.
    pub body_sha256: &'a str,
}

impl Request<'_> {
    /// The text whose hash is signed.
    pub fn canonical(&self) -> String {
        let mut headers: Vec<_> = self.headers.iter().collect();
        headers.sort();
        let header_lines: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        [self.method, self.path, &query_string(self.query), &header_lines, &names.join(";"), self.body_sha256]
            .join("\n")
    }

    fn string_to_sign(&self) -> String {
        format!("{ALGORITHM}\n{}", sha256_hex(self.canonical().as_bytes()))
    }

    /// Signs with `secret` and returns the whole `Authorization` value.
    pub fn authorize(&self, access_key_id: &str, secret: &str) -> Authorization {
        let mut signed_headers: Vec<String> = self.headers.iter().map(|(name, _)| name.clone()).collect();
        signed_headers.sort();
        let tag = hmac::sign(&key(secret), self.string_to_sign().as_bytes());
        Authorization { access_key_id: access_key_id.to_owned(), signed_headers, signature: hex(tag.as_ref()) }
    }

    /// Whether `signature` (lower-case hex) was made with `secret` over this request; compared in constant time.
    pub fn is_signed(&self, secret: &str, signature: &str) -> bool {
        unhex(signature).is_some_and(|tag| hmac::verify(&key(secret), self.string_to_sign().as_bytes(), &tag).is_ok())
    }
}

/// The parts of the `Authorization` header. `Display` builds it, [`Authorization::parse`] reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    pub access_key_id: String,
    /// Lower case, sorted.
    pub signed_headers: Vec<String>,
    /// Lower-case hex.
    pub signature: String,
}

impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{ALGORITHM} Credential={},SignedHeaders={},Signature={}",
            self.access_key_id,
            self.signed_headers.join(";"),
            self.signature
        )
    }
}

impl Authorization {
    /// Reads the header's value. `None` when a part is missing or the scheme is another.
    pub fn parse(value: &str) -> Option<Self> {
        let (mut credential, mut headers, mut signature) = (None, None, None);
        for field in value.strip_prefix(ALGORITHM)?.split(',') {
            match field.trim().split_once('=')? {
                ("Credential", value) => credential = Some(value.to_owned()),
                ("SignedHeaders", value) => headers = Some(value.split(';').map(str::to_owned).collect()),
                ("Signature", value) => signature = Some(value.to_owned()),
                _ => {}
            }
        }
        Some(Self { access_key_id: credential?, signed_headers: headers?, signature: signature? })
    }
}

/// Names and values, percent-encoded and sorted by name, joined as a query string. What is signed and what is sent.
pub fn query_string(query: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = query.iter().collect();
    sorted.sort();
    let pairs: Vec<String> =
        sorted.iter().map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value))).collect();
    pairs.join("&")
}

/// RFC 3986: everything but `A-Za-z0-9-_.~` as `%XX` of its UTF-8 bytes.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// Lower-case hex of the SHA-256 of `bytes`.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn key(secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn example_headers(body_sha256: &str) -> Vec<(String, String)> {
        pairs(&[
            ("x-acs-version", "2014-05-26"),
            ("host", "ecs.cn-shanghai.aliyuncs.com"),
            ("x-acs-action", "RunInstances"),
            ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
            ("x-acs-date", "2023-10-26T10:22:32Z"),
            ("x-acs-content-sha256", body_sha256),
        ])
    }

    const EXAMPLE_SIGNATURE: &str = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0";

    fn with_example<T>(check: impl FnOnce(Request<'_>) -> T) -> T {
        let query =
            pairs(&[("RegionId", "cn-shanghai"), ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd")]);
        let body_sha256 = sha256_hex(b"");
        let headers = example_headers(&body_sha256);
        check(Request { method: "POST", path: "/", query: &query, headers: &headers, body_sha256: &body_sha256 })
    }

    /// The operator's own worked example: the only proof, short of its servers, that ours is the same signature.
    #[test]
    fn the_documented_example_is_reproduced() {
        with_example(|request| {
            assert_eq!(
                request.string_to_sign(),
                "ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259"
            );
            let authorization = request.authorize("YourAccessKeyId", "YourAccessKeySecret").to_string();
            assert_eq!(
                authorization,
                format!(
                    "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;\
                     x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,\
                     Signature={EXAMPLE_SIGNATURE}"
                )
            );
            assert!(request.is_signed("YourAccessKeySecret", EXAMPLE_SIGNATURE));
        });
    }

    #[test]
    fn another_secret_signature_or_request_is_not_accepted() {
        with_example(|request| {
            assert!(!request.is_signed("YourAccessKeySecret2", EXAMPLE_SIGNATURE));
            assert!(!request.is_signed("YourAccessKeySecret", &EXAMPLE_SIGNATURE.to_uppercase()));
            assert!(!request.is_signed("YourAccessKeySecret", &EXAMPLE_SIGNATURE[2..]));
            assert!(!request.is_signed("YourAccessKeySecret", ""));
            let get = Request { method: "GET", ..request };
            assert!(!get.is_signed("YourAccessKeySecret", EXAMPLE_SIGNATURE));
            let other_body = sha256_hex(b"x");
            let body = Request { body_sha256: &other_body, ..request };
            assert!(!body.is_signed("YourAccessKeySecret", EXAMPLE_SIGNATURE));
            let without_query = Request { query: &[], ..request };
            assert!(!without_query.is_signed("YourAccessKeySecret", EXAMPLE_SIGNATURE));
        });
    }

    #[test]
    fn an_authorization_header_survives_building_and_reading() {
        let made = with_example(|request| request.authorize("id", "secret"));
        assert_eq!(Authorization::parse(&made.to_string()), Some(made));
        assert_eq!(Authorization::parse("ACS3-HMAC-SHA256 Credential=id,Signature=00"), None);
        assert_eq!(Authorization::parse("Bearer token"), None);
    }

    /// Template parameters are Chinese JSON; a sign for a space would break the signature.
    #[test]
    fn queries_are_sorted_and_encoded_by_rfc_3986() {
        let query = pairs(&[("b", "a b*c~d/e+"), ("a", "{\"码\":1}")]);
        assert_eq!(query_string(&query), "a=%7B%22%E7%A0%81%22%3A1%7D&b=a%20b%2Ac~d%2Fe%2B");
    }
}
