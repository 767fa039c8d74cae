//! Lists in the order of one of their columns: what an address asks for, the links of the head, and a page of the whole.
//!
//! Only bounded sets are sorted: the units within reach, the people of one unit. They are read as for their file, so that
//! the order may follow what no index knows, such as hours that are missing, or names as they are pronounced.

use super::page::with_query;
use crate::i18n::Texts;

/// A column that a list can be sorted by: its code in addresses, and its word.
pub type Column = (&'static str, &'static str);

/// The order of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorting {
    columns: Vec<Column>,
    /// The column, and whether the largest stands first; none for the list's own order.
    chosen: Option<(&'static str, bool)>,
}

/// A column's head: how it is sorted now, and where a click leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub word: &'static str,
    /// `ascending`, `descending`, or empty.
    pub state: &'static str,
    pub href: String,
}

impl Sorting {
    /// Reads `name` (the smallest first) or `-name`; what is no column means the list's own order.
    pub fn parse(text: &str, columns: Vec<Column>) -> Self {
        let (is_descending, code) = match text.strip_prefix('-') {
            Some(code) => (true, code),
            None => (false, text),
        };
        let chosen = columns.iter().find(|column| column.0 == code).map(|column| (column.0, is_descending));
        Self { columns, chosen }
    }

    /// The column, and whether the largest stands first.
    pub fn chosen(&self) -> Option<(&'static str, bool)> {
        self.chosen
    }

    /// As an address says it; empty for the list's own order.
    pub fn code(&self) -> String {
        self.chosen.map(|(column, is_descending)| code(column, is_descending)).unwrap_or_default()
    }

    /// The head of a column. `address` makes the list's address with another order.
    pub fn head(&self, column: &str, address: impl Fn(&str) -> String) -> Head {
        let (code_of, word) = self.columns.iter().find(|one| one.0 == column).copied().unwrap_or_default();
        let state = match self.chosen {
            Some((chosen, is_descending)) if chosen == column => match is_descending {
                true => "descending",
                false => "ascending",
            },
            _ => "",
        };
        Head { word, state, href: address(&code(code_of, state == "ascending")) }
    }

    /// Every order, for a form's list: value, words, whether it is the one.
    pub fn options(&self, t: &Texts) -> Vec<(String, String, bool)> {
        let own = (String::new(), t.parts_sort_own().to_owned(), self.chosen.is_none());
        let each = |(column, word): &Column| {
            let option = |is_descending| {
                let words = if is_descending { t.parts_sort_down(word) } else { t.parts_sort_up(word) };
                (code(column, is_descending), words, self.chosen == Some((column, is_descending)))
            };
            [option(false), option(true)]
        };
        std::iter::once(own).chain(self.columns.iter().flat_map(each)).collect()
    }
}

fn code(column: &str, is_descending: bool) -> String {
    if is_descending { format!("-{column}") } else { column.to_owned() }
}

/// The address of a list in its own order, or in another, from its first page.
pub fn sorted_address(path: &str, values: &[(&str, &str)], sort: &str) -> String {
    let kept = values.iter().copied().filter(|(name, _)| *name != "after" && *name != "sort");
    // An address without any query may lead to a saved view.
    let whole = if sort.is_empty() { ("view", "all") } else { ("sort", sort) };
    with_query(path, &kept.chain([whole]).collect::<Vec<_>>())
}

/// The rows after `after` in an order, at most `limit`. Rows of the same key stand by their number, so that a page begins
/// where the one before it ended; when `after` is no longer there the list begins anew.
pub fn page<T, K: Ord>(
    mut rows: Vec<T>,
    is_descending: bool,
    (after, limit): (Option<i64>, usize),
    key: impl Fn(&T) -> K,
    number: impl Fn(&T) -> i64,
) -> Vec<T> {
    rows.sort_by_cached_key(|row| (key(row), number(row)));
    if is_descending {
        rows.reverse();
    }
    let at = after.and_then(|after| rows.iter().position(|row| number(row) == after));
    rows.into_iter().skip(at.map_or(0, |at| at + 1)).take(limit).collect()
}

/// A name as lists of names stand in China: by pronunciation, for the 3,755 most frequent characters.
///
/// Source: GB 2312-80, whose first level is ordered by Hanyu Pinyin; GBK keeps its bytes. Rarer characters stand by
/// themselves.
pub fn name_key(name: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(name).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Locale;
    use proptest::prelude::*;

    fn sorting(text: &str) -> Sorting {
        Sorting::parse(text, vec![("name", "姓名"), ("since", "日期")])
    }

    #[test]
    fn only_a_list_s_own_columns_sort_it() {
        assert_eq!(sorting("name").chosen(), Some(("name", false)));
        assert_eq!(sorting("-since").chosen(), Some(("since", true)));
        for odd in ["", "-", "password", "name; DROP", "--name"] {
            assert_eq!(sorting(odd).chosen(), None, "{odd}");
            assert_eq!(sorting(odd).code(), "");
        }
    }

    /// Whoever clicks a head twice wants it the other way round.
    #[test]
    fn a_head_says_how_it_is_sorted_and_turns_it() {
        let address = |sort: &str| format!("?sort={sort}");
        let head = |text: &str| sorting(text).head("name", address);
        assert_eq!(head(""), Head { word: "姓名", state: "", href: "?sort=name".to_owned() });
        assert_eq!(head("name"), Head { word: "姓名", state: "ascending", href: "?sort=-name".to_owned() });
        assert_eq!(head("-name"), Head { word: "姓名", state: "descending", href: "?sort=name".to_owned() });
        let options = sorting("-name").options(&Texts { locale: Locale::ZhCn });
        assert_eq!(
            options.iter().filter(|option| option.2).map(|option| option.0.as_str()).collect::<Vec<_>>(),
            ["-name"]
        );
        assert_eq!(
            sorted_address("/a", &[("find", "王"), ("after", "3"), ("sort", "name")], "-name"),
            "/a?find=%E7%8E%8B&sort=-name"
        );
    }

    /// A clerk looks for 张 at the end and for 安 at the beginning.
    #[test]
    fn names_stand_by_pronunciation() {
        let mut names = ["张雪峰", "李文军", "安小林", "王芳", "李明", "陈静", "Anna"];
        names.sort_by_key(|name| name_key(name));
        assert_eq!(names, ["Anna", "安小林", "陈静", "李明", "李文军", "王芳", "张雪峰"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// Page after page, everybody comes once, and in the order of the whole.
        #[test]
        fn pages_make_up_the_whole(keys in proptest::collection::vec(0_u8..6, 0..60), limit in 1_usize..9, down: bool) {
            let rows: Vec<(i64, u8)> = (1..).zip(keys).collect();
            let mut whole = rows.clone();
            whole.sort_by_key(|row| (row.1, row.0));
            if down { whole.reverse(); }
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let some = page(rows.clone(), down, (after, limit), |row| row.1, |row| row.0);
                let Some(last) = some.last() else { break };
                after = Some(last.0);
                seen.extend(some);
                if seen.len() >= whole.len() { break; }
            }
            prop_assert_eq!(seen, whole);
        }
    }
}
