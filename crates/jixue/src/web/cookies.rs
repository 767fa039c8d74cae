//! Cookies: reading one, and writing ours with the right attributes.

use axum::http::{HeaderMap, HeaderValue, header};

/// Name of the session cookie. Over TLS its prefix keeps other hosts of the domain from planting one.
///
/// Source: RFC 6265bis, section 4.1.3.2.
pub fn session(secure: bool) -> &'static str {
    if secure { "__Host-jixue_session" } else { "jixue_session" }
}

/// The value of a cookie.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// A `Set-Cookie` value. A life of 0 seconds deletes it. `value` must be of URL-safe characters.
pub fn set(name: &str, value: &str, seconds: i64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("invalid=1; Max-Age=0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_cookie_is_found() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("lang=en; xlang=zh-CN"));
        headers.append(header::COOKIE, HeaderValue::from_static("type=large"));
        assert_eq!(get(&headers, "lang"), Some("en"));
        assert_eq!(get(&headers, "type"), Some("large"));
        assert_eq!(get(&headers, "an"), None);
    }
}
