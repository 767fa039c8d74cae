//! Turns the locale files into code, so that a sentence missing in one language does not compile.
//!
//! `locales/{zh-CN,en}/NAME.toml` holds flat `key = "sentence with {argument}"` pairs. A file named `refusals*.toml` is
//! a table looked up by code at run time; each key of any other file becomes a method `NAME_key(argument, …)` of
//! `Texts`. Both languages must have the same keys with the same arguments.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

type Sentences = BTreeMap<String, String>;

fn main() {
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=assets");
    println!("cargo:rerun-if-changed=src/sample/content");
    println!("cargo:rerun-if-changed=media");
    let (texts_zh, codes_zh) = read_language("zh-CN");
    let (texts_en, codes_en) = read_language("en");
    same_keys("texts", &texts_zh, &texts_en);
    same_keys("codes", &codes_zh, &codes_en);
    let mut code = String::from("impl Texts {\n");
    for (key, zh) in &texts_zh {
        write_method(&mut code, key, zh, &texts_en[key]);
    }
    code.push_str("}\n\n");
    write_table(&mut code, &codes_zh, &codes_en);
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("texts.rs"), code).expect("OUT_DIR is writable");
}

fn read_language(language: &str) -> (Sentences, Sentences) {
    let (mut texts, mut codes) = (Sentences::new(), Sentences::new());
    let folder = Path::new("locales").join(language);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    for path in files {
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a UTF-8 file name").to_owned();
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let table: BTreeMap<String, String> =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (key, sentence) in table {
            let (target, full_key) = match name.starts_with("refusals") {
                true => (&mut codes, key),
                false => (&mut texts, format!("{name}_{key}")),
            };
            let repeated = target.insert(full_key.clone(), sentence).is_some();
            assert!(!repeated, "{}: {full_key} stands twice", path.display());
        }
    }
    (texts, codes)
}

fn same_keys(what: &str, zh: &Sentences, en: &Sentences) {
    for (key, sentence) in zh {
        let other = en.get(key).unwrap_or_else(|| panic!("{what}: {key} is missing in en"));
        let (mut ours, mut theirs) = (arguments(sentence), arguments(other));
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs, "{what}: {key} has other arguments in en");
    }
    for key in en.keys() {
        assert!(zh.contains_key(key), "{what}: {key} is missing in zh-CN");
    }
}

/// Names in braces, in order of first appearance.
fn arguments(sentence: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in sentence.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default().to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn write_method(code: &mut String, key: &str, zh: &str, en: &str) {
    let names = arguments(zh);
    let _ = writeln!(code, "    /// {}", zh.replace('\n', " "));
    if names.is_empty() {
        let _ = writeln!(code, "    pub fn {key}(&self) -> &'static str {{");
        let _ = writeln!(code, "        match self.locale {{ Locale::ZhCn => {zh:?}, Locale::En => {en:?} }}\n    }}");
        return;
    }
    let parameters: Vec<String> = names.iter().map(|name| format!("{name}: impl std::fmt::Display")).collect();
    let _ = writeln!(code, "    pub fn {key}(&self, {}) -> String {{", parameters.join(", "));
    let _ = writeln!(
        code,
        "        match self.locale {{ Locale::ZhCn => format!({zh:?}), Locale::En => format!({en:?}) }}\n    }}"
    );
}

fn write_table(code: &mut String, zh: &Sentences, en: &Sentences) {
    let _ = writeln!(code, "/// Sentences by code, sorted: code, Chinese, English.");
    let _ = writeln!(code, "static CODES: &[(&str, &str, &str)] = &[");
    for (key, sentence) in zh {
        let _ = writeln!(code, "    ({key:?}, {sentence:?}, {:?}),", en[key]);
    }
    let _ = writeln!(code, "];");
}
