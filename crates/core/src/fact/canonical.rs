//! Canonical JSON (RFC 8785, restricted to integers): one value, one spelling, one digest.

use serde_json::Value;

/// The value holds something without one canonical spelling: a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotCanonical;

/// Writes `value` with sorted keys, no spaces and minimal escapes.
///
/// Source: RFC 8785 §3.2; keys sort by UTF-16 code units.
pub fn canonical(value: &Value) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::with_capacity(256);
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    match value {
        Value::Null => out.extend(b"null"),
        Value::Bool(true) => out.extend(b"true"),
        Value::Bool(false) => out.extend(b"false"),
        Value::Number(number) if number.is_i64() || number.is_u64() => out.extend(number.to_string().bytes()),
        Value::Number(_) => return Err(NotCanonical),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort_by(|left, right| left.encode_utf16().cmp(right.encode_utf16()));
            out.push(b'{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(key, out);
                out.push(b':');
                write(&fields[key], out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// serde_json escapes just what RFC 8785 asks: the two-character forms, other controls as `\u00xx` in lower case.
fn write_text(text: &str, out: &mut Vec<u8>) {
    out.extend(Value::from(text).to_string().bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(value: Value) -> String {
        String::from_utf8(canonical(&value).unwrap()).unwrap()
    }

    #[test]
    fn keys_are_sorted_and_spaces_gone() {
        assert_eq!(text(json!({"b": 1, "a": [true, null, "中"], "A": {}})), r#"{"A":{},"a":[true,null,"中"],"b":1}"#);
    }

    #[test]
    fn controls_have_one_spelling() {
        assert_eq!(text(json!("\u{1}\n\"\\/\u{7f}")), "\"\\u0001\\n\\\"\\\\/\u{7f}\"");
    }

    /// A float has many spellings; a digest over one could not be checked by another program.
    #[test]
    fn fractions_are_refused() {
        assert_eq!(canonical(&json!({"a": 1.5})), Err(NotCanonical));
    }

    /// Keys beyond the basic plane sort by UTF-16, where they come before U+E000 and later.
    #[test]
    fn keys_sort_by_utf16() {
        assert_eq!(text(json!({"\u{fb33}": 1, "\u{1f600}": 2})), "{\"\u{1f600}\":2,\"\u{fb33}\":1}");
    }
}
