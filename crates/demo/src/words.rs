//! What the demo says on the terminal. The sentences stand in `words.toml`.

use std::sync::OnceLock;

fn table() -> &'static toml::Table {
    static TABLE: OnceLock<toml::Table> = OnceLock::new();
    TABLE.get_or_init(|| include_str!("../words.toml").parse().expect("the words are well formed"))
}

/// The sentence of a key such as `error.port_taken`, with `{name}` replaced by its value.
pub fn say(key: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let mut place: Option<&toml::Value> = None;
    for part in key.split('.') {
        place = match place {
            None => table().get(part),
            Some(inner) => inner.get(part),
        };
    }
    // A key that is missing is shown, so that it is noticed.
    let mut text = place.and_then(toml::Value::as_str).unwrap_or(key).to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), &value.to_string());
    }
    text
}

/// What stands in brackets before a text message.
pub fn sms_sign_name() -> &'static str {
    table().get("sms_sign_name").and_then(toml::Value::as_str).unwrap_or_default()
}

/// The operator's template of sign-in codes.
pub fn sms_sign_in_template() -> &'static str {
    table().get("sms_sign_in_template").and_then(toml::Value::as_str).unwrap_or_default()
}

/// What a voice reads in a call.
pub fn sign_in_call_template() -> &'static str {
    table().get("sign_in_call_template").and_then(toml::Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_found_and_filled_in() {
        let said = say("error.port_taken", &[("address", &"127.0.0.1:8080")]);
        assert!(said.contains("127.0.0.1:8080") && !said.contains('{'), "{said}");
        assert_eq!(said.lines().count(), 2);
        assert!(sms_sign_in_template().contains("${code}"));
        assert_eq!(say("no.such.key", &[]), "no.such.key");
    }
}
