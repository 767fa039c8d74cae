//! What people call a device: the app and the system. The rest of a user agent is noise.

use crate::i18n::Texts;

/// Marks of apps, the most particular first: each later one also stands in the user agents of the earlier.
const APPS: [(&str, &str); 9] = [
    ("MicroMessenger", ""),
    ("DingTalk", "DingTalk"),
    ("QQBrowser", "QQ"),
    ("HuaweiBrowser", "Huawei"),
    ("MiuiBrowser", "Mi"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];
const SYSTEMS: [(&str, &str); 8] = [
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

/// A device in the reader's language, as in "微信 · Android".
pub fn device_words(t: &Texts, agent: &str) -> String {
    let find = |marks: &'static [(&str, &'static str)]| marks.iter().find(|(mark, _)| agent.contains(mark));
    let app = find(&APPS).map(|(_, name)| if name.is_empty() { t.devices_wechat() } else { name });
    let system = find(&SYSTEMS).map(|(_, name)| *name);
    match (app, system) {
        (Some(app), Some(system)) => format!("{app} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => t.devices_unknown().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Locale;

    /// Somebody who does not know a line of the list signs the wrong device out, or none.
    #[test]
    fn devices_have_the_names_that_people_know() {
        let agents = [
            (
                "Mozilla/5.0 (Linux; Android 13) Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47",
                "微信 · Android",
            ),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1", "Safari · iPhone"),
            ("Mozilla/5.0 (Windows NT 6.1; rv:115.0) Firefox/115.0", "Firefox · Windows"),
            ("curl/8.0", "不认识的设备"),
            ("", "不认识的设备"),
        ];
        for (agent, expected) in agents {
            assert_eq!(device_words(&Texts::of(Locale::ZhCn), agent), expected, "{agent}");
        }
    }
}
