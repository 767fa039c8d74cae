//! Pages whose scripts never arrive. Scripts stay allowed, since the driver itself speaks to pages through them.

use super::session::Browser;
use serde_json::json;

/// How many of the page's script files arrived, and how many did not.
const FILES: &str = "
const arrived = file => performance.getEntriesByName(file.src).some(entry => entry.decodedBodySize > 0);
const files = [...document.querySelectorAll('script[src]')], count = files.filter(arrived).length;
return [count, files.length - count];";

impl Browser {
    /// From now on no script file reaches this window, as on a network that drops them.
    #[track_caller]
    pub fn lose_scripts(&self) {
        self.chrome_command("Network.enable", json!({}));
        self.chrome_command("Network.setBlockedURLs", json!({ "urls": ["*.js", "*.js?*"] }));
    }

    /// How many script files of this page arrived, and how many did not.
    #[track_caller]
    pub fn script_files(&self) -> (u64, u64) {
        let found = self.execute_script(FILES, &[]);
        let count = |place: usize| found[place].as_u64().unwrap_or_else(|| panic!("script files: {found}"));
        (count(0), count(1))
    }

    /// Panics when a script of this page arrived after all, or when there was none to lose.
    #[track_caller]
    pub fn check_scripts_lost(&self) {
        let (arrived, lost) = self.script_files();
        assert!(arrived == 0 && lost > 0, "{arrived} scripts arrived and {lost} were lost in {}", self.url());
    }
}
